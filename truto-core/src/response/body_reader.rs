//! The bytes of a response's body as they arrive, decompressed.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{HeaderMap, header};
use http_body::Body as _;

use super::gunzip::{Flaw, Gunzip};

/// How many compressed bytes are read at once, so that a bomb fills no memory: they become at most a
/// thousand times as many.
const COMPRESSED: usize = 4 * 1024;

/// A body, decompressed here rather than by reqwest, which reads only the first member of a stream.
pub(crate) struct BodyReader {
    body: reqwest::Body,
    gunzip: Option<Box<Gunzip>>,
    /// Compressed bytes that have come and are not read yet.
    pending: Bytes,
}

/// Why a body ended before its time.
#[derive(Debug)]
pub(crate) enum BodyError {
    /// The connection did, or the client below us says so.
    Lost(reqwest::Error),
    /// Its compressed bytes end too early.
    Cut,
    /// It is not what its head says that it is.
    Corrupt,
}

impl From<Flaw> for BodyError {
    fn from(flaw: Flaw) -> Self {
        match flaw {
            Flaw::Cut => Self::Cut,
            Flaw::Corrupt => Self::Corrupt,
        }
    }
}

impl BodyReader {
    /// Takes what described the compressed body off its head.
    pub(crate) fn new(body: reqwest::Body, headers: &mut HeaderMap) -> Self {
        let is_gzip = headers.get(header::CONTENT_ENCODING).is_some_and(|coding| {
            let coding = coding.as_bytes().trim_ascii();
            coding.eq_ignore_ascii_case(b"gzip") || coding.eq_ignore_ascii_case(b"x-gzip")
        });
        if is_gzip {
            headers.remove(header::CONTENT_ENCODING);
            headers.remove(header::CONTENT_LENGTH);
        }
        Self { gunzip: is_gzip.then(|| Box::new(Gunzip::new())), ..Self::from(body) }
    }

    /// The next bytes, never none of them.
    pub(crate) fn poll_chunk(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BodyError>>> {
        loop {
            if let Some(gunzip) = self.gunzip.as_mut().filter(|_| !self.pending.is_empty()) {
                let piece = self.pending.split_to(self.pending.len().min(COMPRESSED));
                match gunzip.push(&piece) {
                    Ok(bytes) if bytes.is_empty() => continue,
                    Ok(bytes) => return Poll::Ready(Some(Ok(bytes))),
                    Err(flaw) => return Poll::Ready(Some(Err(flaw.into()))),
                }
            }
            return Poll::Ready(match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) if self.gunzip.is_some() => {
                        self.pending = data;
                        continue;
                    }
                    Ok(data) if !data.is_empty() => Some(Ok(data)),
                    // Trailers say nothing of the body.
                    _ => continue,
                },
                Some(Err(error)) => Some(Err(BodyError::Lost(error))),
                None => match self.gunzip.take().map(|gunzip| gunzip.finish()) {
                    Some(Ok(bytes)) if !bytes.is_empty() => Some(Ok(bytes)),
                    Some(Err(flaw)) => Some(Err(flaw.into())),
                    Some(Ok(_)) | None => None,
                },
            });
        }
    }

    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, BodyError> {
        poll_fn(|cx| self.poll_chunk(cx)).await.transpose()
    }
}

impl From<reqwest::Body> for BodyReader {
    fn from(body: reqwest::Body) -> Self {
        Self { body, gunzip: None, pending: Bytes::new() }
    }
}

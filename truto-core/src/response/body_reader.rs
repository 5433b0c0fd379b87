//! The bytes of a response's body as they arrive, decompressed.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use http::{HeaderMap, header};
use http_body::Body as _;

use super::gunzip::Gunzip;

/// The work of the decompressor, in bytes read and written, after which the task yields: about a
/// millisecond. Timeouts and the other tasks of a current-thread runtime depend on it, since a body that
/// is compressed a thousandfold or consists of empty members would otherwise keep one poll busy until
/// its end.
const WORK: usize = 128 * 1024;

/// The work that one call of the decompressor counts in addition to the bytes: a new member allocates
/// its tables.
const WORK_PER_CALL: usize = 4 * 1024;

/// A body, decompressed here rather than by reqwest, which reads only the first member of a stream.
pub(crate) struct BodyReader {
    body: reqwest::Body,
    gunzip: Option<Box<Gunzip>>,
    /// Compressed bytes that were received but not yet decompressed.
    pending: Bytes,
    /// Compressed bytes received, and how many are accepted.
    compressed: u64,
    max_compressed: u64,
    /// Work since the task last yielded.
    work: usize,
}

/// The reason why a body ended early.
#[derive(Debug)]
pub(crate) enum BodyError {
    /// The connection was lost, or the HTTP client reported an error.
    Lost(reqwest::Error),
    /// The compressed bytes end too early.
    Cut,
    /// The bytes are not in the coding that the head declares, or their checksum does not match.
    Corrupt,
    /// More compressed bytes were received than are accepted.
    TooLarge,
}

impl BodyReader {
    /// Removes the headers that describe the compressed body from its head.
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

    /// Limits the compressed bytes: no other limit counts those of empty members.
    pub(crate) fn limit_compressed(&mut self, max: u64) {
        self.max_compressed = max;
    }

    /// The next bytes; a chunk is never empty.
    pub(crate) fn poll_chunk(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BodyError>>> {
        loop {
            while !self.pending.is_empty() {
                match ready!(self.poll_pending(cx)) {
                    Ok(bytes) if bytes.is_empty() => {}
                    Ok(bytes) => return Poll::Ready(Some(Ok(bytes))),
                    Err(error) => return Poll::Ready(Some(Err(error))),
                }
            }
            return Poll::Ready(match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) if self.gunzip.is_some() => {
                        self.compressed += data.len() as u64;
                        if self.compressed > self.max_compressed {
                            return Poll::Ready(Some(Err(BodyError::TooLarge)));
                        }
                        self.pending = data;
                        continue;
                    }
                    Ok(data) if !data.is_empty() => Some(Ok(data)),
                    // Trailers do not belong to the body.
                    _ => {
                        self.work += WORK_PER_CALL;
                        ready!(self.poll_yield(cx));
                        continue;
                    }
                },
                Some(Err(error)) => Some(Err(BodyError::Lost(error))),
                None => match self.gunzip.take().map(|gunzip| gunzip.finish()) {
                    Some(Ok(bytes)) if !bytes.is_empty() => Some(Ok(bytes)),
                    Some(Err(error)) => Some(Err(error)),
                    Some(Ok(_)) | None => None,
                },
            });
        }
    }

    /// Yields to other tasks after some work.
    fn poll_yield(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.work < WORK {
            return Poll::Ready(());
        }
        self.work = 0;
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Decompresses a part of the received bytes.
    fn poll_pending(&mut self, cx: &mut Context<'_>) -> Poll<Result<Bytes, BodyError>> {
        ready!(self.poll_yield(cx));
        // Only a compressed body has pending bytes; others would be passed on unchanged.
        let Some(gunzip) = &mut self.gunzip else {
            return Poll::Ready(Ok(std::mem::take(&mut self.pending)));
        };
        let (bytes, read) = match gunzip.push(&self.pending) {
            Ok((bytes, rest)) => (bytes, self.pending.len() - rest.len()),
            Err(error) => return Poll::Ready(Err(error)),
        };
        self.pending.advance(read);
        self.work += read + bytes.len() + WORK_PER_CALL;
        Poll::Ready(Ok(bytes))
    }

    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, BodyError> {
        poll_fn(|cx| self.poll_chunk(cx)).await.transpose()
    }
}

impl From<reqwest::Body> for BodyReader {
    fn from(body: reqwest::Body) -> Self {
        Self {
            body,
            gunzip: None,
            pending: Bytes::new(),
            compressed: 0,
            max_compressed: u64::MAX,
            work: 0,
        }
    }
}

#[cfg(test)]
pub(super) mod tests;

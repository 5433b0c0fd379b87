use std::fmt;
use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
use futures_core::Stream;
use http::{HeaderMap, header};
use http_body::Body as _;
use percent_encoding::percent_decode_str;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::{Instant, Sleep};

use crate::error::{Kind, TimedOut};
use crate::{Endpoint, Error, StatusCode, transport};

/// A body handed on as it arrives: a file, or an answer of any size.
///
/// Given by [`Request::stream`](crate::Request::stream), or by an endpoint declared with
/// `response = ByteStream`. It is a [`Stream`] of chunks, can be turned into an
/// [`AsyncRead`](Self::into_async_read), or [copied](Self::copy_to) to a file; a few chunks at most
/// are in memory. The wait for each chunk is bounded by the call's `timeout`, the whole is not, and
/// a body cut short is an error, never a silent end. Dropping it closes the connection.
///
/// ```no_run
/// # async fn example(stream: truto_core::ByteStream) -> Result<(), truto_core::Error> {
/// let mut pdf = Vec::new();
/// let written = stream.copy_to(&mut pdf).await?;
/// assert_eq!(written, pdf.len() as u64);
/// # Ok(())
/// # }
/// ```
///
/// See `truto_response_format` on
/// [an endpoint's page](https://truto.one/docs/api-reference/unified-e-signature-api/documents/download).
#[must_use = "a stream does nothing until it is read"]
pub struct ByteStream {
    body: Option<reqwest::Body>,
    headers: HeaderMap,
    head: Head,
    timer: Pin<Box<Sleep>>,
    chunk_timeout: Duration,
}

/// What errors of the stream say about the call.
#[derive(Clone, Copy)]
pub(crate) struct Head {
    pub(crate) endpoint: Option<&'static Endpoint>,
    pub(crate) status: StatusCode,
    pub(crate) attempts: u32,
}

impl ByteStream {
    pub(crate) fn new(
        body: reqwest::Body,
        headers: HeaderMap,
        head: Head,
        chunk_timeout: Duration,
    ) -> Self {
        Self {
            body: Some(body),
            headers,
            head,
            timer: Box::pin(tokio::time::sleep(chunk_timeout)),
            chunk_timeout,
        }
    }

    pub(crate) fn from_bytes(bytes: Bytes) -> Self {
        let head = Head {
            endpoint: None,
            status: StatusCode::OK,
            attempts: 1,
        };
        Self::new(bytes.into(), HeaderMap::new(), head, Duration::MAX)
    }

    /// The media type, where the server states it.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.headers.get(header::CONTENT_TYPE)?.to_str().ok()
    }

    /// The number of bytes to come, where the server states it.
    ///
    /// `None` for a compressed answer, whose bytes are handed on decompressed.
    #[must_use]
    pub fn content_length(&self) -> Option<u64> {
        let length = self.headers.get(header::CONTENT_LENGTH)?;
        length.to_str().ok()?.parse().ok()
    }

    /// The file name that the server suggests in `Content-Disposition`.
    ///
    /// Only the last component of a path is given, so that it cannot lead out of the folder that you
    /// write to.
    #[must_use]
    pub fn file_name(&self) -> Option<String> {
        let disposition = self.headers.get(header::CONTENT_DISPOSITION)?;
        file_name(&String::from_utf8_lossy(disposition.as_bytes()))
    }

    /// Reads the stream through tokio's [`AsyncRead`]; an error is an [`io::Error`] that holds the
    /// [`Error`].
    #[must_use]
    pub fn into_async_read(self) -> impl AsyncRead + Send + Unpin + 'static {
        Reader {
            stream: self,
            chunk: Bytes::new(),
        }
    }

    /// Writes the stream to its end and flushes; gives the number of bytes written.
    ///
    /// # Errors
    ///
    /// [`Error::is_timeout`] if no bytes come for the call's `timeout`; a transport error if the
    /// body ends early; an error with the writer's [`io::Error`] as source if writing fails.
    pub async fn copy_to<W: AsyncWrite + Unpin + ?Sized>(
        mut self,
        writer: &mut W,
    ) -> Result<u64, Error> {
        let mut written = 0;
        while let Some(chunk) = std::future::poll_fn(|cx| self.poll_chunk(cx)).await {
            let chunk = chunk?;
            let result = writer.write_all(&chunk).await;
            result.map_err(|error| self.write_error(error))?;
            written += chunk.len() as u64;
        }
        let result = writer.flush().await;
        result.map_err(|error| self.write_error(error))?;
        Ok(written)
    }

    fn write_error(&self, error: io::Error) -> Error {
        self.error(Kind::Transport {
            what: "the received bytes could not be written",
            status: Some(self.head.status),
            source: Some(Box::new(error)),
        })
    }

    fn error(&self, kind: Kind) -> Error {
        let mut error = Error::new(kind);
        let inner = error.inner_mut();
        inner.endpoint = self.head.endpoint;
        inner.attempts = self.head.attempts;
        // The head said success, so what a write did is done, whatever becomes of its answer.
        inner.may_have_applied = self.head.endpoint.is_some_and(Endpoint::is_write);
        error
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        loop {
            match Pin::new(&mut *body).poll_frame(cx) {
                Poll::Ready(Some(Ok(frame))) => {
                    let now = Instant::now();
                    if let Some(next) = now.checked_add(self.chunk_timeout) {
                        self.timer.as_mut().reset(next);
                    }
                    match frame.into_data() {
                        Ok(data) if !data.is_empty() => return Poll::Ready(Some(Ok(data))),
                        _ => {}
                    }
                }
                Poll::Ready(Some(Err(error))) => {
                    self.body = None;
                    let kind = transport::body_error(error, self.head.status);
                    return Poll::Ready(Some(Err(self.error(kind))));
                }
                Poll::Ready(None) => {
                    self.body = None;
                    return Poll::Ready(None);
                }
                Poll::Pending => break,
            }
        }
        ready!(self.timer.as_mut().poll(cx));
        self.body = None;
        let kind = Kind::Timeout {
            what: TimedOut::Chunk,
            after: self.chunk_timeout,
            status: Some(self.head.status),
        };
        Poll::Ready(Some(Err(self.error(kind))))
    }
}

impl Stream for ByteStream {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_chunk(cx)
    }
}

impl fmt::Debug for ByteStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByteStream")
            .field("content_type", &self.content_type())
            .field("content_length", &self.content_length())
            .finish_non_exhaustive()
    }
}

struct Reader {
    stream: ByteStream,
    chunk: Bytes,
}

impl AsyncRead for Reader {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.chunk.is_empty() {
            match ready!(self.stream.poll_chunk(cx)) {
                Some(Ok(chunk)) => self.chunk = chunk,
                Some(Err(error)) => return Poll::Ready(Err(io::Error::other(error))),
                None => return Poll::Ready(Ok(())),
            }
        }
        let length = self.chunk.len().min(buffer.remaining());
        buffer.put_slice(&self.chunk[..length]);
        self.chunk.advance(length);
        Poll::Ready(Ok(()))
    }
}

/// The file name in a `Content-Disposition`; the extended form (RFC 8187) wins.
fn file_name(disposition: &str) -> Option<String> {
    let mut plain = None;
    for parameter in parameters(disposition) {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim();
        if name.trim().eq_ignore_ascii_case("filename*") {
            let (_, encoded) = value.rsplit_once('\'')?;
            return safe_name(&percent_decode_str(encoded).decode_utf8_lossy());
        }
        if name.trim().eq_ignore_ascii_case("filename") {
            plain = Some(unquote(value));
        }
    }
    safe_name(&plain?)
}

/// The parameters behind the disposition's type; a `;` within quotes separates nothing.
fn parameters(disposition: &str) -> Vec<&str> {
    let (mut quoted, mut escaped) = (false, false);
    disposition
        .split(move |character| {
            let separates = character == ';' && !quoted;
            quoted ^= character == '"' && !escaped;
            escaped = quoted && character == '\\' && !escaped;
            separates
        })
        .skip(1)
        .collect()
}

fn unquote(value: &str) -> String {
    let Some(inner) = value
        .strip_prefix('"')
        .and_then(|inner| inner.strip_suffix('"'))
    else {
        return value.to_owned();
    };
    let mut escaped = false;
    inner
        .chars()
        .filter(|&character| {
            escaped = character == '\\' && !escaped;
            !escaped
        })
        .collect()
}

/// The last component of a path, without what no file name can hold.
fn safe_name(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control()).collect();
    (!name.is_empty() && name != "." && name != "..").then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names() {
        for (disposition, expected) in [
            ("attachment; filename=\"a b.pdf\"", Some("a b.pdf")),
            ("attachment; filename=a.pdf", Some("a.pdf")),
            (
                "attachment; filename=\"a;b\\\"c.pdf\"; size=3",
                Some("a;b\"c.pdf"),
            ),
            (
                "attachment; filename=\"x\"; filename*=UTF-8''r%C3%A9sum%C3%A9.pdf",
                Some("résumé.pdf"),
            ),
            ("attachment; FileName=\"../../etc/passwd\"", Some("passwd")),
            ("attachment; filename=\"C:\\\\x\\\\y.pdf\"", Some("y.pdf")),
            ("attachment; filename=\"..\"", None),
            ("attachment; filename=\"\"", None),
            ("attachment", None),
            ("inline; size=3", None),
        ] {
            assert_eq!(file_name(disposition).as_deref(), expected, "{disposition}");
        }
    }
}

use std::fmt;
use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use futures_util::TryStreamExt as _;
use http::header;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, Sleep};
use tokio_util::io::StreamReader;

use super::body_error::{body_error, cut_short};
use super::body_reader::BodyReader;
use super::disposition::file_name;
use super::head::ResponseHead;
use crate::Error;
use crate::error::{Kind, TimedOut};

/// A body that is read as it arrives: a file, or a response of any size.
///
/// Returned by [`Request::stream`](crate::Request::stream), and by an endpoint declared with
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
    body: Option<BodyReader>,
    head: ResponseHead,
    timer: Pin<Box<Sleep>>,
    chunk_timeout: Duration,
    received: u64,
    throughput: Option<Throughput>,
    progress: Option<ProgressFn>,
}

/// The caller's progress callback: bytes received, bytes in total.
type ProgressFn = Box<dyn FnMut(u64, Option<u64>) + Send + Sync>;

/// The minimum throughput, looked at once for each stretch of the timeout.
struct Throughput {
    least: u64,
    since: Instant,
    /// What had been received by then.
    received: u64,
}

impl ByteStream {
    pub(crate) fn new(
        body: BodyReader,
        head: ResponseHead,
        chunk_timeout: Duration,
        min_throughput: Option<u64>,
    ) -> Self {
        Self {
            body: Some(body),
            head,
            timer: Box::pin(tokio::time::sleep(chunk_timeout)),
            chunk_timeout,
            received: 0,
            throughput: min_throughput.map(|least| Throughput {
                least,
                since: Instant::now(),
                received: 0,
            }),
            progress: None,
        }
    }

    pub(crate) fn from_bytes(bytes: Bytes) -> Self {
        let body = reqwest::Body::from(bytes).into();
        Self::new(body, ResponseHead::detached(), Duration::MAX, None)
    }

    /// The media type, where the server states it.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.head.headers.get(header::CONTENT_TYPE)?.to_str().ok()
    }

    /// The number of bytes to come, where the server states it.
    ///
    /// `None` for a compressed response, which is decompressed as it arrives.
    #[must_use]
    pub fn content_length(&self) -> Option<u64> {
        self.head.declared_length()
    }

    /// Calls back for each chunk that came: with the bytes so far, and the bytes in all where the
    /// server states them.
    ///
    /// ```
    /// # fn example(stream: truto_core::ByteStream) -> truto_core::ByteStream {
    /// stream.on_progress(|received, total| eprintln!("{received} of {total:?} bytes"))
    /// # }
    /// ```
    pub fn on_progress(
        mut self,
        told: impl FnMut(u64, Option<u64>) + Send + Sync + 'static,
    ) -> Self {
        self.progress = Some(Box::new(told));
        self
    }

    /// The file name that the server suggests in `Content-Disposition`.
    ///
    /// Only the last component of a path is returned, so that it cannot lead out of the folder that you
    /// write to. Characters that a file name cannot have on some system become `_`.
    #[must_use]
    pub fn file_name(&self) -> Option<String> {
        let disposition = self.head.headers.get(header::CONTENT_DISPOSITION)?;
        file_name(disposition.as_bytes())
    }

    /// Reads the stream through tokio's [`AsyncRead`]; an error is an [`io::Error`] that holds the
    /// [`Error`].
    #[must_use]
    pub fn into_async_read(self) -> impl AsyncRead + Send + Unpin + 'static {
        StreamReader::new(self.map_err(io::Error::other))
    }

    /// Writes the stream to its end and flushes; returns the number of bytes written.
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
        self.head.error(Kind::Transport {
            what: "the received bytes could not be written".to_owned(),
            status: Some(self.head.status),
            source: Some(Box::new(error)),
        })
    }

    fn check_throughput(&mut self, now: Instant) -> Result<(), Error> {
        let Some(throughput) = &mut self.throughput else {
            return Ok(());
        };
        let stretch = now.saturating_duration_since(throughput.since);
        if stretch < self.chunk_timeout {
            return Ok(());
        }
        let came = u128::from(self.received - throughput.received);
        if came * 1_000 < u128::from(throughput.least) * stretch.as_millis() {
            self.body = None;
            return Err(self.head.error(Kind::Timeout {
                what: TimedOut::Throughput,
                after: stretch,
                status: Some(self.head.status),
            }));
        }
        throughput.since = now;
        throughput.received = self.received;
        Ok(())
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        match body.poll_chunk(cx) {
            Poll::Ready(Some(Ok(data))) => {
                let now = Instant::now();
                if let Some(next) = now.checked_add(self.chunk_timeout) {
                    self.timer.as_mut().reset(next);
                }
                self.received += data.len() as u64;
                if let Some(told) = &mut self.progress {
                    let total = self.head.declared_length();
                    told(self.received, total);
                }
                return Poll::Ready(Some(self.check_throughput(now).map(|()| data)));
            }
            Poll::Ready(Some(Err(broken))) => {
                self.body = None;
                let received = usize::try_from(self.received).unwrap_or(usize::MAX);
                let declared = self.head.declared_length();
                let kind = body_error(broken, self.head.status, received, declared);
                return Poll::Ready(Some(Err(self.head.error(kind))));
            }
            Poll::Ready(None) => {
                self.body = None;
                let declared = self.head.declared_length();
                if declared.is_some_and(|declared| self.received < declared) {
                    // HTTP/2 can end a body early without an error.
                    let kind = cut_short(self.head.status, self.received, declared, None);
                    return Poll::Ready(Some(Err(self.head.error(kind))));
                }
                return Poll::Ready(None);
            }
            Poll::Pending => {}
        }
        ready!(self.timer.as_mut().poll(cx));
        self.body = None;
        let kind = Kind::Timeout {
            what: TimedOut::Chunk,
            after: self.chunk_timeout,
            status: Some(self.head.status),
        };
        Poll::Ready(Some(Err(self.head.error(kind))))
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

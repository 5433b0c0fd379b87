use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use futures_util::TryStreamExt as _;
use http::header;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::runtime::Handle;
use tokio::time::Instant;
use tokio_util::io::StreamReader;

use super::body_error::{body_error, cut_short};
use super::body_reader::BodyReader;
use super::disposition::file_name;
use super::head::ResponseHead;
use super::throughput::Throughput;
use crate::Error;
use crate::error::{Cause, Kind, TimedOut};
use crate::timer::{PolledTimer, RuntimeEnded, later};

/// A body that is read as it arrives: a file, or a response of any size.
///
/// Returned by [`Request::stream`](crate::Request::stream), and by an endpoint declared with
/// `response = ByteStream`. It is a [`Stream`] of chunks, and can be turned into an
/// [`AsyncRead`](Self::into_async_read) or [copied](Self::copy_to) to a file; at most a few chunks are
/// in memory. The call's `timeout` limits the wait for each chunk, not the whole transfer. A body that
/// is cut short ends with an error. Dropping a `ByteStream` closes the HTTP/1 connection or resets the HTTP/2
/// stream.
///
/// [`Stream`]: https://docs.rs/futures-core/0.3/futures_core/stream/trait.Stream.html
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
    chunk_timeout: Duration,
    /// The runtime of the call, for readers that poll outside of a runtime.
    runtime: Option<Handle>,
    /// The start of the reader's wait for the next chunk, and the timer of that wait. Only this time
    /// counts against the server: between two polls, the reader is busy.
    waiting_since: Option<Instant>,
    timer: PolledTimer,
    received: u64,
    throughput: Option<Throughput>,
    progress: Option<ProgressFn>,
}

/// The caller's progress callback: bytes received, bytes in total.
type ProgressFn = Box<dyn FnMut(u64, Option<u64>) + Send + Sync>;

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
            chunk_timeout,
            runtime: Handle::try_current().ok(),
            waiting_since: None,
            timer: PolledTimer::default(),
            received: 0,
            throughput: min_throughput.map(Throughput::new),
            progress: None,
        }
    }

    pub(crate) fn from_bytes(bytes: Bytes) -> Self {
        let body = reqwest::Body::from(bytes).into();
        // The bytes are in memory, so no wait needs a limit.
        Self::new(body, ResponseHead::detached(), Duration::MAX, None)
    }

    /// The media type, if the server states it.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.head.headers.get(header::CONTENT_TYPE)?.to_str().ok()
    }

    /// The total number of bytes, if the server states it.
    ///
    /// `None` for a compressed response, which is decompressed as it arrives.
    #[must_use]
    pub fn content_length(&self) -> Option<u64> {
        self.head.declared_length()
    }

    /// Calls a function for each chunk, with the number of bytes received so far and, if the server
    /// states it, the total.
    ///
    /// ```
    /// # fn example(stream: truto_core::ByteStream) -> truto_core::ByteStream {
    /// stream.on_progress(|received, total| eprintln!("{received} of {total:?} bytes"))
    /// # }
    /// ```
    pub fn on_progress(
        mut self,
        progress: impl FnMut(u64, Option<u64>) + Send + Sync + 'static,
    ) -> Self {
        self.progress = Some(Box::new(progress));
        self
    }

    /// The file name that the server suggests in `Content-Disposition`.
    ///
    /// Only the last component of a path is returned, so that the name cannot lead out of the folder
    /// that you write to. Characters that file names cannot contain on some systems become `_`.
    #[must_use]
    pub fn file_name(&self) -> Option<String> {
        let disposition = self.head.headers.get(header::CONTENT_DISPOSITION)?;
        file_name(disposition.as_bytes())
    }

    /// Reads the stream through tokio's [`AsyncRead`]; an error is an [`io::Error`] that contains the
    /// [`Error`].
    ///
    /// [`AsyncRead`]: https://docs.rs/tokio/1/tokio/io/trait.AsyncRead.html
    #[must_use]
    pub fn into_async_read(self) -> impl AsyncRead + Send + Unpin + 'static {
        StreamReader::new(self.map_err(io::Error::other))
    }

    /// Writes the stream to its end and flushes; returns the number of bytes written.
    ///
    /// # Errors
    ///
    /// [`Error::is_timeout`] if no bytes arrive for the call's `timeout`, or if the stream is slower than
    /// [`min_throughput`](crate::ClientBuilder::min_throughput); [`Error::is_decode`] if it cannot be
    /// decompressed; [`Error::is_transport`] if the body ends early, or if writing fails (the message
    /// then ends with the writer's error).
    pub async fn copy_to<W: AsyncWrite + Unpin + ?Sized>(
        mut self,
        writer: &mut W,
    ) -> Result<u64, Error> {
        let mut written = 0;
        while let Some(chunk) = std::future::poll_fn(|cx| self.poll_chunk(cx)).await {
            let chunk = chunk?;
            let result = writer.write_all(&chunk).await;
            result.map_err(|error| self.write_error(&error))?;
            written += chunk.len() as u64;
        }
        let result = writer.flush().await;
        result.map_err(|error| self.write_error(&error))?;
        Ok(written)
    }

    fn write_error(&self, error: &io::Error) -> Error {
        self.head.error(Kind::Transport {
            what: "the received bytes could not be written".to_owned(),
            status: Some(self.head.status),
            source: Some(Cause::new(error)),
        })
    }

    /// The call ended with the head of the response, so its own events do not report this failure.
    fn failed(&self, kind: Kind) -> Error {
        let error = self.head.error(kind);
        let endpoint = self.head.endpoint;
        tracing::warn!(
            http.request.method = endpoint.map(|endpoint| endpoint.method.as_str()),
            url.template = endpoint.map(|endpoint| endpoint.path),
            truto.account = self.head.account.as_deref(),
            "error.type" = error.error_type(),
            "response stream failed"
        );
        error
    }

    fn timed_out(&mut self, what: TimedOut, after: Duration) -> Error {
        // Closes the connection; the next poll ends the stream.
        self.body = None;
        self.failed(Kind::Timeout { what, after, status: Some(self.head.status) })
    }

    fn runtime_ended(&mut self, ended: RuntimeEnded) -> Error {
        self.body = None;
        let what = ended.to_string();
        self.failed(Kind::Transport { what, status: Some(self.head.status), source: None })
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        let polled = match &mut self.throughput {
            None => body.poll_chunk(cx),
            Some(throughput) => {
                // A busy reader polls late, so the waker records when the data arrived.
                let waker = throughput.waker(cx);
                body.poll_chunk(&mut Context::from_waker(&waker))
            }
        };
        match polled {
            Poll::Ready(Some(Ok(data))) => {
                self.received += data.len() as u64;
                if let Some(progress) = &mut self.progress {
                    progress(self.received, self.head.declared_length());
                }
                Poll::Ready(Some(self.end_wait().map(|()| data)))
            }
            Poll::Ready(Some(Err(error))) => {
                self.body = None;
                let received = usize::try_from(self.received).unwrap_or(usize::MAX);
                let declared = self.head.declared_length();
                let kind = body_error(error, self.head.status, received, declared);
                Poll::Ready(Some(Err(self.failed(kind))))
            }
            Poll::Ready(None) => {
                self.body = None;
                let declared = self.head.declared_length();
                if declared.is_some_and(|declared| self.received < declared) {
                    // hyper ends a body without an error if the server resets its HTTP/2 stream with
                    // NO_ERROR (RFC 9113, section 8.1).
                    let kind = cut_short(self.head.status, self.received, declared, None);
                    return Poll::Ready(Some(Err(self.failed(kind))));
                }
                Poll::Ready(None)
            }
            Poll::Pending => {
                if let Some(throughput) = &self.throughput {
                    throughput.still_waiting();
                }
                Poll::Ready(Some(Err(match ready!(self.poll_timer(cx)) {
                    Ok(()) => self.timed_out(TimedOut::Chunk, self.chunk_timeout),
                    Err(ended) => self.runtime_ended(ended),
                })))
            }
        }
    }

    /// Ends the wait for a chunk, and checks the throughput over the waits so far.
    fn end_wait(&mut self) -> Result<(), Error> {
        let since = self.waiting_since.take();
        let Some(throughput) = &mut self.throughput else {
            return Ok(());
        };
        if let Some(since) = since {
            throughput.add_wait(since);
        }
        match throughput.check(self.received, self.chunk_timeout) {
            None => Ok(()),
            Some(stretch) => Err(self.timed_out(TimedOut::Throughput, stretch)),
        }
    }

    /// Ready when the current wait took the whole timeout.
    fn poll_timer(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), RuntimeEnded>> {
        let since = *self.waiting_since.get_or_insert_with(Instant::now);
        let ends = later(since, self.chunk_timeout);
        self.timer.poll_until(ends, self.runtime.as_ref(), cx)
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
        // Without the media type, which is the server's text: it could send the token back in it.
        f.debug_struct("ByteStream")
            .field("content_length", &self.content_length())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

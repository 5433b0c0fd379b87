//! The body of one attempt, which is sent once, from memory, files or streams.

mod lengths;
mod send_started;

use std::error::Error as StdError;
use std::future::Future as _;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::{TryFutureExt as _, TryStreamExt as _};
use http_body::{Body, Frame, SizeHint};
use tokio::fs::File;
use tokio_util::io::ReaderStream;

pub(super) use self::lengths::source_lengths;
use self::lengths::unreadable_file;
pub(super) use self::send_started::{AbandonOnDrop, SendStarted};
use crate::encode::{BodySource, BoxError, ByteSource, EncodedBody, ProgressFn};

/// Size of one read from a file, in bytes.
const CHUNK: usize = 64 * 1024;

/// The number of empty chunks that a stream may yield in a row before the connection's task yields.
const MAX_EMPTY_CHUNKS: u32 = 32;

/// A body that cannot be cloned, so that no layer below can send it a second time.
pub(super) struct SingleUseBody {
    body: Option<EncodedBody>,
    lengths: Vec<Option<u64>>,
    /// Sum of the lengths, if all are known.
    total: Option<u64>,
    sent: u64,
    /// The index of the current source, and the number of its bytes that were sent.
    at: usize,
    sent_of_source: u64,
    /// Bytes passed on since the connection's task last yielded.
    unyielded: usize,
    progress: Option<ProgressFn>,
    started: Arc<SendStarted>,
}

impl SingleUseBody {
    pub(super) fn new(
        body: Option<&EncodedBody>,
        lengths: &[Option<u64>],
        started: Arc<SendStarted>,
    ) -> Self {
        let total = match body.map(|body| body.bytes()) {
            None => Some(0),
            Some(Some(bytes)) => Some(bytes.len() as u64),
            // `None` as soon as one length is not known.
            Some(None) => lengths.iter().copied().sum(),
        };
        Self {
            body: body.cloned(),
            lengths: lengths.to_vec(),
            total,
            sent: 0,
            at: 0,
            sent_of_source: 0,
            unyielded: 0,
            progress: body.and_then(|body| body.progress.clone()),
            started,
        }
    }

    /// Returns true for a body without bytes, which hyper would send without a length.
    pub(super) fn is_empty(&self) -> bool {
        self.total == Some(0)
    }

    /// Yields to the runtime's driver after each [`CHUNK`] bytes, so that the connection notices a response
    /// before it writes more.
    ///
    /// A server that refuses an upload because of its head responds and closes the connection. hyper
    /// reads before it writes, but only what the driver has announced; if it writes into the closed
    /// connection first, it returns that error and the response is lost (see
    /// <https://github.com/hyperium/hyper/issues/4176> for the state of the connection). Without this
    /// yield, 4 of 10 such responses are lost on loopback.
    fn poll_yield(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.unyielded < CHUNK {
            return Poll::Ready(());
        }
        self.unyielded = 0;
        // Only its first poll matters: it wakes the task after the driver has run.
        pin!(tokio::task::yield_now()).poll(cx)
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, String>>> {
        loop {
            let Some(source) = self.body.as_ref().and_then(|body| body.sources.get(self.at)) else {
                return Poll::Ready(None);
            };
            let chunk = match source {
                BodySource::Bytes(bytes) => self.bytes_chunk(bytes),
                source => {
                    let source = source.clone();
                    ready!(self.poll_stream(&source, cx))?
                }
            };
            if chunk.is_empty() {
                // The source has ended; the next one follows.
                (self.at, self.sent_of_source) = (self.at + 1, 0);
                continue;
            }
            self.sent_of_source += chunk.len() as u64;
            self.sent += chunk.len() as u64;
            self.report_progress();
            return Poll::Ready(Some(Ok(chunk)));
        }
    }

    /// The next bytes of a source in memory; empty at its end.
    fn bytes_chunk(&self, bytes: &Bytes) -> Bytes {
        let start = usize::try_from(self.sent_of_source).unwrap_or(usize::MAX).min(bytes.len());
        bytes.slice(start..bytes.len().min(start + CHUNK))
    }

    /// The next bytes of a file or stream; empty at its end, which must match the known length.
    fn poll_stream(
        &mut self,
        source: &BodySource,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Bytes, String>> {
        let length = self.lengths.get(self.at).copied().flatten();
        let left = self.total.map(|total| total - self.sent);
        let opened = self.started.take_source()?;
        // The connection's task polls this; a panic in the caller's code must not end that task.
        let polled = catch_unwind(AssertUnwindSafe(|| -> Result<_, String> {
            let mut stream = match opened {
                Some(stream) => stream,
                None => open(source)?,
            };
            let polled = poll_content(&mut stream, source, cx)?;
            let is_last =
                matches!(&polled, Poll::Ready(Some(chunk)) if left == Some(chunk.len() as u64));
            // hyper does not poll a body again once its length is sent, so only this check detects more content.
            // It does not wait: the stream need not end before the body is sent.
            if let (BodySource::Stream(_), Some(length), true) = (source, length, is_last) {
                match poll_content(&mut stream, source, cx)? {
                    Poll::Ready(Some(_)) => return Err(other_length(source, length)),
                    // A stream that has ended must not be polled again.
                    Poll::Ready(None) => stream = Box::pin(futures_util::stream::empty()),
                    Poll::Pending => {}
                }
            }
            Ok((stream, polled))
        }));
        let (stream, polled) = match polled {
            Ok(polled) => polled?,
            Err(_) => return Poll::Ready(Err("the stream of the upload panicked".to_owned())),
        };
        let chunk = match polled {
            Poll::Ready(chunk) => chunk.unwrap_or_default(),
            Poll::Pending => {
                self.started.keep_source(stream)?;
                return Poll::Pending;
            }
        };
        let reached = self.sent_of_source + chunk.len() as u64;
        match length {
            Some(length) if reached > length || (chunk.is_empty() && reached < length) => {
                return Poll::Ready(Err(other_length(source, length)));
            }
            _ => {}
        }
        if !chunk.is_empty() {
            self.started.keep_source(stream)?;
        }
        Poll::Ready(Ok(chunk))
    }

    fn report_progress(&mut self) {
        let Some(progress) = &self.progress else {
            return;
        };
        let (sent, total) = (self.sent, self.total.unwrap_or(0));
        if catch_unwind(AssertUnwindSafe(|| progress(sent, total))).is_err() {
            tracing::warn!("the callback of `Upload::on_progress` panicked; the upload continues");
            self.progress = None;
        }
    }
}

/// The next chunk that is not empty; `None` at the end.
fn poll_content(
    stream: &mut ByteSource,
    source: &BodySource,
    cx: &mut Context<'_>,
) -> Poll<Result<Option<Bytes>, String>> {
    for _ in 0..MAX_EMPTY_CHUNKS {
        return Poll::Ready(match ready!(stream.as_mut().poll_next(cx)) {
            Some(Ok(chunk)) if chunk.is_empty() => continue,
            Some(Ok(chunk)) => Ok(Some(chunk)),
            Some(Err(error)) => Err(unreadable(source, &*error)),
            None => Ok(None),
        });
    }
    // Yields, so that a stream of only empty chunks cannot keep the call's timeout from being polled.
    cx.waker().wake_by_ref();
    Poll::Pending
}

fn open(source: &BodySource) -> Result<ByteSource, String> {
    match source {
        BodySource::Bytes(bytes) => {
            let bytes = bytes.clone();
            Ok(Box::pin(futures_util::stream::once(async move { Ok(bytes) })))
        }
        BodySource::File(path) => {
            let path = Arc::clone(path);
            let file = async move { File::open(&*path).await };
            let stream = file.map_ok(|file| ReaderStream::with_capacity(file, CHUNK));
            Ok(Box::pin(stream.try_flatten_stream().map_err(BoxError::from)))
        }
        BodySource::Stream(stream) => {
            stream.open().ok_or_else(|| "an earlier attempt has sent the stream".to_owned())
        }
    }
}

fn unreadable(source: &BodySource, error: &(dyn StdError + 'static)) -> String {
    match source {
        BodySource::File(path) => unreadable_file(path, error),
        _ => format!("the stream of the upload failed: {error}"),
    }
}

fn other_length(source: &BodySource, length: u64) -> String {
    match source {
        BodySource::File(path) => {
            let path = path.display();
            format!("the file `{path}` changed while it was sent: it had {length} bytes")
        }
        _ => format!("the stream of the upload is not as long as declared ({length} bytes)"),
    }
}

impl Body for SingleUseBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        // hyper has already called `is_end_stream`; any other client has at least begun to send by now.
        self.started.set();
        ready!(self.poll_yield(cx));
        Poll::Ready(match ready!(self.poll_chunk(cx)) {
            Some(Ok(chunk)) => {
                self.unyielded += chunk.len();
                Some(Ok(Frame::data(chunk)))
            }
            Some(Err(reason)) => {
                // Nothing follows an error.
                self.body = None;
                self.started.abort(reason.clone());
                Some(Err(io::Error::other(reason)))
            }
            None => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.started.set();
        match (&self.body, self.total) {
            (None, _) => true,
            (Some(_), Some(total)) => self.sent >= total,
            (Some(body), None) => self.at >= body.sources.len(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match (&self.body, self.total) {
            (Some(_), Some(total)) => SizeHint::with_exact(total - self.sent),
            // Not zero: the HTTP client could send a body that is known to be empty again after a redirect.
            // `is_end_stream` keeps it off the wire anyway.
            _ => SizeHint::default(),
        }
    }
}

#[cfg(test)]
mod sent_tests;
#[cfg(test)]
mod tests;

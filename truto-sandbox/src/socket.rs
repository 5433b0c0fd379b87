//! A body that can end early, and a socket that can be reset.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// A body that can end before its stated length.
pub(super) struct SentBody {
    data: Option<Bytes>,
    stated: u64,
    truncated: bool,
    /// Set once the server has been able to flush the bytes before the truncation.
    flushed: bool,
}

impl SentBody {
    /// A truncated body states its whole length and ends halfway.
    pub(super) fn new(body: Bytes, truncated: bool) -> Self {
        let stated = body.len() as u64;
        let sent = if truncated { body.slice(..body.len() / 2) } else { body };
        Self { data: Some(sent).filter(|sent| !sent.is_empty()), stated, truncated, flushed: false }
    }
}

impl Body for SentBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if self.truncated && self.data.is_none() && !self.flushed {
            // hyper flushes while a body is pending; an error at once would discard the first half.
            self.flushed = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(match self.data.take() {
            Some(data) => Some(Ok(Frame::data(data))),
            None if self.truncated => Some(Err(io::Error::other("scripted truncation"))),
            None => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_none() && !self.truncated
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.stated)
    }
}

/// A shared socket, so that the handler of a request can reset the connection.
#[derive(Clone)]
pub(super) struct Socket(Arc<TcpStream>);

impl Socket {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self(Arc::new(stream))
    }

    /// Closing the socket resets the connection.
    pub(super) fn reset_on_close(&self) -> io::Result<()> {
        // With a linger of zero, closing sends RST instead of FIN.
        self.0.set_zero_linger()
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            // The readiness may be stale; `try_read` clears it, so that the next round waits.
            ready!(self.0.poll_read_ready(cx))?;
            match self.0.try_read(buffer.initialize_unfilled()) {
                Ok(length) => {
                    buffer.advance(length);
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.0.poll_write_ready(cx))?;
            match self.0.try_write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                result => return Poll::Ready(result),
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Left to the drop of the last handle: a shutdown would send FIN ahead of a scripted reset.
        Poll::Ready(Ok(()))
    }
}

//! The HTTP side: connections, faults and bytes.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::fault::{Fault, Kind};
use super::record::{Answer, Recorded};
use super::route;
use super::state::State;

/// Accepts connections until it is aborted; they end with it.
pub(super) async fn run(listener: TcpListener, state: Arc<Mutex<State>>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    connections.spawn(serve(stream, Arc::clone(&state)));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: TcpStream, state: Arc<Mutex<State>>) {
    let socket = Socket(Arc::new(stream));
    let service = service_fn(|request| handle(request, &state, &socket));
    // A client that goes away is none of the sandbox's business.
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(socket.clone()), service)
        .await;
}

async fn handle(
    request: Request<Incoming>,
    state: &Mutex<State>,
    socket: &Socket,
) -> Result<Response<Reply>, io::Error> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let mut headers = head.headers;
    if let Some(authorization) = headers.get_mut(header::AUTHORIZATION) {
        authorization.set_sensitive(true);
    }
    let recorded = Recorded {
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers,
        body,
    };
    let (answer, fault) = {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.recorded.push(recorded.clone());
        let fault = state.faults.pop_front();
        let usual = match &fault {
            Some(fault) if fault.replaces() => Answer::json(200, &serde_json::Value::Null),
            _ => route::answer(&mut state, &recorded),
        };
        let answer = match &fault {
            Some(fault) => fault.apply(usual),
            None => usual,
        };
        (answer, fault)
    };
    if let Some(Fault { kind, delay, .. }) = &fault {
        tokio::time::sleep(*delay).await;
        if let Kind::Reset = kind {
            // A reset rather than an orderly end: the client must not take it for a whole answer.
            socket.0.set_zero_linger()?;
            return Err(io::Error::other("scripted reset"));
        }
    }
    let truncated = matches!(&fault, Some(fault) if matches!(fault.kind, Kind::Truncated));
    Ok(response(answer, truncated))
}

fn response(answer: Answer, truncated: bool) -> Response<Reply> {
    let stated = answer.body.len() as u64;
    let sent = match truncated {
        true => answer.body.slice(..answer.body.len() / 2),
        false => answer.body,
    };
    let mut response = Response::new(Reply {
        data: Some(sent).filter(|sent| !sent.is_empty()),
        stated,
        truncated,
        flushed: false,
    });
    if let Ok(status) = answer.status.try_into() {
        *response.status_mut() = status;
    }
    let headers = response.headers_mut();
    if let Some(content_type) = answer.content_type
        && let Ok(value) = HeaderValue::from_str(&content_type)
    {
        headers.insert(header::CONTENT_TYPE, value);
    }
    for (name, value) in answer.headers {
        headers.append(name, value);
    }
    response
}

/// A body that may break off before its stated length.
struct Reply {
    data: Option<Bytes>,
    stated: u64,
    truncated: bool,
    /// The server has had a turn to flush what there was before the break.
    flushed: bool,
}

impl Body for Reply {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if self.truncated && self.data.is_none() && !self.flushed {
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

/// A socket that the handler keeps a hand on, to reset it.
#[derive(Clone)]
struct Socket(Arc<TcpStream>);

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
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
        // The socket closes when its last handle goes.
        Poll::Ready(Ok(()))
    }
}

//! The HTTP side: connections, faults and bytes.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::fault::{Fault, Kind};
use super::record::{Recorded, Reply};
use super::route::{self, Routed};
use super::rules::Action;
use super::state::State;

/// Accepts connections until it is aborted; they end with it.
/// The largest body that is taken, in bytes.
const MAX_BODY: usize = 64 * 1024 * 1024;

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
    // A client that goes away is not the sandbox's business.
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(socket.clone()), service)
        .await;
}

async fn handle(
    request: Request<Incoming>,
    state: &Mutex<State>,
    socket: &Socket,
) -> Result<Response<SentBody>, io::Error> {
    let (head, body) = request.into_parts();
    let body = match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => {
            let reply = Reply::error(413, "the body is too large", &serde_json::json!({}));
            return Ok(response(reply, false));
        }
    };
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
    let (routed, fault) = {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.recorded.push(recorded.clone());
        let (fault, scripted) = match state.faults.pop_front() {
            Some(fault) => (Some(fault), None),
            None => match state.rules.take(&recorded) {
                Some(Action::Fail(fault)) => (Some(fault), None),
                Some(Action::Reply(reply)) => (None, Some(reply)),
                None => (None, None),
            },
        };
        let routed = match &fault {
            Some(fault) if fault.replaces() => {
                Routed::Reply(Reply::json(200, &serde_json::Value::Null))
            }
            _ => route::route(&mut state, &recorded, scripted),
        };
        (routed, fault)
    };
    // A handler may call the sandbox, so it runs without the lock.
    let reply = match routed {
        Routed::Reply(reply) => reply,
        Routed::Handler(handler) => handler(&recorded),
    };
    let reply = match &fault {
        Some(fault) => fault.apply(reply),
        None => reply,
    };
    if let Some(Fault { kind, delay, .. }) = &fault {
        tokio::time::sleep(*delay).await;
        if let Kind::Reset = kind {
            // A reset rather than an orderly end: the client must not take it for a whole response.
            socket.0.set_zero_linger()?;
            return Err(io::Error::other("scripted reset"));
        }
    }
    let truncated = matches!(&fault, Some(fault) if matches!(fault.kind, Kind::Truncated));
    Ok(response(reply, truncated))
}

fn response(reply: Reply, truncated: bool) -> Response<SentBody> {
    let stated = reply.body.len() as u64;
    let sent = match truncated {
        true => reply.body.slice(..reply.body.len() / 2),
        false => reply.body,
    };
    let mut response = Response::new(SentBody {
        data: Some(sent).filter(|sent| !sent.is_empty()),
        stated,
        truncated,
        flushed: false,
    });
    if let Ok(status) = reply.status.try_into() {
        *response.status_mut() = status;
    }
    let headers = response.headers_mut();
    let content_type = reply.content_type;
    if let Some(Ok(value)) = content_type.map(|value| HeaderValue::from_str(&value)) {
        headers.insert(header::CONTENT_TYPE, value);
    }
    for (name, value) in reply.headers {
        headers.append(name, value);
    }
    response
}

/// A body that may break off before its stated length.
struct SentBody {
    data: Option<Bytes>,
    stated: u64,
    truncated: bool,
    /// The server has had a turn to flush what there was before the break.
    flushed: bool,
}

impl Body for SentBody {
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

//! The HTTP side: connections and bytes.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{Request, Response, header};
use http_body::Body as _;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::exchange::{Exchange, Manner, exchange, lock};
use super::record::Recorded;
use super::reply::Reply;
use super::socket::{SentBody, Socket};
use super::state::SandboxState;

/// The largest body that is taken, in bytes.
const MAX_BODY: usize = 64 * 1024 * 1024;

/// How long it waits when there is no file handle for a new connection.
const BREATH: Duration = Duration::from_millis(10);

/// Accepts connections until it is aborted; they end with it.
pub(super) async fn run(listener: TcpListener, state: Arc<Mutex<SandboxState>>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve(stream, Arc::clone(&state)));
                }
                Err(_) => tokio::time::sleep(BREATH).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: TcpStream, state: Arc<Mutex<SandboxState>>) {
    let socket = Socket::new(stream);
    let service = service_fn(|request| handle(request, &state, &socket));
    // A client that goes away is not the sandbox's business.
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(socket.clone()), service)
        .await;
}

async fn handle(
    request: Request<Incoming>,
    state: &Mutex<SandboxState>,
    socket: &Socket,
) -> Result<Response<SentBody>, io::Error> {
    let (head, body) = request.into_parts();
    let too_large = || response(Reply::error(413, "the body is larger than 64 MiB"), Manner::Whole);
    if body.size_hint().lower() > MAX_BODY as u64 {
        return Ok(too_large());
    }
    let body = match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => return Ok(too_large()),
        // The client went away in the middle of its body.
        Err(error) => return Err(io::Error::other(error)),
    };
    let mut headers = head.headers;
    if let Some(authorization) = headers.get_mut(header::AUTHORIZATION) {
        authorization.set_sensitive(true);
    }
    let received = Recorded {
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers,
        body,
    };
    let Exchange { reply, manner } = exchange(state, &received);
    if !reply.delay.is_zero() {
        tokio::time::sleep(reply.delay).await;
    }
    let observer = lock(state).observer.clone();
    if let Some(observer) = observer {
        observer(&received, reply.status);
    }
    if manner == Manner::Reset {
        // A reset rather than an orderly end: the client must not take it for a whole response.
        socket.reset_on_close()?;
        return Err(io::Error::other("scripted reset"));
    }
    Ok(response(reply, manner))
}

fn response(reply: Reply, manner: Manner) -> Response<SentBody> {
    let body = SentBody::new(reply.body, manner == Manner::Truncated);
    let mut response = Response::new(body);
    *response.status_mut() = reply.status;
    let headers = response.headers_mut();
    if let Some(content_type) = reply.content_type {
        headers.insert(header::CONTENT_TYPE, content_type);
    }
    for (name, value) in reply.headers {
        headers.append(name, value);
    }
    response
}

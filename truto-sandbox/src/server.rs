//! The HTTP side: connections and bytes.

use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{Request, Response, header};
use http_body::Body as _;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::delivery;
use super::dropped;
use super::exchange::{Exchange, SendMode, exchange};
use super::record::Recorded;
use super::reply::Reply;
use super::socket::{SentBody, Socket};
use super::state::{SandboxState, lock};

/// The maximum size of a request body, in bytes.
const MAX_BODY: usize = 64 * 1024 * 1024;

/// The pause after a failed accept, usually for lack of file descriptors: without it the loop would
/// spin.
const BREATH: Duration = Duration::from_millis(10);

/// The time that running connections get to report that the sandbox was dropped.
const FAREWELL: Duration = Duration::from_secs(1);

/// Accepts connections until the other end of `alive` is dropped, then closes them.
pub(super) async fn run(
    listener: TcpListener,
    state: Arc<Mutex<SandboxState>>,
    alive: watch::Receiver<()>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            // The drop is checked first: after it, no connection may be accepted.
            biased;
            () = dropped(alive.clone()) => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve(stream, Arc::clone(&state), alive.clone()));
                }
                Err(_) => tokio::time::sleep(BREATH).await,
            },
            // The set keeps ended tasks until they are joined.
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    // The remaining connections are aborted with the set.
    let _ =
        tokio::time::timeout(FAREWELL, async { while connections.join_next().await.is_some() {} })
            .await;
}

/// Waits until the sandbox is dropped; nothing is ever sent.
async fn dropped(mut alive: watch::Receiver<()>) {
    let _ = alive.changed().await;
}

async fn serve(stream: TcpStream, state: Arc<Mutex<SandboxState>>, alive: watch::Receiver<()>) {
    let socket = Socket::new(stream);
    let service = service_fn(|request| handle(request, &state, &socket, &alive));
    let connection = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(socket.clone()), service);
    let mut connection = pin!(connection);
    // An error of a connection is ignored: it means that the client disconnected.
    tokio::select! {
        _ = connection.as_mut() => return,
        () = dropped(alive.clone()) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

async fn handle(
    request: Request<Incoming>,
    state: &Mutex<SandboxState>,
    socket: &Socket,
    alive: &watch::Receiver<()>,
) -> Result<Response<SentBody>, io::Error> {
    let (head, body) = request.into_parts();
    let too_large =
        || response(Reply::error(413, "the body is larger than 64 MiB"), SendMode::Whole);
    // Checked before reading, so that a body with a stated length is refused at once.
    if body.size_hint().lower() > MAX_BODY as u64 {
        return Ok(too_large());
    }
    let body = match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => return Ok(too_large()),
        // The client disconnected in the middle of its body.
        Err(error) => return Err(io::Error::other(error)),
    };
    let mut headers = head.headers;
    if let Some(authorization) = headers.get_mut(header::AUTHORIZATION) {
        // Keeps the token out of the `Debug` output of a recorded request.
        authorization.set_sensitive(true);
    }
    let received = Recorded {
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers,
        body,
    };
    // Checked after the body, since the sandbox may have been dropped while it was read.
    if alive.has_changed().is_err() {
        return Ok(response(dropped::gone(), SendMode::Whole));
    }
    let Exchange { reply, mode } = exchange(state, &received);
    if !reply.delay.is_zero() {
        tokio::select! {
            () = tokio::time::sleep(reply.delay) => {}
            () = dropped(alive.clone()) => {
                return Ok(response(dropped::interrupted(), SendMode::Whole));
            }
        }
    }
    // The lock ends here: an observer may use the sandbox.
    let (observer, deliveries) = {
        let mut state = lock(state);
        (state.observer.clone(), std::mem::take(&mut state.deliveries))
    };
    for (target, event) in deliveries {
        tokio::spawn(async move {
            // The result is ignored: a test notices an unreachable target by the missing event.
            let _ = delivery::send(&target, &event).await;
        });
    }
    if let Some(observer) = observer {
        observer(&received, reply.status);
    }
    if mode == SendMode::Reset {
        // A reset rather than an orderly close, which a client could mistake for a complete response.
        socket.reset_on_close()?;
        return Err(io::Error::other("scripted reset"));
    }
    Ok(response(reply, mode))
}

fn response(reply: Reply, mode: SendMode) -> Response<SentBody> {
    let body = SentBody::new(reply.body, mode == SendMode::Truncated);
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

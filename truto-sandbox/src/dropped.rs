//! Responses for sandboxes that were dropped: their clients get an error with the reason instead of a
//! refused connection, which would look like a network failure.

use std::convert::Infallible;
use std::net;
use std::sync::OnceLock;
use std::time::Duration;

use http::{HeaderValue, Request, Response, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

use super::reply::Reply;

/// Serves the port of a dropped sandbox for this long: a test that forgot to keep its sandbox calls
/// within that time.
const LINGER: Duration = Duration::from_secs(10);

/// The response to a call that begins after the drop: a 410, which is not retried.
pub(super) fn gone() -> Reply {
    Reply::error(
        410,
        "the sandbox was dropped; keep it in a variable while its accounts are in use",
    )
}

/// The response to a call that was running at the drop: a 500, since a write may have been executed.
pub(super) fn interrupted() -> Reply {
    Reply::error(500, "the sandbox was dropped during the call")
}

/// Serves a dropped sandbox's port for a while.
///
/// One thread serves all dropped sandboxes of the process, since the runtime of a sandbox may have
/// ended or may not be polled any more.
pub(super) fn serve(listener: net::TcpListener) {
    static THREAD: OnceLock<Option<UnboundedSender<net::TcpListener>>> = OnceLock::new();
    // If no thread could be started, connections are refused, as on any closed port.
    if let Some(listeners) = THREAD.get_or_init(start) {
        let _ = listeners.send(listener);
    }
}

fn start() -> Option<UnboundedSender<net::TcpListener>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    let (sender, receiver) = unbounded_channel();
    let thread = std::thread::Builder::new().name("truto-sandbox-dropped".to_owned());
    thread.spawn(move || runtime.block_on(run(receiver))).ok()?;
    Some(sender)
}

async fn run(mut listeners: UnboundedReceiver<net::TcpListener>) {
    while let Some(listener) = listeners.recv().await {
        tokio::spawn(tokio::time::timeout(LINGER, accept(listener)));
    }
}

/// Accepts connections until it is canceled, which closes them.
async fn accept(listener: net::TcpListener) {
    let Ok(listener) = TcpListener::from_std(listener) else { return };
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(respond(stream));
                }
                Err(_) => return,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn respond(stream: TcpStream) {
    let service = service_fn(async |request: Request<Incoming>| {
        // The body is read to its end first: closing on unread bytes would reset the connection.
        let mut body = request.into_body();
        while let Some(Ok(_)) = body.frame().await {}
        let reply = gone();
        let mut response = Response::new(Full::<Bytes>::new(reply.body));
        *response.status_mut() = reply.status;
        let headers = response.headers_mut();
        // The client must not keep a connection to a sandbox that is gone in its pool.
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        headers.extend(reply.content_type.map(|media| (header::CONTENT_TYPE, media)));
        Ok::<_, Infallible>(response)
    });
    // An error means that the client disconnected; it needs no response.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

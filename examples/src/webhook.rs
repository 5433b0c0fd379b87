//! A receiver of webhooks: verifies, responds at once, and leaves the work to a queue.

use std::collections::VecDeque;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use bytes::Bytes;
use tokio::net::TcpListener;
use tokio::sync::mpsc::Sender;
use truto_core::webhooks::{Event, InvalidEvent};

/// An event that was made longer ago is one that somebody sends again.
const MOST: Duration = Duration::from_secs(300);

/// How many ids are kept to tell a second delivery of an event.
const SEEN: usize = 10_000;

#[derive(Clone)]
struct Receiver {
    secret: Arc<str>,
    queue: Sender<Event>,
    seen: Arc<Mutex<VecDeque<String>>>,
}

/// `POST /webhook`, for the webhook that was created with this secret.
///
/// Truto sends an event again if the response is not 200, or late. So the handler only puts it into the
/// queue: 200 once it is there, or if it was there before; 503 while the queue is full, so that Truto comes
/// again; 401 and 400 for what is not an event of Truto's.
pub fn router(secret: &str, queue: Sender<Event>) -> Router {
    let receiver = Receiver { secret: secret.into(), queue, seen: Arc::default() };
    Router::new().route("/webhook", post(receive)).with_state(receiver)
}

/// Serves it on a port of this machine, 0 for a free one; the future is the server.
///
/// # Errors
///
/// If the port cannot be opened.
pub async fn serve(
    app: Router,
    port: u16,
) -> std::io::Result<(SocketAddr, impl Future<Output = std::io::Result<()>> + Send + 'static)> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let address = listener.local_addr()?;
    Ok((address, async move { axum::serve(listener, app).await }))
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let event = match Event::receive(&*receiver.secret, &headers, &body) {
        Ok(event) => event,
        Err(InvalidEvent::Unsigned | InvalidEvent::Signature(_)) => {
            return StatusCode::UNAUTHORIZED;
        }
        Err(_) => return StatusCode::BAD_REQUEST,
    };
    if event.check_age(MOST).is_err() {
        return StatusCode::BAD_REQUEST;
    }
    let id = event.id.as_ref().map(ToString::to_string);
    // The lock is held while the event is queued, so that two deliveries of it are not both first.
    let mut seen = receiver.seen.lock().unwrap_or_else(PoisonError::into_inner);
    if id.as_ref().is_some_and(|id| seen.contains(id)) {
        return StatusCode::OK;
    }
    if receiver.queue.try_send(event).is_err() {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    seen.extend(id);
    while seen.len() > SEEN {
        seen.pop_front();
    }
    StatusCode::OK
}

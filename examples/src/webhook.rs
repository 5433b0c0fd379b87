//! A receiver of webhooks: verifies, responds at once, and leaves the work to a queue.
//!
//! [`VerifiedEvent`] is an axum extractor that you can copy: a handler that takes it runs only for signed and
//! recent deliveries.

use std::collections::VecDeque;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{FromRef, FromRequest, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use tokio::net::TcpListener;
use tokio::sync::mpsc::Sender;
use truto_core::webhooks::{Event, InvalidEvent};

/// The age from which an event counts as a replay.
const MAX_AGE: Duration = Duration::from_secs(300);

/// The number of ids kept to recognize repeated deliveries.
const SEEN: usize = 10_000;

/// The secret of the webhook, taken from the state of the app.
#[derive(Clone)]
pub struct WebhookSecret(Arc<str>);

/// A delivery that Truto signed within the last five minutes.
///
/// ```
/// use axum::http::StatusCode;
/// use truto_examples::webhook::VerifiedEvent;
///
/// async fn handler(VerifiedEvent(event): VerifiedEvent) -> StatusCode {
///     println!("{} of {:?}", event.event, event.integrated_account_id());
///     StatusCode::OK
/// }
/// ```
pub struct VerifiedEvent(pub Event);

impl<S> FromRequest<S> for VerifiedEvent
where
    WebhookSecret: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let WebhookSecret(secret) = WebhookSecret::from_ref(state);
        let headers = request.headers().clone();
        // The bytes as received: the signature covers exactly these.
        let body =
            Bytes::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        let event = Event::receive(&*secret, &headers, &body).and_then(|event| {
            event.check_age(MAX_AGE)?;
            Ok(event)
        });
        event.map(Self).map_err(|error| {
            let status = match error {
                InvalidEvent::Unsigned | InvalidEvent::Signature(_) => StatusCode::UNAUTHORIZED,
                _ => StatusCode::BAD_REQUEST,
            };
            (status, error.to_string()).into_response()
        })
    }
}

#[derive(Clone)]
struct Receiver {
    secret: WebhookSecret,
    queue: Sender<Event>,
    seen: Arc<Mutex<VecDeque<String>>>,
}

impl FromRef<Receiver> for WebhookSecret {
    fn from_ref(receiver: &Receiver) -> Self {
        receiver.secret.clone()
    }
}

/// `POST /webhook`, for the webhook that was created with this secret.
///
/// Truto sends an event again if the response is late or not a 200, so the handler only puts it into the
/// queue. It responds with 200 if the event was queued now or before, with 503 while the queue is full, so that
/// Truto sends the event again, and with 401 or 400 if the delivery is not an event of Truto's.
pub fn router(secret: &str, queue: Sender<Event>) -> Router {
    let receiver = Receiver { secret: WebhookSecret(secret.into()), queue, seen: Arc::default() };
    Router::new().route("/webhook", post(receive)).with_state(receiver)
}

/// Serves the receiver on a loopback port (0 for a free one); the returned future is the server.
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

async fn receive(
    State(receiver): State<Receiver>,
    VerifiedEvent(event): VerifiedEvent,
) -> StatusCode {
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

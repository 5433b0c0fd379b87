//! Webhooks: verified and queued by the handler, processed by a worker.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use tokio::sync::mpsc;
use truto_admin::{AccountStatus, IntegratedAccount};
use truto_core::OrRaw;
use truto_core::webhooks::{AccountAction, Event, InvalidEvent};

use crate::app::{App, Status};
use crate::sync;

/// The age from which an event counts as a replay.
const MAX_AGE: Duration = Duration::from_secs(300);

/// The time limit for reading an account, which delays the next events.
const READ_WITHIN: Duration = Duration::from_secs(10);

/// Ids that are kept to recognize a repeated delivery.
const REMEMBERED: usize = 10_000;

/// `POST /webhook`.
///
/// Truto repeats a delivery that does not get a 200, so a full queue responds with 503.
pub(crate) async fn receive(State(app): State<App>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let event = match Event::receive(app.secret(), &headers, &body) {
        Ok(event) => event,
        Err(InvalidEvent::Unsigned | InvalidEvent::Signature(_)) => {
            return StatusCode::UNAUTHORIZED;
        }
        Err(_) => return StatusCode::BAD_REQUEST,
    };
    if event.check_age(MAX_AGE).is_err() {
        return StatusCode::BAD_REQUEST;
    }
    match app.events().try_send(event) {
        Ok(()) => StatusCode::OK,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// Handles events sequentially. Deliveries may be repeated, and may arrive in any order.
pub(crate) async fn work(app: App, mut queue: mpsc::Receiver<Event>) {
    let (mut seen, mut order) = (HashSet::new(), VecDeque::new());
    while let Some(event) = queue.recv().await {
        if let Some(id) = event.id.clone() {
            if !seen.insert(id.clone()) {
                continue;
            }
            order.push_back(id);
            if order.len() > REMEMBERED {
                if let Some(oldest) = order.pop_front() {
                    seen.remove(&oldest);
                }
            }
        }
        handle(&app, &event).await;
    }
}

async fn handle(app: &App, event: &Event) {
    let Some(account) = event.account_event() else {
        return;
    };
    let Some(id) = account.id else {
        tracing::warn!(event = %event.event, "an account's event without its id");
        return;
    };
    match account.action {
        // `created` arrives before the account can be called.
        AccountAction::Active | AccountAction::Reactivated => {
            let Some(tenant) = account.tenant_id else {
                tracing::warn!("an account without a tenant was connected elsewhere");
                return;
            };
            match app.connected(&tenant, &id) {
                Ok(account) => sync::start(app, account),
                Err(error) => tracing::warn!(%error, "an account that cannot be called"),
            }
        }
        AccountAction::AuthenticationError if needs_reauth(app, &id).await => {
            app.update(&id, |tenant| tenant.status = Status::NeedsReauth);
        }
        AccountAction::Deleted => app.disconnected(&id),
        _ => {}
    }
}

/// The event may be older than the customer's reconnection, so the account itself decides.
async fn needs_reauth(app: &App, id: &str) -> bool {
    let read = IntegratedAccount::get(id).deadline(READ_WITHIN).send(&app.admin()).await;
    match read {
        Ok(account) => account.status == Some(OrRaw::Known(AccountStatus::NeedsReauth)),
        Err(error) => {
            tracing::warn!(%error, "an account that cannot be read; its event is believed");
            true
        }
    }
}

//! Metrics, a page of progress, and an interactive call.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use crate::contact::Contact;
use crate::store::Store;
use crate::sync::Sync;

/// The longest time that an interactive call waits for its turn.
const MAX_WAIT: Duration = Duration::from_secs(2);

/// Accounts on the progress page, whose size must not grow with their number.
const MOST_ROWS: i64 = 1_000;

/// The routes of a process.
pub fn router<S: Store>(sync: Arc<Sync<S>>) -> Router {
    Router::new()
        .route("/", get(progress))
        .route("/metrics", get(metrics))
        .route("/accounts/{account}/contacts/{id}", get(contact))
        .with_state(sync)
}

/// Reads a contact from its provider now. The call is interactive, so it takes precedence over those of
/// the sync.
async fn contact<S: Store>(
    State(sync): State<Arc<Sync<S>>>,
    Path((account, id)): Path<(String, String)>,
) -> Response {
    let call =
        async { Contact::get(id).max_wait(MAX_WAIT).send(&sync.client.account(account)?).await };
    match call.await {
        Ok(contact) => axum::Json(contact).into_response(),
        Err(error) if error.is_throttled() => {
            (StatusCode::SERVICE_UNAVAILABLE, error.to_string()).into_response()
        }
        Err(error) => {
            let status = error.status().unwrap_or(StatusCode::BAD_GATEWAY);
            (status, error.to_string()).into_response()
        }
    }
}

async fn metrics<S: Store>(State(sync): State<Arc<Sync<S>>>) -> Result<String, StatusCode> {
    let (accounts, parked) = sync.store.counts().await.map_err(unavailable)?;
    let counters = &sync.counters;
    let mut text = String::new();
    for (name, kind, value) in [
        ("fleet_pages_total", "counter", counters.pages.load(Ordering::Relaxed)),
        ("fleet_records_total", "counter", counters.records.load(Ordering::Relaxed)),
        ("fleet_failures_total", "counter", counters.failures.load(Ordering::Relaxed)),
        ("fleet_accounts", "gauge", accounts.unsigned_abs()),
        ("fleet_accounts_parked", "gauge", parked.unsigned_abs()),
    ] {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "# TYPE {name} {kind}\n{name} {value}");
    }
    Ok(text)
}

async fn progress<S: Store>(State(sync): State<Arc<Sync<S>>>) -> Result<Html<String>, StatusCode> {
    let (accounts, parked) = sync.store.counts().await.map_err(unavailable)?;
    let mut page = format!(
        "<!doctype html><meta http-equiv=refresh content=2><title>Fleet</title>\
         <style>body{{font:16px system-ui;margin:2em}}td,th{{padding:.2em 1em;text-align:left}}</style>\
         <h1>Fleet</h1><p>{accounts} accounts, {parked} parked. The table has at most {MOST_ROWS}.\
         <table><tr><th>Account<th>Id<th>State<th>Runs<th>Pages<th>Failures<th>Reason",
    );
    for account in sync.store.progress(MOST_ROWS).await.map_err(unavailable)? {
        let _ = write!(
            page,
            "<tr><td>{}<td>{}<td>{}<td>{}<td>{}<td>{}<td>{}",
            escape(&account.label),
            escape(&account.id),
            account.state,
            account.runs,
            account.pages,
            account.failures,
            escape(account.reason.as_deref().unwrap_or_default()),
        );
    }
    Ok(Html(page))
}

#[allow(clippy::needless_pass_by_value)] // `map_err` passes it by value
fn unavailable(error: sqlx::Error) -> StatusCode {
    tracing::warn!(%error, "the progress cannot be read");
    StatusCode::SERVICE_UNAVAILABLE
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

//! Contacts of a customer's CRM, read and written interactively.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use truto_core::{Id, unified_endpoint};

use crate::app::App;
use crate::problem::Problem;

/// The deadline of an interactive call.
const PATIENCE: Duration = Duration::from_secs(10);

/// The longest wait for a turn: users prefer to see soon that the provider is busy.
const MAX_WAIT: Duration = Duration::from_secs(2);

/// A contact.
#[unified_endpoint(method = "GET", path = "/unified/crm/contacts")]
#[unified_endpoint(method = "POST", path = "/unified/crm/contacts", body = NewContact)]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Contact {
    pub(crate) id: Id,
    pub(crate) name: Option<String>,
}

/// The body of a new contact.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct NewContact {
    name: String,
}

/// The requested part of a list.
#[derive(Debug, Deserialize)]
pub(crate) struct Part {
    limit: Option<u32>,
    cursor: Option<String>,
}

/// A page, with the cursor of the next one.
#[derive(Debug, Serialize)]
pub(crate) struct ContactPage {
    contacts: Vec<Contact>,
    next_cursor: Option<String>,
}

/// `GET /tenants/{tenant}/contacts`: one page, in the interactive lane.
pub(crate) async fn list(
    State(app): State<App>,
    Path(tenant): Path<String>,
    Query(part): Query<Part>,
) -> Result<Json<ContactPage>, Problem> {
    let tenant = app.tenant(&tenant)?;
    let request = Contact::list()
        .limit(part.limit.unwrap_or(25).min(100))
        .next_cursor(part.cursor.unwrap_or_default())
        .ignore_remote_data()
        .max_wait(MAX_WAIT)
        .deadline(PATIENCE);
    let page = request.send(&tenant.account).await?;
    Ok(Json(ContactPage { contacts: page.result, next_cursor: page.next_cursor }))
}

/// `POST /tenants/{tenant}/contacts`: a write.
///
/// axum drops a handler whose client disconnects, and a write that is dropped halfway may have been
/// executed without a trace. So it runs in its own task. With an idempotency key, a caller can repeat
/// it safely.
pub(crate) async fn create(
    State(app): State<App>,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    Json(contact): Json<NewContact>,
) -> Result<(StatusCode, Json<Contact>), Problem> {
    let tenant = app.tenant(&tenant)?;
    let mut request = Contact::create(&contact).max_wait(MAX_WAIT).deadline(PATIENCE);
    if let Some(key) = headers.get("idempotency-key").and_then(|key| key.to_str().ok()) {
        request = request.idempotency_key(key);
    }
    let write = app.spawn(async move { request.send(&tenant.account).await });
    let created = write.await.map_err(|_| {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal error", "the write panicked")
    })?;
    Ok((StatusCode::CREATED, Json(created?)))
}

//! One delivery of an event to a webhook.

use std::io;
use std::time::Duration;

use serde_json::{Map, Value, json};
use truto_core::{StatusCode, reqwest, webhooks};

use super::ENVIRONMENT_ID;

/// Pauses before a delivery is tried again; Truto waits longer.
const PAUSES: [Duration; 3] =
    [Duration::from_millis(10), Duration::from_millis(50), Duration::from_millis(250)];

/// Time that a target has for an answer, so that a test whose server hangs ends.
const TIMEOUT: Duration = Duration::from_secs(30);

/// One webhook that an event goes to.
pub(super) struct Target {
    id: Value,
    url: String,
    secret: String,
}

impl Target {
    /// The target of a stored webhook.
    pub(super) fn of(webhook: &Map<String, Value>) -> Self {
        let text =
            |key: &str| webhook.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let id = webhook.get("id").cloned().unwrap_or_default();
        Self { id, url: text("target_url"), secret: text("secret") }
    }
}

/// Adds what Truto adds to each event.
pub(super) fn complete(event: &mut Map<String, Value>) {
    event.entry("id").or_insert_with(|| json!(uuid::Uuid::new_v4().hyphenated().to_string()));
    event.entry("environment_id").or_insert_with(|| json!(ENVIRONMENT_ID));
    event.entry("created_at").or_insert_with(|| json!(jiff::Timestamp::now().to_string()));
}

/// The text of an error of reqwest's names the URL, and that of its source the reason.
fn described(error: &reqwest::Error) -> String {
    let chain =
        std::iter::successors(Some(error as &dyn std::error::Error), |error| error.source());
    chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Posts an event, signed, and again after 4xx and 5xx; returns the last status.
pub(super) async fn send(target: &Target, event: &Map<String, Value>) -> io::Result<StatusCode> {
    let mut event = event.clone();
    event.entry("webhook_id").or_insert_with(|| target.id.clone());
    let http =
        reqwest::Client::builder().no_proxy().timeout(TIMEOUT).build().map_err(io::Error::other)?;
    let body = serde_json::to_vec(&event)?;
    let signature = webhooks::sign(&target.secret, &body).map_err(io::Error::other)?;
    let mut pauses = PAUSES.into_iter();
    loop {
        let request = http
            .post(&target.url)
            .header("content-type", "application/json")
            .header("user-agent", "truto")
            .header(webhooks::SIGNATURE_HEADER, &signature)
            .body(body.clone());
        let sent = request.send().await;
        let status = sent.map_err(|error| io::Error::other(described(&error)))?.status();
        match pauses.next() {
            Some(pause) if status.is_client_error() || status.is_server_error() => {
                tokio::time::sleep(pause).await;
            }
            _ => return Ok(status),
        }
    }
}

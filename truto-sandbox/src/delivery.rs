//! One delivery of an event to a webhook.

use std::io;
use std::time::Duration;

use serde_json::{Map, Value, json};
use truto_core::{StatusCode, reqwest, webhooks};

use super::ENVIRONMENT_ID;

/// Pauses between the attempts of a delivery. Truto's are longer and would slow tests down.
const PAUSES: [Duration; 3] =
    [Duration::from_millis(10), Duration::from_millis(50), Duration::from_millis(250)];

/// The time limit of one attempt, so that a test ends even if its server hangs.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A webhook that receives an event.
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

/// Adds the fields that Truto adds to each event.
pub(super) fn complete(event: &mut Map<String, Value>) {
    event.entry("id").or_insert_with(|| json!(uuid::Uuid::new_v4().hyphenated().to_string()));
    event.entry("environment_id").or_insert_with(|| json!(ENVIRONMENT_ID));
    event.entry("created_at").or_insert_with(|| json!(jiff::Timestamp::now().to_string()));
}

/// The error with its sources: reqwest's own text contains only the URL, and a source contains the reason.
fn described(error: &reqwest::Error) -> String {
    let chain =
        std::iter::successors(Some(error as &dyn std::error::Error), |error| error.source());
    chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Posts a signed event, and repeats it after a 4xx or 5xx; returns the last status.
pub(super) async fn send(target: &Target, event: &Map<String, Value>) -> io::Result<StatusCode> {
    let mut event = event.clone();
    event.entry("webhook_id").or_insert_with(|| target.id.clone());
    // Built for each delivery, since its connections end with the runtime of the test. Without the
    // environment's proxy, which could not reach a loopback address of the test.
    let http =
        reqwest::Client::builder().no_proxy().timeout(TIMEOUT).build().map_err(io::Error::other)?;
    let body = serde_json::to_vec(&event)?;
    let signature = webhooks::sign(&target.secret, &body).map_err(io::Error::other)?;
    let mut pauses = PAUSES.into_iter();
    loop {
        let request = http
            .post(&target.url)
            .header("content-type", "application/json")
            // As documented for Truto's own deliveries.
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

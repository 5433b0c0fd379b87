use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};

/// A scripted response: status, headers, body and delay.
///
/// Handlers return a `Reply`, or a JSON value, which is sent with status 200.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use serde_json::{Value, json};
/// use truto_core::Request;
/// use truto_sandbox::{Reply, Sandbox};
///
/// let sandbox = Sandbox::start().await?;
/// sandbox.on_method("crm", "contacts", "import", |received| {
///     assert!(received.json()["rows"].is_array());
///     Reply::json(202, json!({"id": "job-1"})).header("location", "/jobs/1")
/// });
/// let import = Request::<Value>::unified("POST", "crm", "contacts", "import");
/// let response = import.body(&json!({"rows": []})).response(&sandbox.account()).await?;
/// assert_eq!(response.status, 202);
/// assert_eq!(response.headers["location"], "/jobs/1");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "a reply does nothing until a handler returns it"]
pub struct Reply {
    pub(super) status: StatusCode,
    pub(super) content_type: Option<HeaderValue>,
    pub(super) body: Bytes,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) delay: Duration,
}

impl Reply {
    /// A JSON body with this status.
    ///
    /// # Panics
    ///
    /// If the status is not between 200 and 999, or the body cannot be serialized to JSON.
    #[track_caller]
    pub fn json(status: u16, body: impl Serialize) -> Self {
        match serde_json::to_vec(&body) {
            Ok(body) => Self::new(
                status,
                HeaderValue::from_static("application/json; charset=utf-8"),
                body.into(),
            ),
            Err(error) => panic!("the reply cannot be serialized to JSON: {error}"),
        }
    }

    /// A body of any kind with status 200.
    ///
    /// # Panics
    ///
    /// If `content_type` is not a valid header value.
    #[track_caller]
    pub fn bytes(content_type: &str, body: impl Into<Bytes>) -> Self {
        let Ok(content_type) = content_type.parse() else {
            panic!("`{content_type}` is not a valid `Content-Type` header");
        };
        Self::new(200, content_type, body.into())
    }

    /// No body: 204.
    pub fn empty() -> Self {
        Self { content_type: None, ..Self::new(204, HeaderValue::from_static(""), Bytes::new()) }
    }

    /// An error in Truto's form (`statusCode`, `error`, `message`) with this status.
    ///
    /// # Panics
    ///
    /// If the status is not between 200 and 999.
    #[track_caller]
    pub fn error(status: u16, message: &str) -> Self {
        Self::error_with(status, message, &json!({}))
    }

    /// Replaces the status.
    ///
    /// # Panics
    ///
    /// If the status is not between 200 and 999.
    #[track_caller]
    pub fn status(mut self, status: u16) -> Self {
        self.status = checked_status(status);
        self
    }

    /// Adds a header.
    ///
    /// # Panics
    ///
    /// If the name or the value is not valid in a header, or if only the server may set the header
    /// (`Content-Length`, for example).
    #[track_caller]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push(checked_header(name, value));
        self
    }

    /// Delays the reply.
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    pub(super) fn not_found() -> Self {
        Self::error(404, "not found")
    }

    #[track_caller]
    pub(super) fn new(status: u16, content_type: HeaderValue, body: Bytes) -> Self {
        Self {
            status: checked_status(status),
            content_type: Some(content_type),
            body,
            headers: Vec::new(),
            delay: Duration::ZERO,
        }
    }

    /// An error in Truto's form with further keys.
    #[track_caller]
    pub(super) fn error_with(status: u16, message: &str, more: &Value) -> Self {
        let reason = checked_status(status).canonical_reason().unwrap_or("Error");
        let mut body = json!({"statusCode": status, "error": reason, "message": message});
        if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
            body.extend(more.clone());
        }
        Self::json(status, &body)
    }
}

impl From<Value> for Reply {
    fn from(body: Value) -> Self {
        Self::json(200, body)
    }
}

/// A status that a final response can have.
#[track_caller]
pub(super) fn checked_status(status: u16) -> StatusCode {
    match StatusCode::from_u16(status) {
        Ok(status) if !status.is_informational() => status,
        _ => panic!("{status} is not the HTTP status of a response"),
    }
}

/// A valid header that the server does not set itself.
#[track_caller]
pub(super) fn checked_header(name: &str, value: &str) -> (HeaderName, HeaderValue) {
    let (Ok(parsed), Ok(value)) = (name.parse::<HeaderName>(), value.parse()) else {
        panic!("`{name}: {value}` is not a valid header");
    };
    assert!(
        !matches!(parsed.as_str(), "content-length" | "transfer-encoding" | "connection"),
        "`{name}` is set by the server; use `Fault::truncated` or `Fault::reset`"
    );
    (parsed, value)
}

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde_json::{Value, json};

/// A request as the sandbox received it.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use truto_core::{sandbox::Sandbox, unified_endpoint};
/// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users")]
/// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users/<id>")]
/// # #[unified_endpoint(method = "DELETE", path = "/unified/e-signature/users/<id>")]
/// # #[derive(Debug, serde::Deserialize)]
/// # struct User { id: String }
/// # let sandbox = Sandbox::start().await?;
/// # for id in ["a", "b", "c"] {
/// #     sandbox.insert("e-signature", "users", serde_json::json!({"id": id}));
/// # }
/// # let account = sandbox.account();
/// User::get("a").exclude_fields(["name"]).send(&account).await?;
/// let received = &sandbox.requests()[0];
/// assert_eq!(received.path, "/unified/e-signature/users/a");
/// assert_eq!(received.parameter("truto_exclude_fields[]"), ["name"]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Recorded {
    /// The HTTP method.
    pub method: Method,
    /// The path as it came, percent-encoded.
    pub path: String,
    /// The query as it came, percent-encoded, without the `?`.
    pub query: String,
    /// The headers; the token's shows as sensitive.
    pub headers: HeaderMap,
    /// The body's bytes.
    pub body: Bytes,
}

impl Recorded {
    /// The body as JSON; `Null` if it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The values of a query parameter by its decoded name, for example `truto_exclude_fields[]`.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Vec<String> {
        super::query::values(&self.query, name)
    }
}

/// What the sandbox answers.
#[derive(Debug, Clone)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) content_type: Option<String>,
    pub(super) body: Bytes,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
}

impl Reply {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self {
            status,
            content_type: Some("application/json; charset=utf-8".to_owned()),
            body: body.to_string().into(),
            headers: Vec::new(),
        }
    }

    pub(super) fn file(content_type: &str, body: Bytes) -> Self {
        Self {
            status: 200,
            content_type: Some(content_type.to_owned()),
            body,
            headers: Vec::new(),
        }
    }

    /// Truto's error body, with further keys.
    pub(super) fn error(status: u16, message: &str, more: &Value) -> Self {
        let reason = StatusCode::from_u16(status)
            .ok()
            .and_then(|status| status.canonical_reason())
            .unwrap_or("Error");
        let mut body = json!({"statusCode": status, "error": reason, "message": message});
        if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
            body.extend(more.clone());
        }
        Self::json(status, &body)
    }
}

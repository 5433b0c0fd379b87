use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::reply::{Reply, checked_header};

/// A fault for one request; see [`Sandbox::fail_next`](super::Sandbox::fail_next) and
/// [`When::fail`](super::When::fail).
///
/// ```
/// use std::time::Duration;
/// use truto_sandbox::Fault;
///
/// let fault = Fault::status(429).header("retry-after", "1");
/// let slow = Fault::delay(Duration::from_millis(50));
/// # let _ = (fault, slow);
/// ```
#[derive(Debug, Clone)]
#[must_use = "a fault does nothing until it is scripted"]
pub struct Fault {
    pub(super) kind: FaultKind,
    pub(super) delay: Duration,
    headers: Vec<(HeaderName, HeaderValue)>,
}

#[derive(Debug, Clone)]
pub(super) enum FaultKind {
    /// The usual reply, after the delay.
    None,
    Reply(Reply),
    /// The usual reply with its full `Content-Length`, but only a part of its body.
    Truncated,
    /// The connection is reset before the reply.
    Reset,
}

impl Fault {
    fn new(kind: FaultKind) -> Self {
        Self { kind, delay: Duration::ZERO, headers: Vec::new() }
    }

    /// An error of Truto itself with this status, in Truto's form.
    ///
    /// A 429 has `Retry-After: 10` and the three `ratelimit-*` headers, like Truto's;
    /// [`header`](Self::header) replaces them.
    ///
    /// # Panics
    ///
    /// If the status is not between 200 and 999.
    #[track_caller]
    pub fn status(status: u16) -> Self {
        Self::error(status, &json!({}))
    }

    /// An error of the provider with this status (`truto_is_remote_error`).
    ///
    /// # Panics
    ///
    /// If the status is not between 200 and 999.
    #[track_caller]
    pub fn remote(status: u16) -> Self {
        Self::error(
            status,
            &json!({"truto_is_remote_error": true, "raw_response": {"error": "provider"}}),
        )
    }

    #[track_caller]
    fn error(status: u16, more: &Value) -> Self {
        let fault = Self::new(FaultKind::Reply(Reply::error_with(status, "scripted fault", more)));
        match status {
            429 => fault
                .header("retry-after", "10")
                .header("ratelimit-limit", "500;w=10")
                .header("ratelimit-remaining", "0")
                .header("ratelimit-reset", "10"),
            _ => fault,
        }
    }

    /// A 403 for an account whose grant lacks scopes, with Truto's insight.
    ///
    /// ```
    /// # truto_sandbox::__doc::run_empty(async |sandbox| {
    /// # use serde_json::Value;
    /// # use truto_core::Request;
    /// # use truto_sandbox::{Fault, Sandbox};
    /// let contacts = Request::<Value>::unified("GET", "crm", "contacts", None);
    /// sandbox.when(&contacts).fail(Fault::missing_scopes(["contacts:read"]));
    /// let error = contacts.send(&sandbox.account()).await.expect_err("403");
    /// let insight = error.api().and_then(|api| api.insight.as_ref()).ok_or("no insight")?;
    /// assert_eq!(insight.missing_scopes, ["contacts:read"]);
    /// # Ok(())
    /// # })
    /// ```
    pub fn missing_scopes<S: Into<String>>(scopes: impl IntoIterator<Item = S>) -> Self {
        let scopes = json!({"missing_scopes": texts(scopes)});
        Self::insight(403, "forbidden_error", "The account lacks scopes.", &scopes)
    }

    /// A 400 for a call that lacks query parameters, with Truto's insight.
    pub fn missing_query_parameters<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        Self::insight(
            400,
            "missing_required_query_parameters",
            "The request lacks query parameters.",
            &texts(names).into(),
        )
    }

    /// A 400 for a call whose body lacks fields, with Truto's insight.
    pub fn missing_body_fields<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        Self::insight(
            400,
            "missing_required_body_fields",
            "The body lacks fields.",
            &texts(names).into(),
        )
    }

    fn insight(status: u16, key: &str, description: &str, value: &Value) -> Self {
        let insight = json!({key: {"description": description, "value": value}});
        Self::error(status, &json!({"truto_error_insight": insight}))
    }

    /// A response that is not JSON: an HTML page with this status.
    ///
    /// # Panics
    ///
    /// If the status is not between 200 and 999.
    #[track_caller]
    pub fn html(status: u16) -> Self {
        let page = Bytes::from_static(b"<html><body>gateway</body></html>");
        let html = HeaderValue::from_static("text/html");
        Self::new(FaultKind::Reply(Reply::new(status, html, page)))
    }

    /// A response with your own status and JSON body, sent unchanged.
    ///
    /// # Panics
    ///
    /// If the status is not between 200 and 999.
    #[track_caller]
    pub fn body(status: u16, body: impl Into<Bytes>) -> Self {
        let json = HeaderValue::from_static("application/json");
        Self::new(FaultKind::Reply(Reply::new(status, json, body.into())))
    }

    /// The usual response, truncated in the middle of its body.
    pub fn truncated() -> Self {
        Self::new(FaultKind::Truncated)
    }

    /// A connection reset instead of a response. The request is executed.
    pub fn reset() -> Self {
        Self::new(FaultKind::Reset)
    }

    /// The usual response, after a delay.
    pub fn delay(delay: Duration) -> Self {
        Self::new(FaultKind::None).after(delay)
    }

    /// Delays the fault.
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Adds a header to the response; it replaces one with the same name.
    ///
    /// # Panics
    ///
    /// If the name or the value is not valid in a header, or if only the server may set the header
    /// (`Content-Length`, for example).
    #[track_caller]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let (name, value) = checked_header(name, value);
        self.headers.retain(|(other, _)| *other != name);
        self.headers.push((name, value));
        self
    }

    /// The reply that replaces the usual one; the request is not executed then.
    pub(super) fn replacement(&self) -> Option<Reply> {
        match &self.kind {
            FaultKind::Reply(reply) => Some(self.apply(reply.clone())),
            FaultKind::None | FaultKind::Truncated | FaultKind::Reset => None,
        }
    }

    /// A reply with the fault's headers and delay.
    pub(super) fn apply(&self, mut reply: Reply) -> Reply {
        for (name, _) in &self.headers {
            reply.headers.retain(|(other, _)| other != name);
        }
        reply.headers.extend(self.headers.iter().cloned());
        reply.delay += self.delay;
        reply
    }
}

fn texts<S: Into<String>>(texts: impl IntoIterator<Item = S>) -> Vec<String> {
    texts.into_iter().map(Into::into).collect()
}

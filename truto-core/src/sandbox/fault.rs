use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::json;

use super::record::Reply;

/// What goes wrong with one request; see [`Sandbox::fail_next`](super::Sandbox::fail_next).
///
/// ```
/// use std::time::Duration;
/// use truto_core::sandbox::Fault;
///
/// let fault = Fault::status(429).header("retry-after", "1");
/// let slow = Fault::delay(Duration::from_millis(50));
/// # let _ = (fault, slow);
/// ```
#[derive(Debug, Clone)]
pub struct Fault {
    pub(super) kind: Kind,
    pub(super) delay: Duration,
    headers: Vec<(HeaderName, HeaderValue)>,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// The request is answered as ever, after the delay.
    None,
    Reply {
        status: u16,
        body: Bytes,
        content_type: &'static str,
    },
    /// The reply's length is stated, then only a part of the body comes.
    Truncated,
    /// The connection is reset before the reply.
    Reset,
}

/// A status that can be sent.
#[track_caller]
fn checked(status: u16) -> u16 {
    assert!(
        StatusCode::from_u16(status).is_ok(),
        "{status} is not an HTTP status"
    );
    status
}

impl Fault {
    fn new(kind: Kind) -> Self {
        Self {
            kind,
            delay: Duration::ZERO,
            headers: Vec::new(),
        }
    }

    /// An error of Truto's own with the status, in Truto's form. A number that is no status is 500.
    ///
    /// # Panics
    ///
    /// If the status is not one (100 to 999).
    #[must_use]
    #[track_caller]
    pub fn status(status: u16) -> Self {
        Self::error(status, &json!({}))
    }

    /// An error of the provider with the status (`truto_is_remote_error`).
    ///
    /// # Panics
    ///
    /// If the status is not one (100 to 999).
    #[must_use]
    #[track_caller]
    pub fn remote(status: u16) -> Self {
        Self::error(
            status,
            &json!({"truto_is_remote_error": true, "raw_response": {"error": "provider"}}),
        )
    }

    #[track_caller]
    fn error(status: u16, more: &serde_json::Value) -> Self {
        let status = checked(status);
        let reply = Reply::error(status, "scripted fault", more);
        let fault = Self::new(Kind::Reply {
            status,
            body: reply.body,
            content_type: "application/json",
        });
        match status {
            429 => fault
                .header("retry-after", "10")
                .header("ratelimit-limit", "500;w=10")
                .header("ratelimit-remaining", "0")
                .header("ratelimit-reset", "10"),
            _ => fault,
        }
    }

    /// A 403 of an account whose grant lacks scopes, with Truto's insight.
    #[must_use]
    pub fn missing_scopes<S: Into<String>>(scopes: impl IntoIterator<Item = S>) -> Self {
        let scopes: Vec<String> = scopes.into_iter().map(Into::into).collect();
        Self::error(
            403,
            &json!({"truto_error_insight": {"forbidden_error": {
                "description": "The account lacks scopes.",
                "value": {"missing_scopes": scopes},
            }}}),
        )
    }

    /// A 400 of a call that lacks query parameters, with Truto's insight.
    #[must_use]
    pub fn missing_query_parameters<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        Self::error(
            400,
            &json!({"truto_error_insight": {"missing_required_query_parameters": {
                "description": "The request lacks query parameters.",
                "value": names,
            }}}),
        )
    }

    /// An reply that is not JSON: an HTML page with the status.
    ///
    /// # Panics
    ///
    /// If the status is not one (100 to 999).
    #[must_use]
    #[track_caller]
    pub fn html(status: u16) -> Self {
        Self::new(Kind::Reply {
            status: checked(status),
            body: Bytes::from_static(b"<html><body>gateway</body></html>"),
            content_type: "text/html",
        })
    }

    /// An reply with a status and a JSON body of your own.
    ///
    /// # Panics
    ///
    /// If the status is not one (100 to 999).
    #[must_use]
    #[track_caller]
    pub fn body(status: u16, body: impl Into<Bytes>) -> Self {
        Self::new(Kind::Reply {
            status: checked(status),
            body: body.into(),
            content_type: "application/json",
        })
    }

    /// The usual reply, cut in the middle of its body.
    #[must_use]
    pub fn truncated() -> Self {
        Self::new(Kind::Truncated)
    }

    /// The connection is reset instead of an reply; the request is executed nevertheless.
    #[must_use]
    pub fn reset() -> Self {
        Self::new(Kind::Reset)
    }

    /// The usual reply, late.
    #[must_use]
    pub fn delay(delay: Duration) -> Self {
        Self::new(Kind::None).after(delay)
    }

    /// The same fault, late.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// The same fault with a header on its reply. What cannot be a header is left out.
    ///
    /// # Panics
    ///
    /// If name or value are not those of a header, or the header is one that frames the body.
    #[must_use]
    #[track_caller]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let (Ok(parsed), Ok(value)) = (name.parse::<HeaderName>(), value.parse()) else {
            panic!("`{name}: {value}` is not a valid header");
        };
        assert!(
            !matches!(
                parsed.as_str(),
                "content-length" | "transfer-encoding" | "connection"
            ),
            "`{name}` is set by the server; use `Fault::truncated` or `Fault::reset`"
        );
        // A header that is given replaces the usual one.
        self.headers.retain(|(name, _)| *name != parsed);
        self.headers.push((parsed, value));
        self
    }

    /// Turns the usual reply into the faulty one.
    pub(super) fn apply(&self, usual: Reply) -> Reply {
        let mut reply = match &self.kind {
            Kind::None | Kind::Truncated | Kind::Reset => usual,
            Kind::Reply {
                status,
                body,
                content_type,
            } => Reply {
                status: *status,
                content_type: Some((*content_type).to_owned()),
                body: body.clone(),
                headers: Vec::new(),
            },
        };
        reply.headers.extend(self.headers.iter().cloned());
        reply
    }

    /// Whether the request is not executed: the fault answers in its place.
    pub(super) fn replaces(&self) -> bool {
        matches!(self.kind, Kind::Reply { .. })
    }
}

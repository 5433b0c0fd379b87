use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::json;

use super::record::Answer;

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
    Answer {
        status: u16,
        body: Bytes,
        content_type: &'static str,
    },
    /// The answer's length is stated, then only a part of the body comes.
    Truncated,
    /// The connection is reset before the answer.
    Reset,
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
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::error(status, &json!({}))
    }

    /// An error of the provider with the status (`truto_is_remote_error`).
    #[must_use]
    pub fn remote(status: u16) -> Self {
        Self::error(
            status,
            &json!({"truto_is_remote_error": true, "raw_response": {"error": "provider"}}),
        )
    }

    fn error(status: u16, more: &serde_json::Value) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let answer = Answer::error(status.as_u16(), "scripted fault", more);
        Self::new(Kind::Answer {
            status: status.as_u16(),
            body: answer.body,
            content_type: "application/json",
        })
    }

    /// An answer that is not JSON: an HTML page with the status.
    #[must_use]
    pub fn html(status: u16) -> Self {
        Self::new(Kind::Answer {
            status: StatusCode::from_u16(status).map_or(500, |status| status.as_u16()),
            body: Bytes::from_static(b"<html><body>gateway</body></html>"),
            content_type: "text/html",
        })
    }

    /// An answer with a status and a JSON body of your own.
    #[must_use]
    pub fn body(status: u16, body: impl Into<Bytes>) -> Self {
        Self::new(Kind::Answer {
            status: StatusCode::from_u16(status).map_or(500, |status| status.as_u16()),
            body: body.into(),
            content_type: "application/json",
        })
    }

    /// The usual answer, cut in the middle of its body.
    #[must_use]
    pub fn truncated() -> Self {
        Self::new(Kind::Truncated)
    }

    /// The connection is reset in place of an answer; the request is executed nevertheless.
    #[must_use]
    pub fn reset() -> Self {
        Self::new(Kind::Reset)
    }

    /// The usual answer, late.
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

    /// The same fault with a header on its answer. What cannot be a header is left out.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let (Ok(name), Ok(value)) = (name.parse(), value.parse()) {
            self.headers.push((name, value));
        }
        self
    }

    /// Turns the usual answer into the faulty one.
    pub(super) fn apply(&self, usual: Answer) -> Answer {
        let mut answer = match &self.kind {
            Kind::None | Kind::Truncated | Kind::Reset => usual,
            Kind::Answer {
                status,
                body,
                content_type,
            } => Answer {
                status: *status,
                content_type: Some((*content_type).to_owned()),
                body: body.clone(),
                headers: Vec::new(),
            },
        };
        answer.headers.extend(self.headers.iter().cloned());
        answer
    }

    /// Whether the request is not executed: the fault answers in its place.
    pub(super) fn replaces(&self) -> bool {
        matches!(self.kind, Kind::Answer { .. })
    }
}

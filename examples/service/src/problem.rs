//! Errors as problem details (RFC 9457), limited to details that a caller can act on.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use truto_core::Error;

/// An error of the service.
#[derive(Debug, Serialize)]
pub struct Problem {
    /// A short name of the kind of problem.
    pub title: &'static str,
    /// The HTTP status.
    #[serde(serialize_with = "number")]
    pub status: StatusCode,
    /// The details of this problem.
    pub detail: String,
    /// A write may have been executed: check before you repeat it.
    pub may_have_applied: bool,
    /// Seconds after which to try again.
    #[serde(skip)]
    pub retry_after: Option<u64>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn number<S: serde::Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

impl Problem {
    pub(crate) fn new(status: StatusCode, title: &'static str, detail: impl Into<String>) -> Self {
        Self { title, status, detail: detail.into(), may_have_applied: false, retry_after: None }
    }

    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not found", detail)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        // The text of the error has the endpoint and the tenant's label, but no id and no token.
        tracing::debug!(%error, "a call failed");
        let detail = error.api().map(|api| api.message.clone());
        let (status, title) = if error.is_invalid_request() {
            (StatusCode::BAD_REQUEST, "the request cannot be sent")
        } else if error.is_throttled() {
            // The client's own limit refused the call; nothing was sent.
            (StatusCode::SERVICE_UNAVAILABLE, "the provider is busy")
        } else if error.is_timeout() {
            (StatusCode::GATEWAY_TIMEOUT, "the provider did not answer in time")
        } else {
            match error.status().map(|status| status.as_u16()) {
                Some(404) => (StatusCode::NOT_FOUND, "not found"),
                Some(409) => (StatusCode::CONFLICT, "in conflict with the provider's data"),
                // The customer's credentials are at fault, not those of the caller. Truto's own 401 is
                // about this service's token, which no customer can repair.
                Some(401 | 403) if error.api().is_some_and(|api| api.is_remote) => {
                    (StatusCode::FAILED_DEPENDENCY, "the account must be reconnected")
                }
                Some(400 | 422) => (StatusCode::UNPROCESSABLE_ENTITY, "refused by the provider"),
                Some(429 | 503) => (StatusCode::SERVICE_UNAVAILABLE, "the provider is busy"),
                _ => (StatusCode::BAD_GATEWAY, "the provider cannot be reached"),
            }
        };
        let mut problem = Self::new(status, title, detail.unwrap_or_else(|| title.to_owned()));
        problem.may_have_applied = error.may_have_applied();
        problem.retry_after = error.retry_after().map(|wait| wait.as_secs().max(1));
        problem
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, retry_after) = (self.status, self.retry_after);
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

//! What `tracing` learns of a call: one span a call, one event an attempt.

use std::time::Duration;

use http::StatusCode;
use tracing::{Span, field};

use crate::client::Inner;
use crate::{Endpoint, Error};

/// OpenTelemetry's HTTP client span; no ids and no query values.
pub(super) fn span(endpoint: &Endpoint, client: &Inner) -> Span {
    tracing::info_span!(
        "truto",
        otel.name = %endpoint,
        otel.kind = "client",
        http.request.method = endpoint.method.as_str(),
        url.template = endpoint.path,
        server.address = client.host,
        server.port = client.port,
        http.response.status_code = field::Empty,
        http.request.resend_count = field::Empty,
        "error.type" = field::Empty,
    )
}

pub(super) fn record_success(span: &Span, status: StatusCode, attempts: u32) {
    span.record("http.response.status_code", status.as_u16());
    if attempts > 1 {
        span.record("http.request.resend_count", attempts - 1);
    }
}

pub(super) fn record_error(span: &Span, error: &Error) {
    if let Some(status) = error.status() {
        span.record("http.response.status_code", status.as_u16());
    }
    if error.attempts() > 1 {
        span.record("http.request.resend_count", error.attempts() - 1);
    }
    span.record("error.type", error.error_type());
}

/// One event an attempt.
pub(super) fn attempt(
    endpoint: &Endpoint,
    attempt: u32,
    status: Option<StatusCode>,
    error: Option<&Error>,
    retry: Option<Duration>,
) {
    tracing::debug!(
        http.request.method = endpoint.method.as_str(),
        url.template = endpoint.path,
        http.request.resend_count = attempt - 1,
        http.response.status_code = status.map(|status| status.as_u16()),
        "error.type" = error.map(Error::error_type),
        retry.delay_ms = retry.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)),
        "attempt"
    );
}

//! What `tracing` and the caller's hook learn of a call: one span a call, one event an attempt.

use std::time::Duration;

use http::StatusCode;
use tracing::{Span, field};

use crate::client::AttemptInfo;
use crate::response::ResponseHead;
use crate::{Account, Endpoint, Error, RateLimit};

/// Waits for a limit that are worth a line in the log.
const LONG_WAIT: Duration = Duration::from_secs(1);

/// What one call tells. It holds no id and no query value.
pub(super) struct Telemetry<'a> {
    endpoint: &'static Endpoint,
    account: &'a Account,
}

/// OpenTelemetry's HTTP client span.
pub(super) fn span(endpoint: &Endpoint, account: &Account) -> Span {
    let client = account.client().inner();
    tracing::info_span!(
        "truto",
        otel.name = %endpoint,
        otel.kind = "client",
        http.request.method = endpoint.method.as_str(),
        url.template = endpoint.path,
        server.address = client.host,
        server.port = client.port,
        truto.account = account.label(),
        http.response.status_code = field::Empty,
        http.request.resend_count = field::Empty,
        "error.type" = field::Empty,
    )
}

pub(super) fn record_success(span: &Span, head: &ResponseHead) {
    span.record("http.response.status_code", head.status.as_u16());
    if head.attempts > 1 {
        span.record("http.request.resend_count", head.attempts - 1);
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

/// The one event of an attempt, at the level that its end deserves.
macro_rules! attempt_event {
    ($level:ident, $telemetry:expr, $info:expr, $message:literal) => {
        tracing::$level!(
            http.request.method = $telemetry.endpoint.method.as_str(),
            url.template = $telemetry.endpoint.path,
            truto.account = $info.account,
            http.request.resend_count = $info.attempt - 1,
            http.response.status_code = $info.status.map(|status| status.as_u16()),
            "error.type" = $info.error.map(Error::error_type),
            retry.delay_ms = $info.retry_in.map(millis),
            duration_ms = millis($info.duration),
            $message
        )
    };
}

impl<'a> Telemetry<'a> {
    pub(super) fn new(endpoint: &'static Endpoint, account: &'a Account) -> Self {
        Self { endpoint, account }
    }

    /// A call was held back by a limit or the gate.
    pub(super) fn waited(&self, wait: Duration) {
        if wait > LONG_WAIT {
            tracing::warn!(
                http.request.method = self.endpoint.method.as_str(),
                url.template = self.endpoint.path,
                truto.account = self.account.label(),
                wait_ms = millis(wait),
                "held back by a rate limit"
            );
        }
    }

    pub(super) fn succeeded(
        &self,
        head: &ResponseHead,
        rate_limit: Option<RateLimit>,
        duration: Duration,
    ) {
        let info = AttemptInfo {
            status: Some(head.status),
            rate_limit,
            ..self.info(head.attempts, duration)
        };
        attempt_event!(debug, self, info, "attempt");
        self.hook(&info);
    }

    /// The attempt failed, and the call goes on after the wait.
    pub(super) fn failed(&self, error: &Error, attempt: u32, duration: Duration, wait: Duration) {
        let info = AttemptInfo { retry_in: Some(wait), ..self.failure(error, attempt, duration) };
        attempt_event!(warn, self, info, "attempt failed, retrying");
        self.hook(&info);
    }

    /// The attempt failed, and so does the call.
    pub(super) fn ended(&self, error: Error, attempt: u32, duration: Duration) -> Error {
        let info = self.failure(&error, attempt, duration);
        attempt_event!(warn, self, info, "call failed");
        self.hook(&info);
        error
    }

    fn failure<'b>(
        &'b self,
        error: &'b Error,
        attempt: u32,
        duration: Duration,
    ) -> AttemptInfo<'b> {
        AttemptInfo {
            status: error.status(),
            rate_limit: error.api().and_then(|api| api.rate_limit),
            error: Some(error),
            ..self.info(attempt, duration)
        }
    }

    fn info(&self, attempt: u32, duration: Duration) -> AttemptInfo<'_> {
        AttemptInfo {
            endpoint: self.endpoint,
            account: self.account.label(),
            attempt,
            duration,
            status: None::<StatusCode>,
            rate_limit: None,
            error: None,
            retry_in: None,
        }
    }

    fn hook(&self, info: &AttemptInfo<'_>) {
        if let Some(hook) = &self.account.client().inner().on_attempt {
            hook.call(info);
        }
    }
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

//! Reports of a call: one span per call, one event per attempt, and the user's hook.
//!
//! Names and levels follow OpenTelemetry's conventions for HTTP clients; integers are `i64`, since its
//! bridge turns any other integer into text. No field contains an id or a query value.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use tracing::{Span, field};

use crate::client::{AttemptInfo, Storm};
use crate::{Account, Endpoint, Error};

/// Waits for a limit that are longer than this are logged at WARN.
const LONG_WAIT: Duration = Duration::from_secs(1);

/// Records the span and the events of one call.
pub(super) struct Telemetry<'c> {
    endpoint: &'static Endpoint,
    account: &'c Account,
    span: Span,
}

/// OpenTelemetry's HTTP client span.
pub(super) fn span(endpoint: &Endpoint, account: &Account) -> Span {
    let client = account.client().inner();
    tracing::info_span!(
        "truto",
        otel.name = %endpoint,
        otel.kind = "client",
        otel.status_code = field::Empty,
        http.request.method = endpoint.method.as_str(),
        url.template = endpoint.path,
        server.address = client.host,
        server.port = client.port.map(i64::from),
        truto.account = account.label(),
        http.response.status_code = field::Empty,
        http.request.resend_count = field::Empty,
        "error.type" = field::Empty,
    )
}

/// One event about an attempt, at a level.
macro_rules! attempt_event {
    ($level:ident, $info:expr, $message:literal $(, $field:ident = $value:expr)*) => {
        tracing::$level!(
            http.request.method = $info.endpoint.method.as_str(),
            url.template = $info.endpoint.path,
            truto.account = $info.account,
            http.request.resend_count = i64::from($info.attempt.saturating_sub(1)),
            http.response.status_code = $info.status.map(code),
            "error.type" = $info.error.map(Error::error_type),
            retry.delay_ms = $info.retry_in.map(millis),
            duration_ms = millis($info.duration),
            $($field = $value,)*
            $message
        )
    };
}

/// One event about a call that a limit delayed. A level is part of a static call site, so each level has its
/// own event.
macro_rules! wait_event {
    ($level:ident, $telemetry:expr, $wait:expr $(, $field:ident = $value:expr)*) => {
        tracing::$level!(
            http.request.method = $telemetry.endpoint.method.as_str(),
            url.template = $telemetry.endpoint.path,
            truto.account = $telemetry.account.label(),
            wait_ms = millis($wait),
            $($field = $value,)*
            "delayed by a rate limit"
        )
    };
}

impl<'c> Telemetry<'c> {
    pub(super) fn new(endpoint: &'static Endpoint, account: &'c Account, span: Span) -> Self {
        Self { endpoint, account, span }
    }

    /// A limit or the gate delayed the call.
    pub(super) fn waited(&self, key: &Arc<str>, wait: Duration) {
        if wait <= LONG_WAIT {
            return;
        }
        let storms = &self.account.client().inner().storms;
        if let Some(similar) = storms.admit(key, self.account.label_shared(), Storm::Waits) {
            wait_event!(warn, self, wait, similar = similar);
        } else {
            wait_event!(debug, self, wait);
        }
    }

    /// The attempt failed, and another one follows.
    pub(super) fn retrying(&self, key: &Arc<str>, info: &AttemptInfo<'_>) {
        let storms = &self.account.client().inner().storms;
        if let Some(similar) = storms.admit(key, self.account.label_shared(), Storm::Retries) {
            attempt_event!(warn, info, "attempt failed, retrying", similar = similar);
        } else {
            attempt_event!(debug, info, "attempt failed, retrying");
        }
        self.hook(info);
    }

    /// The attempt failed; the call ends for another reason.
    pub(super) fn attempt_ended(&self, info: &AttemptInfo<'_>) {
        attempt_event!(info, info, "attempt failed");
        self.hook(info);
    }

    /// The call succeeded.
    pub(super) fn succeeded(&self, info: &AttemptInfo<'_>, status: StatusCode) {
        // The last event is emitted after the instrumented future has ended, so it enters the span itself.
        self.span.in_scope(|| attempt_event!(debug, info, "attempt"));
        self.hook(info);
        self.span.record("http.response.status_code", code(status));
        self.record_resends(info.attempt);
    }

    /// The call failed, and with it the last attempt, unless that was reported already or there was
    /// none.
    pub(super) fn failed(&self, info: &AttemptInfo<'_>, error: &Error, is_attempt: bool) {
        self.span.in_scope(|| {
            if self.is_expected(error) {
                attempt_event!(info, info, "call failed");
            } else {
                attempt_event!(warn, info, "call failed");
            }
        });
        if is_attempt {
            self.hook(info);
        }
        self.record_error(error);
    }

    /// The future of the call was dropped.
    pub(super) fn canceled(&self, info: &AttemptInfo<'_>, error: &Error, is_write: bool) {
        self.span.in_scope(|| {
            if is_write {
                let may_have_applied = error.may_have_applied();
                attempt_event!(warn, info, "call canceled", may_have_applied = may_have_applied);
            } else {
                attempt_event!(debug, info, "call canceled");
            }
        });
        self.hook(info);
        self.record_error(error);
    }

    /// Returns true if an error is an ordinary outcome: a 4xx that proves that a write was not applied.
    fn is_expected(&self, error: &Error) -> bool {
        let warned = &self.account.client().inner().warn_statuses;
        error.api().is_some_and(|api| {
            api.status.is_client_error()
                && !error.may_have_applied()
                && !warned.contains(&api.status)
        })
    }

    fn record_error(&self, error: &Error) {
        if let Some(status) = error.status() {
            self.span.record("http.response.status_code", code(status));
        }
        self.record_resends(error.attempts());
        self.span.record("error.type", error.error_type());
        self.span.record("otel.status_code", "ERROR");
    }

    fn record_resends(&self, attempts: u32) {
        // OpenTelemetry records the count only for requests that were sent again.
        if attempts > 1 {
            self.span.record("http.request.resend_count", i64::from(attempts - 1));
        }
    }

    /// A panic in the user's hook must not lose the result of a call.
    fn hook(&self, info: &AttemptInfo<'_>) {
        let Some(hook) = &self.account.client().inner().on_attempt else {
            return;
        };
        if catch_unwind(AssertUnwindSafe(|| hook(info))).is_err() {
            tracing::warn!("the callback of `ClientBuilder::on_attempt` panicked");
        }
    }
}

fn code(status: StatusCode) -> i64 {
    i64::from(status.as_u16())
}

pub(super) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;

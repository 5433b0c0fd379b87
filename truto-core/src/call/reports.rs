//! The reports of a running call: one event per attempt, and one for the end of the call.

use std::time::Duration;

use super::execution::Execution;
use crate::Error;
use crate::client::AttemptInfo;
use crate::error::Kind;
use crate::response::ResponseHead;

impl Execution<'_> {
    /// The attempt failed, and another one follows.
    pub(super) fn report_retry(&mut self, error: Error, after: Duration) {
        let info = self.failed_attempt(&error).retry_in(after);
        self.telemetry.retrying(self.call.key(), &info);
        self.waited = Duration::ZERO;
        self.last = Some(error);
    }

    /// The attempt failed, and no other one follows.
    pub(super) fn report_end_of_attempt(&mut self, error: &Error) {
        self.telemetry.attempt_ended(&self.failed_attempt(error));
        self.attempt.is_reported = true;
    }

    fn failed_attempt<'e>(&'e self, error: &'e Error) -> AttemptInfo<'e> {
        AttemptInfo { status: error.status(), error: Some(error), ..self.attempt_info() }
    }

    /// Describes the current attempt, or the last one.
    fn attempt_info(&self) -> AttemptInfo<'_> {
        AttemptInfo {
            endpoint: self.call.template.endpoint,
            account: self.call.account.label(),
            attempt: self.attempts,
            duration: self.attempt.took.unwrap_or_else(|| self.attempt.began.elapsed()),
            waited: self.waited,
            status: None,
            rate_limit: self.attempt.rate_limit,
            error: None,
            retry_in: None,
        }
    }

    /// Ends the call with a decoded response.
    pub(super) fn succeed(&mut self, head: &ResponseHead) {
        self.is_finished = true;
        let info = AttemptInfo { status: Some(head.status), ..self.attempt_info() };
        self.telemetry.succeeded(&info, head.status);
    }

    /// Ends the call with an error.
    pub(super) fn fail(&mut self, error: Error) -> Error {
        self.is_finished = true;
        let may_have_applied = self.may_have_applied || error.may_have_applied();
        let error = self.error(error).with_may_have_applied(may_have_applied);
        let info = self.failed_attempt(&error);
        let is_attempt = self.attempts > 0 && !self.attempt.is_reported;
        self.telemetry.failed(&info, &error, is_attempt);
        error
    }
}

/// If the future is dropped after an attempt began, this emits the event, calls the hook and ends the
/// span, since the request may be in flight.
impl Drop for Execution<'_> {
    fn drop(&mut self) {
        if self.is_finished || self.attempts == 0 {
            return;
        }
        let is_write = self.call.template.endpoint.is_write();
        // The outcome of an attempt that ended is already part of `may_have_applied`.
        let is_under_way = self.attempt.took.is_none();
        let was_sent = self.attempt.send_started.as_ref().is_some_and(|started| started.get());
        let may_have_applied = self.may_have_applied || (is_write && is_under_way && was_sent);
        let error = self.error(Error::new(Kind::Canceled)).with_may_have_applied(may_have_applied);
        let info = self.failed_attempt(&error);
        self.telemetry.canceled(&info, &error, is_write);
    }
}

#[cfg(test)]
mod tests;

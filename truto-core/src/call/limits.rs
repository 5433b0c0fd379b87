//! What a call tells those who limit it, and how it ends if they hold it back for too long.

use http::StatusCode;

use super::{Call, Progress};
use crate::Error;
use crate::error::{HoldLimit, Kind, Origin, Stopped, TimedOut};
use crate::policy::{HeldBack, Observation, Outcome};

impl Call {
    /// The end of a call that a rate limit holds back for longer than it has time.
    pub(super) fn held_back(&self, held_back: HeldBack, progress: Progress) -> Error {
        if let Some(last) = progress.last {
            let wait = held_back.wait.or(last.retry_after());
            return last.with_retry_after(wait).with_stopped(Some(Stopped::HeldBack));
        }
        let error = Error::new(Kind::Throttled {
            by: held_back.by,
            limit: HoldLimit::Deadline,
            after: self.deadline,
        });
        self.finish(error.with_retry_after(held_back.wait), &progress)
    }

    /// The end of a call that has no time for another attempt: what came before says more.
    pub(super) fn out_of_time(&self, progress: Progress) -> Error {
        if let Some(last) = progress.last {
            return last.with_stopped(Some(Stopped::Deadline));
        }
        let error = Error::new(Kind::Timeout {
            what: TimedOut::Deadline,
            after: self.deadline,
            status: None,
        });
        self.finish(error, &progress)
    }

    pub(super) fn observe(&self, seen: &Observation) {
        let client = self.account.client().inner();
        client.admission.observe(self.key(), seen);
        if let (Some(limiter), Some(call)) = (&client.limiter, &self.limited) {
            limiter.observe(call, seen);
        }
    }

    pub(super) fn observe_failure(&self, error: &Error, outcome: Outcome) {
        let Outcome::Status { status, origin } = outcome else {
            return;
        };
        let is_own_429 = status == StatusCode::TOO_MANY_REQUESTS && origin == Origin::Truto;
        let mut seen = Observation::new(status);
        seen.rate_limit = error.api().and_then(|api| api.rate_limit);
        seen.retry_after = error.retry_after();
        seen.is_own_429 = is_own_429;
        self.observe(&seen);
    }
}

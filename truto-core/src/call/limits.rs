//! What a call tells those who limit it, and how it ends if they hold it back for too long.

use std::time::Duration;

use http::StatusCode;

use super::{Call, Progress};
use crate::error::{Kind, Origin, Stopped, TimedOut};
use crate::policy::{Observed, Outcome};
use crate::{Error, RateLimit};

impl Call {
    /// The end of a call that a rate limit holds back for longer than it has time.
    pub(super) fn held_back(&self, wait: Option<Duration>, progress: Progress) -> Error {
        if let Some(last) = progress.last {
            return last.with_stopped(Some(Stopped::Deadline));
        }
        let admission = &self.account.client().inner().admission;
        let what = match admission.is_gated(self.key()) {
            true => TimedOut::Gate,
            false => TimedOut::RateLimit,
        };
        let error = Error::new(Kind::Timeout { what, after: self.deadline, status: None });
        self.finish(error.with_retry_after(wait), &progress)
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

    pub(super) fn observe(&self, rate_limit: Option<RateLimit>, refused: Option<(Duration, bool)>) {
        let seen = Observed {
            rate_limit,
            refused: refused.map(|(wait, _)| wait),
            by_truto: refused.is_some_and(|(_, by_truto)| by_truto),
        };
        let client = self.account.client().inner();
        client.admission.observe(self.key(), seen);
        if let (Some(limiter), Some(call)) = (&client.limiter, &self.limited) {
            limiter.observe(call, seen.rate_limit, seen.refused);
        }
    }

    pub(super) fn observe_failure(&self, error: &Error, outcome: Outcome) {
        let rate_limit = error.api().and_then(|api| api.rate_limit);
        let refused = match outcome {
            Outcome::Status { status: StatusCode::TOO_MANY_REQUESTS, origin } => {
                error.retry_after().map(|wait| (wait, origin == Origin::Truto))
            }
            _ => None,
        };
        self.observe(rate_limit, refused);
    }
}

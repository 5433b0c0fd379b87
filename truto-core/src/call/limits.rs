//! The part of a call that deals with rate limits: admission before an attempt, and reports after it.

use std::future::Future;
use std::time::Duration;

use http::StatusCode;
use tokio::time::Instant;

use super::execution::Execution;
use crate::client::Deadline;
use crate::error::{HoldLimit, Kind, Origin, Stopped};
use crate::policy::{
    AdmissionRequest, DeniedBy, NotAdmitted, Observation, Outcome, Permit, RetryPermit,
    SharedLimiter,
};
use crate::response::ResponseHead;
use crate::{Error, LimitedCall, RateLimit};

/// The time for which the client may delay a call.
#[derive(Clone, Copy)]
struct HoldBound {
    limit: HoldLimit,
    /// The limit's duration, as it was set.
    after: Duration,
    until: Option<Instant>,
}

impl Execution<'_> {
    /// Waits until an attempt may be sent: for the gate, the client's limits and the user's limiter,
    /// within the deadline and `max_wait`. All of them fail with the same error.
    pub(super) async fn admit(&mut self, retry: Option<RetryPermit>) -> Result<Permit, Error> {
        let client = self.call.client();
        // Determined before the wait, after which the deadline may be nearer than the end of `max_wait`.
        let limit = self.hold_limit();
        let request = AdmissionRequest {
            ticket: self.ticket,
            is_background: self.call.account.is_background(),
            until: limit.until,
        };
        let admitted = client.admission.admit(self.call.key(), request).await;
        let mut permit = admitted.map_err(|reason| self.not_admitted(reason, limit))?;
        self.ticket = Some(permit.ticket());
        let mut waited = permit.waited();
        if let (Some(limiter), Some(call)) = (&client.limiter, &self.call.limited) {
            let asked = Instant::now();
            let limited = limited(limiter, call, permit, request).await;
            waited += asked.elapsed();
            permit = limited.map_err(|reason| self.not_admitted(reason, limit))?;
        }
        self.held += waited;
        self.waited += waited;
        self.telemetry.waited(self.call.key(), waited);
        if self.remaining().is_zero() {
            return Err(self.out_of_time());
        }
        // Last, so that every return above gives the retry back to the budgets.
        if let Some(retry) = retry {
            retry.commit();
        }
        Ok(permit)
    }

    /// The earlier of `max_wait` and the deadline.
    fn hold_limit(&self) -> HoldBound {
        let deadline = self.call.limits.deadline;
        let by_deadline = HoldBound {
            limit: HoldLimit::Deadline,
            after: deadline,
            // No bound if the deadline is beyond the clock's range.
            until: self.started().checked_add(deadline),
        };
        let Some(max_wait) = self.call.max_wait else {
            return by_deadline;
        };
        let left = max_wait.saturating_sub(self.held);
        if left < self.remaining() {
            let until = Instant::now().checked_add(left);
            HoldBound { limit: HoldLimit::MaxWait, after: max_wait, until }
        } else {
            by_deadline
        }
    }

    /// The time limit of a request for a token.
    pub(super) fn token_deadline(&self) -> Deadline {
        let HoldBound { after, until, .. } = self.hold_limit();
        Deadline { at: until, after }
    }

    /// Converts the error of a token that takes longer than `max_wait`, which delays the call like any
    /// other limit.
    pub(super) fn or_throttled(&self, error: Error) -> Error {
        let after = self.call.max_wait.unwrap_or_default();
        let is_held = self.call.max_wait.is_some_and(|max| self.held >= max);
        if is_held && error.is_token_timeout() {
            let (by, limit) = (DeniedBy::Token, HoldLimit::MaxWait);
            return Error::new(Kind::Throttled { by, limit, after });
        }
        error
    }

    /// Ends a call that a limit would delay for too long, or whose runtime was shut down, with the failure
    /// of its last attempt if there was one.
    fn not_admitted(&mut self, reason: NotAdmitted, limit: HoldBound) -> Error {
        let denial = match reason {
            NotAdmitted::Denied(denial) => denial,
            NotAdmitted::RuntimeEnded => return self.runtime_ended(),
        };
        if let Some(last) = self.last.take() {
            let wait = denial.wait.or(last.retry_after());
            return last.with_retry_after(wait).with_stopped(Some(Stopped::Denied));
        }
        let HoldBound { limit, after, .. } = limit;
        Error::new(Kind::Throttled { by: denial.by, limit, after }).with_retry_after(denial.wait)
    }

    /// Reports the head of a success, and reads its rate limit if something uses it.
    pub(super) fn observe_success(&self, head: &ResponseHead) -> Option<RateLimit> {
        if !self.call.client().follows_rate_limit() {
            return None;
        }
        let rate_limit = RateLimit::from_headers(&head.headers);
        let mut seen = Observation::new(head.status);
        seen.rate_limit = rate_limit;
        self.observe(&seen);
        rate_limit
    }

    /// Reports the head of an error response.
    pub(super) fn observe_failure(&self, error: &Error, outcome: Outcome) {
        let Outcome::Status { status, origin } = outcome else {
            return;
        };
        let mut seen = Observation::new(status);
        seen.rate_limit = error.api().and_then(|api| api.rate_limit);
        seen.retry_after = error.retry_after();
        seen.is_own_429 = status == StatusCode::TOO_MANY_REQUESTS && origin == Origin::Truto;
        self.observe(&seen);
    }

    fn observe(&self, seen: &Observation) {
        let client = self.call.client();
        client.admission.observe(self.call.key(), seen);
        if let (Some(limiter), Some(call)) = (&client.limiter, &self.call.limited) {
            limiter.observe(call, seen);
        }
    }
}

/// Asks the user's limiter. Boxed, so that it does not enlarge the futures of calls without a limiter.
fn limited<'a>(
    limiter: &'a SharedLimiter,
    call: &'a LimitedCall,
    mut permit: Permit,
    request: AdmissionRequest,
) -> std::pin::Pin<Box<dyn Future<Output = Result<Permit, NotAdmitted>> + Send + 'a>> {
    Box::pin(async move {
        let call = call.clone().with_deadline(request.until.map(Instant::into_std));
        if let Some(turn) = limiter.acquire(&call).await? {
            permit.attach(turn);
        }
        // The limiter may have taken so long that the client's own slot lapsed.
        permit.renew(request).await
    })
}

#[cfg(test)]
mod tests;

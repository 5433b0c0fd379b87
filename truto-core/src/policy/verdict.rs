//! Decides whether the server may have executed a failed attempt, and which step follows.
//!
//! Pure functions, and the only place with rules about statuses: what a 401, 408, 425, 429, a 5xx, the
//! gate and the retry budget mean for a call. The call carries out the verdict.

use std::time::Duration;

use http::{Method, StatusCode};

use super::RetryPolicy;
use crate::Endpoint;
use crate::error::Origin;

/// The outcome of an attempt, as far as retrying depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The server certainly did not execute the request: it was never written, or refused before it was
    /// processed.
    NotExecuted,
    /// As above, but another attempt would fail in the same way (an untrusted certificate, for example).
    Permanent,
    /// The connection was lost or a time limit passed while the request was in flight.
    Lost,
    /// An error response, and its origin as far as its body proves it.
    Status { status: StatusCode, origin: Origin },
    /// We aborted the request's body, so it is incomplete.
    BodyAborted,
    /// A success whose body could not be used.
    Unusable,
}

/// Everything that the verdict depends on.
#[allow(clippy::struct_excessive_bools, reason = "the facts are independent")]
pub(crate) struct AttemptFacts<'a> {
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) outcome: Outcome,
    /// The caller set an idempotency key.
    pub(crate) caller_key: bool,
    /// Another attempt could send the same body.
    pub(crate) is_replayable: bool,
    /// There is a token source, and the call has not renewed its token yet.
    pub(crate) can_renew: bool,
    /// Calls wait at the gate after a 429, and are released in order and gradually.
    pub(crate) waits_at_gate: bool,
    /// Retries made so far: those that count, and those after a wait that the server asked for.
    pub(crate) retries: u32,
    pub(crate) free_retries: u32,
    /// Time left of the deadline.
    pub(crate) remaining: Duration,
    /// The wait that the server asked for.
    pub(crate) retry_after: Option<Duration>,
    /// The shortest time until a response, over the attempts of this call.
    pub(crate) fastest: Duration,
    /// The position in the backoff's range, from 0 to 1.
    pub(crate) random: f64,
}

/// The next step of a call whose attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Send again at once with a new token. This does not count as a retry, so it happens even without a
    /// retry policy.
    RenewToken,
    Retry(RetryPlan),
    /// The call ends with this failure.
    Stop,
    /// The call would be retried, but the deadline leaves no time for the wait and another attempt.
    NoTime,
}

/// Parameters of a retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RetryPlan {
    pub(crate) after: Duration,
    /// True if it counts towards `max_retries`. A retry after a wait that the server asked for does not.
    pub(crate) counts: bool,
    /// True if it is charged to the retry budgets. A retry after a 429 is not: the gate already protects
    /// the service, and reaching a limit does not mean that the service is failing.
    pub(crate) is_charged: bool,
    pub(crate) hold: Hold,
}

/// The place of the wait before a retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    Sleep,
    /// In the account's queue, at the gate that the 429 closed.
    Gate,
}

pub(crate) fn verdict(policy: &RetryPolicy, facts: &AttemptFacts<'_>) -> Verdict {
    if !facts.is_replayable {
        return Verdict::Stop;
    }
    if facts.can_renew && is_refused_token(facts.outcome) {
        return Verdict::RenewToken;
    }
    // Repeating a DELETE, or a write with the caller's own key, has no second effect.
    let is_safe_to_repeat = !may_have_executed(policy, facts.outcome)
        || !facts.endpoint.is_write()
        || facts.endpoint.method == Method::DELETE
        || facts.caller_key
        || policy.keyed_writes;
    let is_worth_it = is_transient(policy, facts.outcome) && facts.retries < policy.max_retries;
    if !is_worth_it || !is_safe_to_repeat {
        return Verdict::Stop;
    }
    let plan = plan(policy, facts);
    // An attempt that cannot end in time would only replace this error by a timeout.
    if plan.after.saturating_add(facts.fastest) < facts.remaining {
        Verdict::Retry(plan)
    } else {
        Verdict::NoTime
    }
}

fn plan(policy: &RetryPolicy, facts: &AttemptFacts<'_>) -> RetryPlan {
    let is_429 =
        matches!(facts.outcome, Outcome::Status { status: StatusCode::TOO_MANY_REQUESTS, .. });
    let retry = facts.retries.saturating_add(facts.free_retries).saturating_add(1);
    let backoff = backoff(policy, retry, facts.random);
    // Zero, or a date in the past (a clock that is wrong), asks for no wait.
    let asked = facts.retry_after.filter(|wait| !wait.is_zero());
    let is_free = is_429 && asked.is_some();
    let after = match asked {
        // Nothing else bounds the number of free retries.
        Some(asked) if is_free => asked.max(backoff),
        Some(asked) => asked,
        None => backoff,
    };
    // The gate opens after the wait that was asked for; a longer one is slept.
    let at_gate = is_free && facts.waits_at_gate && asked == Some(after);
    RetryPlan {
        after,
        counts: !is_free,
        is_charged: !is_429 && policy.budgeted,
        hold: if at_gate { Hold::Gate } else { Hold::Sleep },
    }
}

/// Returns true if the server may have executed the request. Retries, `may_have_applied()` and the texts
/// of errors all use this rule.
///
/// Missing evidence never counts as proof that nothing was executed: a 429 or 503 is a refusal only if
/// it is provably Truto's own. A redirect is no proof either: the server may have executed the request
/// before it responded with a location (303 after a POST).
pub(crate) fn may_have_executed(policy: &RetryPolicy, outcome: Outcome) -> bool {
    match outcome {
        Outcome::NotExecuted | Outcome::Permanent => false,
        Outcome::Lost | Outcome::BodyAborted | Outcome::Unusable => true,
        Outcome::Status { status, origin } => match status {
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                origin != Origin::Truto
            }
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY => true,
            // The policy treats these statuses as transient, so none of them is a clear refusal.
            status if policy.statuses.contains(&status) => true,
            status => !status.is_client_error(),
        },
    }
}

/// Returns true if another attempt may end differently.
fn is_transient(policy: &RetryPolicy, outcome: Outcome) -> bool {
    match outcome {
        Outcome::NotExecuted | Outcome::Lost => true,
        Outcome::Permanent | Outcome::BodyAborted | Outcome::Unusable => false,
        Outcome::Status { status, origin } => match status {
            StatusCode::TOO_MANY_REQUESTS => true,
            StatusCode::CONFLICT => false,
            // Truto's own 503 means a blocked account; any other is a gateway's, which may recover.
            StatusCode::SERVICE_UNAVAILABLE => {
                origin != Origin::Truto && policy.statuses.contains(&StatusCode::BAD_GATEWAY)
            }
            status => policy.statuses.contains(&status),
        },
    }
}

/// Returns true for a 401 that is provably Truto's own, which means that the token expired. A provider's
/// 401 means that the account must be reconnected.
fn is_refused_token(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Status { status: StatusCode::UNAUTHORIZED, origin: Origin::Truto })
}

/// The wait before a retry: a random part of `base * 2^(retry - 1)`, at most `cap`.
fn backoff(policy: &RetryPolicy, retry: u32, random: f64) -> Duration {
    let doubled = 2_u32.saturating_pow(retry.saturating_sub(1));
    let longest = policy.base.saturating_mul(doubled).min(policy.cap);
    if policy.jitter {
        // `random` is in 0..=1, so the product can be neither negative nor too large.
        Duration::try_from_secs_f64(longest.as_secs_f64() * random).unwrap_or(longest)
    } else {
        longest
    }
}

#[cfg(test)]
mod tests;

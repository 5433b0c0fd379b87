//! The one place that decides whether a call is sent again, and whether it may have been executed.

use std::time::Duration;

use http::{Method, StatusCode};

use super::RetryPolicy;
use crate::Endpoint;
use crate::error::Origin;

/// How an attempt ended, as far as retrying goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The server surely did not execute the request: it was never written, or refused unseen.
    NotExecuted,
    /// As above, and another attempt would end the same way (a certificate that nobody vouches for).
    Hopeless,
    /// The connection was lost or time ran out with the request on its way.
    Lost,
    /// An error response, and who sent it as far as its body proves.
    Status { status: StatusCode, origin: Origin },
    /// The body broke off on our side, so what was sent is not whole.
    Spoiled,
    /// A success whose body could not be used.
    Unusable,
}

/// Whether the server may have executed the request. The one rule that retries,
/// `may_have_applied()` and the texts of errors share.
///
/// Missing evidence is never evidence that nothing was executed: a 429 or 503 counts as a refusal
/// only if it is provably Truto's own.
pub(crate) fn may_have_executed(policy: &RetryPolicy, outcome: Outcome) -> bool {
    match outcome {
        Outcome::NotExecuted | Outcome::Hopeless => false,
        Outcome::Lost | Outcome::Spoiled | Outcome::Unusable => true,
        Outcome::Status { status, origin } => match status {
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                origin != Origin::Truto
            }
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY => true,
            // What the caller wants to see retried is taken as passing, so it is not a plain refusal.
            status if policy.statuses.contains(&status) => true,
            status => !status.is_client_error(),
        },
    }
}

/// Whether it is worth another attempt at all.
fn is_transient(policy: &RetryPolicy, outcome: Outcome) -> bool {
    match outcome {
        Outcome::NotExecuted | Outcome::Lost => true,
        Outcome::Hopeless | Outcome::Spoiled | Outcome::Unusable => false,
        Outcome::Status { status, origin } => match status {
            StatusCode::TOO_MANY_REQUESTS => true,
            StatusCode::CONFLICT => false,
            // Truto's own says that the account is blocked; any other is a gateway's and passes.
            StatusCode::SERVICE_UNAVAILABLE => {
                origin != Origin::Truto && policy.statuses.contains(&StatusCode::BAD_GATEWAY)
            }
            status => policy.statuses.contains(&status),
        },
    }
}

/// What the decision rests on.
pub(crate) struct RetryState<'a> {
    pub(crate) endpoint: &'a Endpoint,
    /// The caller set an idempotency key.
    pub(crate) caller_key: bool,
    pub(crate) outcome: Outcome,
    /// Retries made so far.
    pub(crate) retries: u32,
    /// Time left of the deadline.
    pub(crate) remaining: Duration,
    /// How long the server asked to wait.
    pub(crate) retry_after: Option<Duration>,
    /// The shortest time in which an attempt of this call got a response.
    pub(crate) fastest: Duration,
    /// Where in the backoff's range to fall, from 0 to 1.
    pub(crate) random: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Send again after the wait. A retry that is `free` does not count: the server said when to come
    /// back.
    Retry {
        wait: Duration,
        free: bool,
    },
    Stop,
    /// It would be sent again, but the wait and another attempt do not fit the deadline.
    NoTime,
}

pub(crate) fn decide(policy: &RetryPolicy, state: &RetryState<'_>) -> Decision {
    let repeatable = !state.endpoint.is_write()
        || state.endpoint.method == Method::DELETE
        || state.caller_key
        || policy.keyed_writes;
    if !is_transient(policy, state.outcome)
        || (may_have_executed(policy, state.outcome) && !repeatable)
    {
        return Decision::Stop;
    }
    let limited =
        matches!(state.outcome, Outcome::Status { status: StatusCode::TOO_MANY_REQUESTS, .. });
    // Zero, or a date in the past (a clock that is wrong), asks for no wait; the backoff is the floor.
    let asked = state.retry_after.filter(|wait| !wait.is_zero());
    let free = limited && asked.is_some();
    if state.retries >= policy.max_retries {
        return Decision::Stop;
    }
    let wait = asked.unwrap_or_else(|| backoff(policy, state.retries + 1, state.random));
    if wait.saturating_add(state.fastest) < state.remaining {
        Decision::Retry { wait, free }
    } else {
        Decision::NoTime
    }
}

/// The wait before a retry: a random part of `base * 2^(retry - 1)`, at most `cap`.
fn backoff(policy: &RetryPolicy, retry: u32, random: f64) -> Duration {
    let doubled = 2_u32.saturating_pow(retry.saturating_sub(1));
    let longest = policy.base.saturating_mul(doubled).min(policy.cap);
    if policy.jitter {
        // `random` lies in 0..=1, so the product can be neither negative nor too large.
        Duration::try_from_secs_f64(longest.as_secs_f64() * random).unwrap_or(longest)
    } else {
        longest
    }
}

#[cfg(test)]
mod tests;

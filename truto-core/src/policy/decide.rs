//! The one place that decides whether a call is sent again.

use std::time::Duration;

use http::{Method, StatusCode};

use super::RetryPolicy;

/// How an attempt ended, as far as retrying goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The server surely did not execute the request: it was never written, or refused unseen.
    NotExecuted,
    /// The connection was lost or time ran out with the request on its way.
    Lost,
    /// The server answered with an error status; `remote` if the provider did.
    Status { status: StatusCode, remote: bool },
    /// A success whose body could not be used.
    Unusable,
    /// Refused here, before anything was sent.
    Unsent,
}

impl Outcome {
    /// Whether the attempt may have changed data, if it was a write.
    pub(crate) fn is_ambiguous(self) -> bool {
        match self {
            Self::NotExecuted | Self::Unsent => false,
            Self::Lost | Self::Unusable => true,
            Self::Status { status, remote } => match status {
                // 503 is Truto's own word for a blocked account, unless the provider said it.
                StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => remote,
                StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY => true,
                // What is no plain refusal may mean anything.
                status => !status.is_client_error(),
            },
        }
    }

    /// Whether it is worth another attempt at all.
    fn is_transient(self, policy: &RetryPolicy) -> bool {
        match self {
            Self::NotExecuted | Self::Lost => true,
            Self::Status { status, .. } => match status {
                StatusCode::TOO_MANY_REQUESTS => true,
                StatusCode::CONFLICT => false,
                status => policy.statuses.contains(&status),
            },
            Self::Unusable | Self::Unsent => false,
        }
    }
}

/// What the decision rests on.
pub(crate) struct RetryState<'a> {
    pub(crate) method: &'a Method,
    /// The caller gave an idempotency key of its own.
    pub(crate) caller_key: bool,
    pub(crate) outcome: Outcome,
    /// Attempts made so far, this one included.
    pub(crate) attempt: u32,
    /// Time left of the deadline.
    pub(crate) remaining: Duration,
    /// How long the server asked to wait.
    pub(crate) retry_after: Option<Duration>,
    /// Where in the backoff's range to fall, from 0 to 1.
    pub(crate) random: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    Retry(Duration),
    Stop,
}

pub(crate) fn decide(policy: &RetryPolicy, situation: &RetryState<'_>) -> Decision {
    let RetryState {
        method,
        caller_key,
        outcome,
        attempt,
        remaining,
        retry_after,
        random,
    } = *situation;
    let idempotent = *method == Method::GET || *method == Method::DELETE;
    let unclear = !matches!(
        outcome,
        Outcome::NotExecuted
            | Outcome::Status {
                status: StatusCode::TOO_MANY_REQUESTS,
                remote: false
            }
    );
    if attempt > policy.max_retries
        || !outcome.is_transient(policy)
        || (unclear && !(idempotent || caller_key || policy.keyed_writes))
    {
        return Decision::Stop;
    }
    let wait = retry_after.unwrap_or_else(|| backoff(policy, attempt, random));
    if wait < remaining {
        Decision::Retry(wait)
    } else {
        Decision::Stop
    }
}

/// The wait after the given attempt: a random part of `base * 2^(attempt - 1)`, at most `cap`.
fn backoff(policy: &RetryPolicy, attempt: u32, random: f64) -> Duration {
    let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
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

use std::time::Duration;

use http::StatusCode;

/// When and how often a failed call is retried.
///
/// Pass it to [`ClientBuilder::retry`](crate::ClientBuilder::retry) or, for one call, to
/// [`Request::retry`](crate::Request::retry). The default is 3 retries after the first attempt, with
/// exponential backoff from 0.5 s to 20 s and full jitter:
///
/// | failure | GET, DELETE | POST, PATCH, PUT |
/// | --- | --- | --- |
/// | certainly not executed: no connection, request not written, HTTP/2 refusal, Truto's own 429 | retried | retried |
/// | possibly executed: 408, 425, 500, 502, 504, a 429 or 503 that is not provably Truto's own, connection lost, attempt timed out | retried | retried only with [`retry_keyed_writes`](Self::retry_keyed_writes) or [your own key](crate::Request::idempotency_key) |
/// | 409, Truto's own 503 (the account is blocked) and all other statuses | not retried | not retried |
///
/// A call is not retried after an untrusted certificate, since another attempt would fail in the same way. A
/// wait that the server asks for (`Retry-After`, else `ratelimit-reset` on a 429) is honored if it fits
/// within the deadline; if not, the call fails at once, with
/// [`Error::retry_after`](crate::Error::retry_after). Budgets protect a failing service from a flood of
/// retries: over the last one to three minutes, the retries of an account are at most 10 or a fifth of its
/// calls, whichever is more, and all clones of a client share a larger budget. Retries after a 429 are not
/// charged, and do not count toward the maximum if the response states a wait.
///
/// ```
/// use std::time::Duration;
/// use truto_core::RetryPolicy;
///
/// let policy = RetryPolicy::default()
///     .max_retries(5)
///     .backoff(Duration::from_millis(200), Duration::from_secs(5));
/// assert_eq!(policy.get_max_retries(), 5);
/// assert_eq!(RetryPolicy::none(), RetryPolicy::default().max_retries(0));
/// ```
///
/// With the `config` feature, it can be deserialized from configuration, in any format that serde
/// supports. A duration is a string (`"500ms"`, `"1m 30s"`) or a number of seconds; omitted settings
/// have their defaults:
///
/// ```toml
/// [retry]
/// max_retries = 5
/// backoff = { base = "200ms", cap = "5s" }
/// statuses = [408, 502, 504]
/// ```
///
/// For Truto's own advice, see [its page on
/// errors](https://truto.one/docs/api-reference/overview/errors).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RetryPolicy {
    pub(super) max_retries: u32,
    pub(super) base: Duration,
    pub(super) cap: Duration,
    pub(super) jitter: bool,
    pub(super) keyed_writes: bool,
    pub(super) statuses: Vec<StatusCode>,
    pub(crate) budgeted: bool,
}

/// Statuses after which the call may have been executed, and which may be temporary.
const STATUSES: [StatusCode; 5] = [
    StatusCode::REQUEST_TIMEOUT,
    StatusCode::TOO_EARLY,
    StatusCode::INTERNAL_SERVER_ERROR,
    StatusCode::BAD_GATEWAY,
    StatusCode::GATEWAY_TIMEOUT,
];

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_retries: 3,
            base: Duration::from_millis(500),
            cap: Duration::from_secs(20),
            jitter: true,
            keyed_writes: false,
            statuses: STATUSES.to_vec(),
            budgeted: true,
        }
    }
}

impl RetryPolicy {
    /// No retries: one request per call, or a second one after the renewal of a refused token.
    #[must_use]
    pub fn none() -> Self {
        Self::default().max_retries(0)
    }

    /// Sets the maximum number of retries after the first attempt. Default 3.
    ///
    /// A retry after a 429 that states a wait does not count: the deadline limits the number of such
    /// retries. Once the maximum is reached, no failure is retried, not even such a 429; so with 0, nothing
    /// is retried.
    #[must_use]
    pub fn max_retries(mut self, max_retries: u32) -> Self {
        self.max_retries = max_retries;
        self
    }

    /// Sets the first wait and the longest one; each retry doubles the wait. Default 0.5 s and 20 s.
    #[must_use]
    pub fn backoff(mut self, base: Duration, cap: Duration) -> Self {
        self.base = base;
        self.cap = cap;
        self
    }

    /// Waits for a random fraction of the backoff, so that clients do not retry simultaneously. Default
    /// true.
    #[must_use]
    pub fn jitter(mut self, jitter: bool) -> Self {
        self.jitter = jitter;
        self
    }

    /// Retries POST, PATCH and PUT even if the server may have executed the request. Default false.
    ///
    /// All attempts of a POST or PATCH have the same `Idempotency-Key`, and Truto responds to a repeated key
    /// from its cache. Since Truto hardly documents the cache, the setting is off by default. Your own key
    /// ([`Request::idempotency_key`](crate::Request::idempotency_key)) turns it on for one call.
    #[must_use]
    pub fn retry_keyed_writes(mut self, retry: bool) -> Self {
        self.keyed_writes = retry;
        self
    }

    /// Sets the statuses to retry in addition to 429. Default 408, 425, 500, 502, 504.
    ///
    /// A request that gets one of these statuses counts as possibly executed. A 503 that is not provably
    /// Truto's own is retried if 502 is; a 409 and Truto's own 503 are never retried, even if they are set
    /// here.
    #[must_use]
    pub fn statuses(mut self, statuses: impl IntoIterator<Item = StatusCode>) -> Self {
        self.statuses = statuses.into_iter().collect();
        self
    }

    /// Charges retries to the budgets of the account and of the client. Default true.
    #[must_use]
    pub fn budget(mut self, budgeted: bool) -> Self {
        self.budgeted = budgeted;
        self
    }

    /// The maximum number of retries after the first attempt.
    #[must_use]
    pub fn get_max_retries(&self) -> u32 {
        self.max_retries
    }

    /// The first wait and the longest one.
    #[must_use]
    pub fn get_backoff(&self) -> (Duration, Duration) {
        (self.base, self.cap)
    }

    /// True if waits are random fractions of the backoff.
    #[must_use]
    pub fn get_jitter(&self) -> bool {
        self.jitter
    }

    /// True if POST, PATCH and PUT are retried even if the server may have executed the request.
    #[must_use]
    pub fn get_retry_keyed_writes(&self) -> bool {
        self.keyed_writes
    }

    /// The statuses that are retried in addition to 429.
    #[must_use]
    pub fn get_statuses(&self) -> &[StatusCode] {
        &self.statuses
    }

    /// True if retries are charged to the budgets.
    #[must_use]
    pub fn get_budget(&self) -> bool {
        self.budgeted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn getters_return_every_setting() {
        let default = RetryPolicy::default();
        assert_eq!(default.get_max_retries(), 3);
        assert_eq!(default.get_backoff(), (Duration::from_millis(500), Duration::from_secs(20)));
        assert!(default.get_jitter() && default.get_budget() && !default.get_retry_keyed_writes());
        assert_eq!(default.get_statuses(), STATUSES);

        let backoff = (Duration::from_secs(1), Duration::from_secs(2));
        let policy = RetryPolicy::none()
            .backoff(backoff.0, backoff.1)
            .jitter(false)
            .retry_keyed_writes(true)
            .statuses([StatusCode::BAD_GATEWAY])
            .budget(false);
        assert_eq!((policy.get_max_retries(), policy.get_backoff()), (0, backoff));
        assert!(!policy.get_jitter() && !policy.get_budget() && policy.get_retry_keyed_writes());
        assert_eq!(policy.get_statuses(), [StatusCode::BAD_GATEWAY]);
    }
}

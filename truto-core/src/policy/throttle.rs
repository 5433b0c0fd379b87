//! Client-side rate limits, as settings.

use std::time::Duration;

use super::window::Limit;

/// Client-side rate limits: per token, and per account.
///
/// Pass it to [`ClientBuilder::throttle`](crate::ClientBuilder::throttle). Every attempt counts,
/// including retries. A call beyond a limit waits for its turn within its deadline, in the order of
/// arrival; calls of [`Account::background`](crate::Account::background) yield to the others. A call
/// waits first for its account's limit, then for the token's, where accounts take turns, so that a busy
/// account does not block the others. All clones of the client share the limits.
///
/// A call occupies its slot from its turn until one window after the head of its response arrives, but no
/// longer than one window and one second after a connection takes the request. So if the server counts each
/// call within a second after it is sent, its count never exceeds the limit. The exception is a call that
/// takes longer than a second to connect: its slot may then be used by another call as well.
///
/// ```
/// use std::time::Duration;
/// use truto_core::{Client, Throttle};
///
/// let client = Client::builder()
///     .token("test-token")
///     .throttle(Throttle::truto())
///     .build();
/// assert!(client.is_ok());
///
/// let half = Throttle::none()
///     .per_token(250, Duration::from_secs(10))
///     .per_account(25, Duration::from_secs(10));
/// assert_ne!(half, Throttle::truto());
/// ```
///
/// With the `config` feature, it can be deserialized from configuration, in any format that serde
/// supports. A duration is a string (`"10s"`, `"1m 30s"`, `"500ms"`) or a number of seconds; an omitted
/// limit does not apply:
///
/// ```toml
/// [throttle]
/// per_token = { calls = 500, window = "10s" }
/// per_account = { calls = 50, window = "10s" }
/// adaptive = true
/// ```
///
/// See [Truto's page on rate limits](https://truto.one/docs/api-reference/overview/rate-limits).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Throttle {
    pub(super) token: Option<Limit>,
    pub(super) account: Option<Limit>,
    pub(super) adaptive: bool,
}

impl Throttle {
    /// Truto's documented limits: 500 calls in 10 s per token, 50 in 10 s per account.
    #[must_use]
    pub fn truto() -> Self {
        let window = Duration::from_secs(10);
        Self::none().per_token(500, window).per_account(50, window)
    }

    /// No limits: the starting point for your own.
    #[must_use]
    pub fn none() -> Self {
        Self { token: None, account: None, adaptive: false }
    }

    /// Allows at most `calls` within any period of length `window`, for all accounts together.
    #[must_use]
    pub fn per_token(mut self, calls: u32, window: Duration) -> Self {
        self.token = Some(Limit { calls, window });
        self
    }

    /// Allows at most `calls` within any period of length `window`, for each account.
    #[must_use]
    pub fn per_account(mut self, calls: u32, window: Duration) -> Self {
        self.account = Some(Limit { calls, window });
        self
    }

    /// Keeps each account below the limit that its responses state (`ratelimit-limit`,
    /// `ratelimit-remaining`, `ratelimit-reset`), even while other processes use the same limit. Default
    /// false.
    ///
    /// The remaining calls are spread over the time until the window ends, so that several processes
    /// share the limit without communicating. Limits set with the other methods apply as well.
    #[must_use]
    pub fn adaptive(mut self, adaptive: bool) -> Self {
        self.adaptive = adaptive;
        self
    }

    pub(super) fn is_adaptive(&self) -> bool {
        self.adaptive
    }

    pub(super) fn token_limit(&self) -> Option<Limit> {
        self.token
    }

    pub(super) fn account_limit(&self) -> Option<Limit> {
        self.account
    }

    /// Returns true if a limit allows no call, or any number of calls.
    pub(crate) fn is_invalid(&self) -> bool {
        [self.token, self.account]
            .into_iter()
            .flatten()
            .any(|limit| limit.calls == 0 || limit.window.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truto_allows_500_calls_per_token_and_50_per_account() {
        let limit = |calls| Some(Limit { calls, window: Duration::from_secs(10) });
        let truto = Throttle::truto();
        assert_eq!((truto.token_limit(), truto.account_limit()), (limit(500), limit(50)));
        assert!(!truto.is_adaptive() && truto.adaptive(true).is_adaptive());
        let none = Throttle::none();
        assert_eq!((none.token_limit(), none.account_limit()), (None, None));
    }

    #[test]
    fn a_limit_needs_calls_and_a_window() {
        let second = Duration::from_secs(1);
        assert!(!Throttle::none().is_invalid() && !Throttle::truto().is_invalid());
        assert!(!Throttle::none().per_token(1, Duration::from_nanos(1)).is_invalid());
        for invalid in [
            Throttle::none().per_token(0, second),
            Throttle::none().per_token(1, Duration::ZERO),
            Throttle::none().per_account(0, second),
            Throttle::truto().per_account(1, Duration::ZERO),
        ] {
            assert!(invalid.is_invalid(), "{invalid:?}");
        }
    }
}

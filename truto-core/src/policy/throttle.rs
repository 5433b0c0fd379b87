//! Client-side rate limits, as settings.

use std::time::Duration;

use super::window::Limit;

/// How many calls a client makes of its own accord, a token and an account.
///
/// Pass it to [`ClientBuilder::throttle`](crate::ClientBuilder::throttle). Every attempt counts,
/// retries included. A call over the limit waits for its turn, first in line first served, within its
/// deadline; an account's calls wait behind that account's own, so that a busy account does not hold
/// up the others. The windows are shared by all clones of the client.
///
/// ```
/// use std::time::Duration;
/// use truto_core::{Client, Throttle};
///
/// let client = Client::builder()
///     .token("token")
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
/// See [Truto's page on rate limits](https://truto.one/docs/api-reference/overview/rate-limits).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Throttle {
    token: Option<Limit>,
    account: Option<Limit>,
    adaptive: bool,
}

impl Throttle {
    /// Truto's own limits: 500 calls in 10 s for a token, 50 in 10 s for an account.
    #[must_use]
    pub fn truto() -> Self {
        let window = Duration::from_secs(10);
        Self::none().per_token(500, window).per_account(50, window)
    }

    /// No limits; where to start with your own.
    #[must_use]
    pub fn none() -> Self {
        Self { token: None, account: None, adaptive: false }
    }

    /// At most `calls` within any stretch of `window`, all accounts together.
    #[must_use]
    pub fn per_token(mut self, calls: u32, window: Duration) -> Self {
        self.token = Some(Limit { calls, window });
        self
    }

    /// At most `calls` within any stretch of `window` for each account.
    #[must_use]
    pub fn per_account(mut self, calls: u32, window: Duration) -> Self {
        self.account = Some(Limit { calls, window });
        self
    }

    /// Keeps each account below what its responses state (`ratelimit-limit`, `ratelimit-remaining`,
    /// `ratelimit-reset`), whoever else draws on the same limit. Default false.
    ///
    /// What remains is spread over the time until the window ends, so that several processes settle
    /// without knowing of each other. Limits set with the other methods hold as well.
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

    /// Whether a limit lets nothing through, or everything.
    pub(crate) fn is_invalid(&self) -> bool {
        [self.token, self.account]
            .into_iter()
            .flatten()
            .any(|limit| limit.calls == 0 || limit.window.is_zero())
    }
}

//! Client-side rate limits: a call waits for its turn before each attempt.
//!
//! Windows are exact (never more than so many calls in any stretch of that length), since that is how
//! Truto's limits are stated. A token bucket would let twice as many through in the first window, or
//! hold back calls that are allowed.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex as SyncMutex, PoisonError};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

/// How many calls a client makes of its own accord, a token and an account.
///
/// Give it to [`ClientBuilder::throttle`](crate::ClientBuilder::throttle). Every attempt counts,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Throttle {
    token: Option<Limit>,
    account: Option<Limit>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Limit {
    calls: u32,
    window: Duration,
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
        Self {
            token: None,
            account: None,
        }
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

    /// Whether a limit lets nothing through, or everything.
    pub(crate) fn is_invalid(&self) -> bool {
        [self.token, self.account]
            .into_iter()
            .flatten()
            .any(|limit| limit.calls == 0 || limit.window.is_zero())
    }
}

/// Accounts that are remembered before those at rest are forgotten.
const MIN_ACCOUNTS: usize = 1024;

/// The windows of one client.
#[derive(Debug)]
pub(crate) struct Limiter {
    token: Option<Window>,
    account: Option<Limit>,
    accounts: SyncMutex<Accounts>,
}

#[derive(Debug, Default)]
struct Accounts {
    windows: HashMap<String, Arc<Window>>,
    tidy_at: usize,
}

impl Limiter {
    pub(crate) fn new(limits: Throttle) -> Self {
        Self {
            token: limits.token.map(Window::new),
            account: limits.account,
            accounts: SyncMutex::default(),
        }
    }

    /// Waits for a turn. Dropping the future gives up the place in the line.
    pub(crate) async fn acquire(&self, account: &str) {
        // The account's turn comes first: what then waits for the token is no more than each account
        // may send, so the line there is fair between accounts.
        if let Some(window) = self.window(account) {
            window.acquire().await;
        }
        if let Some(window) = &self.token {
            window.acquire().await;
        }
    }

    fn window(&self, account: &str) -> Option<Arc<Window>> {
        let limit = self.account?;
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(window) = accounts.windows.get(account) {
            return Some(Arc::clone(window));
        }
        if accounts.windows.len() >= accounts.tidy_at.max(MIN_ACCOUNTS) {
            // Whoever holds a window is about to wait in it.
            accounts
                .windows
                .retain(|_, window| Arc::strong_count(window) > 1 || !window.is_at_rest());
            accounts.tidy_at = 2 * accounts.windows.len();
        }
        let window = Arc::new(Window::new(limit));
        accounts
            .windows
            .insert(account.to_owned(), Arc::clone(&window));
        Some(window)
    }
}

/// The last turns of one token or account. The lock is a line: first come, first served.
#[derive(Debug)]
struct Window {
    limit: Limit,
    turns: Mutex<VecDeque<Instant>>,
}

impl Window {
    fn new(limit: Limit) -> Self {
        Self {
            limit,
            turns: Mutex::default(),
        }
    }

    async fn acquire(&self) {
        let mut turns = self.turns.lock().await;
        while turns.front().is_some_and(|oldest| self.is_past(*oldest)) {
            turns.pop_front();
        }
        if turns.len() >= self.limit.calls as usize
            && let Some(&oldest) = turns.front()
        {
            // A window beyond the clock's range never passes; the deadline ends the wait.
            match oldest.checked_add(self.limit.window) {
                Some(free) => sleep_until(free).await,
                None => std::future::pending().await,
            }
            turns.pop_front();
        }
        turns.push_back(Instant::now());
    }

    /// Whether forgetting this window changes nothing: every turn is past.
    fn is_at_rest(&self) -> bool {
        self.turns
            .try_lock()
            .is_ok_and(|turns| turns.back().is_none_or(|last| self.is_past(*last)))
    }

    fn is_past(&self, turn: Instant) -> bool {
        turn.elapsed() >= self.limit.window
    }
}

#[cfg(test)]
mod tests;

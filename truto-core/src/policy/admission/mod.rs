//! Whether and when a call may be sent: the gate behind 429s, the client-side limits, the budgets.
//!
//! Decisions are made under a plain mutex that is never held while anybody waits: a call that is not
//! polled holds up nobody.

mod lane;
mod permit;
mod place;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::StatusCode;
use tokio::time::Instant;

use self::lane::{Accounts, Lane};
pub(crate) use self::permit::{CommitHandle, Permit, RetryPermit};
use super::budget::Budget;
use super::limiter::Observation;
use super::throttle::Throttle;

/// The longest time for which a gate is closed.
const MAX_WAIT: Duration = Duration::from_secs(86_400);

/// The limits of one client. Cheap to clone; clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Admission {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    adaptive: bool,
    windowed: bool,
    wait_out_429: bool,
    state: Mutex<Lines>,
}

#[derive(Debug)]
struct Lines {
    accounts: Accounts,
    /// All accounts together.
    client: Lane,
}

/// One attempt that asks to be sent.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct AdmissionRequest {
    /// The ticket of the call's previous attempt; `None` for its first one, which earns a part of a
    /// retry.
    pub(crate) ticket: Option<Ticket>,
    /// The call comes from [`Account::background`](crate::Account::background).
    pub(crate) is_background: bool,
    /// The earlier of the deadline and the end of `max_wait`; `None` for no bound.
    pub(crate) until: Option<Instant>,
}

/// A call's place in the order of arrival. A later attempt of the call passes it on, and so stays in
/// front of the calls that came after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Ticket(u64);

/// A limit would hold the call back for longer than it can wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HeldBack {
    /// How long the wait would be; `None` if the turn never comes.
    pub(crate) wait: Option<Duration>,
    pub(crate) by: HeldBackBy,
}

/// The limit that holds a call back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeldBackBy {
    /// The gate that a 429 closed.
    Gate,
    /// The client's own limits.
    Throttle,
    /// The user's [`Limiter`](crate::Limiter).
    Limiter,
}

impl Admission {
    pub(crate) fn new(throttle: Option<Throttle>, wait_out_429: bool) -> Self {
        let throttle = throttle.unwrap_or_else(Throttle::none);
        let client = Lane::new(throttle.token_window(), Budget::for_client());
        let inner = Inner {
            adaptive: throttle.is_adaptive(),
            windowed: throttle.has_windows(),
            wait_out_429,
            state: Mutex::new(Lines { accounts: Accounts::new(throttle), client }),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Whether calls are spread out as the responses suggest.
    pub(crate) fn is_adaptive(&self) -> bool {
        self.inner.adaptive
    }

    /// Whether calls wait here after a 429.
    pub(crate) fn waits_out_429(&self) -> bool {
        self.inner.wait_out_429
    }

    /// Whether it is a 429 that holds the account back, and not a limit of our own.
    pub(crate) fn is_gated(&self, account: &Arc<str>) -> bool {
        let now = Instant::now();
        let state = self.lock();
        let own = state.accounts.lanes.get(account);
        own.is_some_and(|lane| lane.is_closed(now)) || state.client.is_closed(now)
    }

    /// Takes one retry out of the account's budget and the client's; `None` if either is used up.
    pub(crate) fn withdraw_retry(&self, account: &Arc<str>) -> Option<RetryPermit> {
        let now = Instant::now();
        let mut state = self.lock();
        if !state.accounts.lane(account, now).budget.withdraw(now) {
            return None;
        }
        if !state.client.budget.withdraw(now) {
            state.accounts.lane(account, now).budget.refund();
            return None;
        }
        drop(state);
        Some(RetryPermit::new(self.clone(), Arc::clone(account)))
    }

    /// Adjusts the limits to the head of a response.
    pub(crate) fn observe(&self, account: &Arc<str>, seen: &Observation) {
        let refused = seen.retry_after.filter(|_| seen.status == StatusCode::TOO_MANY_REQUESTS);
        if seen.rate_limit.is_none() && refused.is_none() {
            return;
        }
        let now = Instant::now();
        let mut state = self.lock();
        if let Some(limit) = seen.rate_limit.filter(|_| self.inner.adaptive) {
            let lane = state.accounts.lane(account, now);
            lane.pace.get_or_insert_default().learn(limit, now);
        }
        let Some(wait) = refused.filter(|_| self.inner.wait_out_429) else {
            return;
        };
        // No deadline in practice is longer, and the clock's range is not left.
        let wait = wait.min(MAX_WAIT);
        let pace = seen
            .rate_limit
            .and_then(|limit| limit.window?.checked_div(u32::try_from(limit.limit).ok()?));
        let other_closed = seen.is_own_429
            && state
                .accounts
                .lanes
                .iter()
                .any(|(other, lane)| other != account && lane.is_closed(now));
        state.accounts.lane(account, now).close(now, wait, pace);
        if other_closed {
            state.client.close(now, wait, None);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Lines> {
        // Lines are never left half written, so a poisoned lock is as good as any.
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;

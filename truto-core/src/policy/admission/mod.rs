//! Whether and when a call may be sent: the gate behind 429s, the client-side limits, the budgets.
//!
//! Decisions are made under a plain mutex that is never held while anybody waits: a call that is not
//! polled holds up nobody.

mod lane;
mod place;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use self::lane::{Accounts, Lane};
use super::budget::Budget;
use super::throttle::Throttle;
use crate::RateLimit;

/// The longest time for which a gate is closed.
const MAX_WAIT: Duration = Duration::from_secs(86_400);

/// What one client knows of its limits.
#[derive(Debug)]
pub(crate) struct Admission {
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

/// What a response said about limits.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Observed {
    pub(crate) rate_limit: Option<RateLimit>,
    /// Of a 429: how long to wait.
    pub(crate) refused: Option<Duration>,
    /// The 429 is provably Truto's own.
    pub(crate) by_truto: bool,
}

/// A wait that does not fit the deadline.
#[derive(Debug)]
pub(crate) struct Denied {
    /// How long it would have taken; `None` for a turn that never comes.
    pub(crate) wait: Option<Duration>,
}

impl Admission {
    pub(crate) fn new(throttle: Option<Throttle>, wait_out_429: bool) -> Self {
        let throttle = throttle.unwrap_or_else(Throttle::none);
        let client = Lane::new(throttle.token_window(), Budget::for_client());
        Self {
            adaptive: throttle.is_adaptive(),
            windowed: throttle.has_windows(),
            wait_out_429,
            state: Mutex::new(Lines { accounts: Accounts::new(throttle), client }),
        }
    }

    /// Whether calls are spread out as the responses suggest.
    pub(crate) fn is_adaptive(&self) -> bool {
        self.adaptive
    }

    /// Whether calls wait here after a 429.
    pub(crate) fn waits_out_429(&self) -> bool {
        self.wait_out_429
    }

    /// Whether it is a 429 that holds the account back, and not a limit of our own.
    pub(crate) fn is_gated(&self, account: &Arc<str>) -> bool {
        let now = Instant::now();
        let state = self.lock();
        let own = state.accounts.lanes.get(account);
        own.is_some_and(|lane| lane.is_closed(now)) || state.client.is_closed(now)
    }

    /// Takes one retry out of the account's budget and the client's; `None` if either is used up.
    pub(crate) fn withdraw(&self, account: &Arc<str>) -> Option<Withdrawal<'_>> {
        let now = Instant::now();
        let mut state = self.lock();
        if !state.accounts.lane(account, now).budget.withdraw(now) {
            return None;
        }
        if !state.client.budget.withdraw(now) {
            state.accounts.lane(account, now).budget.refund();
            return None;
        }
        Some(Withdrawal { admission: self, account: Arc::clone(account), spent: false })
    }

    /// Told what each response said.
    pub(crate) fn observe(&self, account: &Arc<str>, seen: Observed) {
        if seen.rate_limit.is_none() && seen.refused.is_none() {
            return;
        }
        let now = Instant::now();
        let mut state = self.lock();
        if let Some(limit) = seen.rate_limit.filter(|_| self.adaptive) {
            let lane = state.accounts.lane(account, now);
            lane.pace.get_or_insert_default().learn(limit, now);
        }
        let Some(wait) = seen.refused.filter(|_| self.wait_out_429) else {
            return;
        };
        // No deadline in practice is longer, and the clock's range is not left.
        let wait = wait.min(MAX_WAIT);
        let pace = seen
            .rate_limit
            .and_then(|limit| limit.window?.checked_div(u32::try_from(limit.limit).ok()?));
        let other_closed = seen.by_truto
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
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A retry out of the budgets, given back unless it is spent.
#[derive(Debug)]
pub(crate) struct Withdrawal<'a> {
    admission: &'a Admission,
    account: Arc<str>,
    spent: bool,
}

impl Withdrawal<'_> {
    /// The retry goes out.
    pub(crate) fn spend(mut self) {
        self.spent = true;
    }
}

impl Drop for Withdrawal<'_> {
    fn drop(&mut self) {
        if self.spent {
            return;
        }
        let now = Instant::now();
        let mut state = self.admission.lock();
        state.client.budget.refund();
        state.accounts.lane(&self.account, now).budget.refund();
    }
}

#[cfg(test)]
mod tests;

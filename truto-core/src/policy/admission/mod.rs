//! Decides when an attempt may be sent: the gate that a 429 closes, the windows, the adaptive rate, and
//! the budgets of retries.
//!
//! # Path of an attempt
//!
//! ```text
//! admit ─► queue of its account ─► ring of the client ─► offer ─► Permit ─► commit ─► head arrived
//!          (one per lane)          (accounts in turns)
//! ```
//!
//! An attempt passes the limits of its **account** first, then those of the **client**. In that order,
//! only calls that their accounts admit compete for the client's limits, so a gated or busy account
//! blocks no other. For the client's limits the accounts take turns: each has at most one entry in the
//! client's ring, however many of its calls wait.
//!
//! Within an account and a lane, the order is that of the tickets. A call keeps its ticket when it loses
//! its turn, and for its later attempts. The order does not change when a gate opens or closes, since a
//! waiting call does not reserve a slot: the stages only state when the *first* call may be sent.
//! [`Account::background`](crate::Account::background) calls are sent when no interactive call of the
//! account waits; once one has waited for 30 s, they get one in five turns.
//!
//! # Stages and reservations
//!
//! The limits share one protocol ([`Stages`](super::stages::Stages)): `ready_at` returns the time at
//! which the next call may be sent; `reserve` takes its slot; `commit` records that it is being sent,
//! `settle` that the server has counted it, `cancel` that it will not be sent; `is_idle` is true if the
//! account can be dropped.
//!
//! - The gate ([`RetryAfterGate`](super::gate::RetryAfterGate)) is closed until the time stated by a
//!   429, then releases calls at the rate that it learned.
//! - The window ([`SlidingWindow`](super::window::SlidingWindow)) counts calls as the server does.
//! - The rate ([`AdaptiveRate`](super::adaptive_rate::AdaptiveRate)) follows what responses state.
//!
//! Reservations expire. A call that is first when its turn comes gets an *offer*; if nothing polls the
//! call within half a second, the next one gets the offer. An admitted call has a *permit*; if it is not
//! sent within a second, its slot in the window lapses. In both cases the call keeps its ticket, so that
//! it is in front when it queues again. A permit that is dropped before it was committed is canceled and
//! frees its slots at once; the slots of a committed permit are freed as
//! [`SlidingWindow`](super::window::SlidingWindow) describes.
//!
//! # Locks and wakers
//!
//! All state is under one mutex ([`State`]), which is never held across an await: a call that is not
//! polled blocks no other. Every event (a call arrives, leaves, is sent or counted, a 429) takes
//! logarithmic time in the number of waiting calls and constant time in the number of accounts.
//!
//! A waiting call is woken when it gets an offer. Turns that come with time need a timer, which no
//! background task can own, since a client can be used from any runtime. So the first call of each queue
//! has a timer for its turn, and is woken when that turn becomes earlier or when it becomes the first.
//! All others poll: they have a slow timer, which is slower the more calls wait, with which they check
//! that the first one responds. Without it, a call that is never polled again would block its queue.
//! Wakers run after the lock was released, since they may run code of any executor.

mod account_queue;
mod accounts;
mod dispatch;
mod estimate;
mod gates;
mod permit;
mod ring;
mod state;
mod waiter;

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::Waker;
use std::time::Duration;

use http::StatusCode;
use tokio::time::Instant;

pub(crate) use self::permit::{CommitHandle, Permit, RetryPermit};
use self::state::State;
use super::limiter::Observation;
use super::throttle::Throttle;
pub(crate) use crate::error::DeniedBy;
use crate::sync::lock;
use crate::timer::RuntimeEnded;

/// The limits of one client. Cheap to clone; clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Admission {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    adaptive: bool,
    wait_out_429: bool,
    /// The maximum time for which one response closes a gate.
    max_gate: Duration,
    started: Instant,
    /// The time until which a gate needs to observe responses, in milliseconds since the start; 0 for
    /// never.
    gated_until: AtomicU64,
    state: Mutex<State>,
}

/// A request to send one attempt.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct AdmissionRequest {
    /// The ticket of the call's previous attempt; `None` for its first one, which adds to the retry
    /// budget.
    pub(crate) ticket: Option<Ticket>,
    /// The call comes from [`Account::background`](crate::Account::background).
    pub(crate) is_background: bool,
    /// The earlier of the deadline and the end of `max_wait`; `None` for no bound.
    pub(crate) until: Option<Instant>,
}

/// A call's position in the order of arrival. Later attempts of the call keep it, and so stay in front
/// of calls that arrived later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Ticket(u64);

/// A limit would delay the call for longer than it can wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Denial {
    /// A lower bound of the wait; `None` if the turn never comes.
    pub(crate) wait: Option<Duration>,
    pub(crate) by: DeniedBy,
}

/// The reason why a call that waits is not admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotAdmitted {
    Denied(Denial),
    RuntimeEnded,
}

impl From<Denial> for NotAdmitted {
    fn from(denial: Denial) -> Self {
        Self::Denied(denial)
    }
}

impl From<RuntimeEnded> for NotAdmitted {
    fn from(RuntimeEnded: RuntimeEnded) -> Self {
        Self::RuntimeEnded
    }
}

impl Admission {
    /// [`ClientBuilder::max_gate`](crate::ClientBuilder::max_gate), if it is not set.
    pub(crate) const MAX_GATE: Duration = Duration::from_secs(300);

    pub(crate) fn new(throttle: Option<Throttle>, wait_out_429: bool, max_gate: Duration) -> Self {
        let throttle = throttle.unwrap_or_else(Throttle::none);
        let inner = Inner {
            adaptive: throttle.is_adaptive(),
            wait_out_429,
            // At most a day, so that adding it to a time cannot leave the clock's range.
            max_gate: max_gate.min(Duration::from_secs(86_400)),
            started: Instant::now(),
            gated_until: AtomicU64::new(0),
            state: Mutex::new(State::new(throttle)),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Waits until the account may send. Dropping the future leaves the queue.
    pub(crate) async fn admit(
        &self,
        account: &Arc<str>,
        request: AdmissionRequest,
    ) -> Result<Permit, NotAdmitted> {
        let (ticket, admitted) = self.lock().try_admit(account, &request, Instant::now());
        match admitted {
            Ok(places) => Ok(Permit::new(self, account, places, ticket, Duration::ZERO)),
            // Boxed, so that it does not enlarge the future of a call that need not wait.
            Err(waiter) => Box::pin(waiter::WaiterFuture::new(self.clone(), waiter)).await,
        }
    }

    /// Returns true if successful responses must be observed: with an adaptive rate, and while a gate
    /// learns.
    pub(crate) fn follows_responses(&self) -> bool {
        if self.inner.adaptive {
            return true;
        }
        // Relaxed: a call that reads an old value skips one response, which no gate depends on.
        let until = self.inner.gated_until.load(Ordering::Relaxed);
        until > 0 && self.millis(Instant::now()) < until
    }

    /// Returns true if calls wait at a gate after a 429.
    pub(crate) fn waits_out_429(&self) -> bool {
        self.inner.wait_out_429
    }

    /// Withdraws one retry from the account's budget and the client's; `None` if either is used up.
    pub(crate) fn withdraw_retry(&self, account: &Arc<str>) -> Option<RetryPermit> {
        let now = Instant::now();
        let mut state = self.lock();
        // The account's budget first, so that an account that has used it up takes nothing from the others.
        if !state.accounts.queue(account, now).budget.withdraw(now) {
            return None;
        }
        if !state.client.budget.withdraw(now) {
            state.accounts.queue(account, now).budget.refund();
            return None;
        }
        // The permit takes this lock when it is dropped.
        drop(state);
        Some(RetryPermit::new(self.clone(), Arc::clone(account)))
    }

    /// Adjusts the limits to the head of a response.
    pub(crate) fn observe(&self, account: &Arc<str>, seen: &Observation) {
        let is_429 = seen.status == StatusCode::TOO_MANY_REQUESTS;
        let refused = seen.retry_after.filter(|_| is_429 && self.inner.wait_out_429);
        let stated = seen.rate_limit.filter(|_| self.inner.adaptive);
        if stated.is_none() && refused.is_none() && (is_429 || !self.follows_responses()) {
            return;
        }
        let now = Instant::now();
        let mut state = self.lock();
        if let Some(limit) = stated {
            state.accounts.queue(account, now).stages.learn(limit, self.inner.max_gate, now);
        }
        if let Some(wait) = refused {
            let wait = wait.min(self.inner.max_gate);
            // The spacing at which the stated limit is just used up.
            let spacing = seen
                .rate_limit
                .and_then(|limit| limit.window?.checked_div(u32::try_from(limit.limit).ok()?));
            state.close_gates(account, wait, spacing, seen.is_own_429, now);
        } else if !is_429 {
            state.pass_gates(account, now);
        }
        self.keep_following(&mut state, account, now);
        // In this order: `update` puts the account into the ring, `dispatch` serves the ring.
        state.update(account, now);
        state.dispatch(now);
    }

    /// Responses are observed as long as a gate is closed, spreads calls out or has waiting calls.
    fn keep_following(&self, state: &mut State, account: &str, now: Instant) {
        if let Some(until) = state.gates_rest(account, now) {
            self.inner.gated_until.fetch_max(self.millis(until), Ordering::Relaxed);
        }
    }

    fn millis(&self, at: Instant) -> u64 {
        let since = at.saturating_duration_since(self.inner.started);
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    fn lock(&self) -> Locked<'_> {
        Locked { state: lock(&self.inner.state), to_wake: WakeOnDrop::default() }
    }
}

/// The locked state. When it is dropped, it first releases the lock and then wakes the calls, since
/// fields are dropped in the order of their declaration.
#[derive(Debug)]
struct Locked<'a> {
    state: MutexGuard<'a, State>,
    to_wake: WakeOnDrop,
}

impl Deref for Locked<'_> {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}

impl DerefMut for Locked<'_> {
    fn deref_mut(&mut self) -> &mut State {
        &mut self.state
    }
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        self.to_wake.0 = std::mem::take(&mut self.state.to_wake);
    }
}

/// Wakers that run when this is dropped.
#[derive(Debug, Default)]
struct WakeOnDrop(Vec<Waker>);

impl Drop for WakeOnDrop {
    fn drop(&mut self) {
        self.0.drain(..).for_each(Waker::wake);
    }
}

#[cfg(test)]
mod tests;

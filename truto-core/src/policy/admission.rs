//! Whether and when a call may be sent: the gate behind 429s, the client-side limits, the budgets.
//!
//! Decisions are made under a plain mutex that is never held while anybody waits: a call that is not
//! polled holds up nobody.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::budget::Budget;
use super::gate::Gate;
use super::pace::Pace;
use super::throttle::Throttle;
use super::window::Window;
use crate::RateLimit;

/// Accounts that are remembered before those at rest are forgotten.
const MIN_ACCOUNTS: usize = 1024;

/// The longest time for which a gate is closed.
const MAX_WAIT: Duration = Duration::from_secs(86_400);

/// What one client knows of its limits.
#[derive(Debug)]
pub(crate) struct Admission {
    throttle: Throttle,
    wait_out_429: bool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    accounts: HashMap<Arc<str>, Lane>,
    tidy_at: usize,
    /// All accounts together.
    client: Lane,
    /// Places in line, in the order in which they were taken.
    tickets: u64,
}

/// What holds back the calls of one account, or of the client.
#[derive(Debug)]
struct Lane {
    gate: Option<Gate>,
    window: Option<Window>,
    pace: Option<Pace>,
    budget: Budget,
}

impl Lane {
    fn new(window: Option<Window>, budget: Budget) -> Self {
        Self {
            gate: None,
            window,
            pace: None,
            budget,
        }
    }

    /// A place in every line; `None` if a turn never comes.
    fn reserve(&mut self, ticket: u64, now: Instant) -> Option<Instant> {
        let mut at = now;
        self.gate = self.gate.take().filter(|gate| !gate.is_at_rest(now));
        if let Some(gate) = &mut self.gate {
            at = at.max(gate.place(now));
        }
        if let Some(pace) = &mut self.pace {
            at = at.max(pace.place(now));
        }
        if let Some(window) = &mut self.window {
            at = at.max(window.reserve(ticket, now)?);
        }
        Some(at)
    }

    /// When a call whose place has come may really go.
    fn free_at(&mut self, now: Instant) -> Option<Instant> {
        let mut at = now;
        if let Some(gate) = &mut self.gate {
            if now < gate.opens() {
                // It was closed anew, so those who wait line up anew, too.
                at = gate.place(now);
            }
        }
        if let Some(pace) = &mut self.pace {
            at = at.max(pace.free_at(now));
        }
        if let Some(window) = &mut self.window {
            at = at.max(window.free_at(now)?);
        }
        Some(at)
    }

    fn send(&mut self, ticket: u64, now: Instant) {
        if let Some(window) = &mut self.window {
            window.send(ticket, now);
        }
        if let Some(pace) = &mut self.pace {
            pace.send();
        }
    }

    fn is_at_rest(&mut self, now: Instant) -> bool {
        self.gate.as_ref().is_none_or(|gate| gate.is_at_rest(now))
            && self.window.as_mut().is_none_or(|w| w.is_at_rest(now))
            && self.pace.as_ref().is_none_or(|pace| pace.is_at_rest(now))
            && self.budget.is_at_rest(now)
    }

    fn close(&mut self, now: Instant, wait: Duration, pace: Option<Duration>) {
        self.gate
            .get_or_insert_with(|| Gate::new(now))
            .close(now, wait, pace);
    }
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
            throttle,
            wait_out_429,
            state: Mutex::new(State {
                accounts: HashMap::new(),
                tidy_at: MIN_ACCOUNTS,
                client,
                tickets: 0,
            }),
        }
    }

    /// Whether calls wait here after a 429.
    pub(crate) fn waits_out_429(&self) -> bool {
        self.wait_out_429
    }

    /// Whether it is a 429 that holds the account back, and not a limit of our own.
    pub(crate) fn is_gated(&self, account: &Arc<str>) -> bool {
        let now = Instant::now();
        let state = self.lock();
        let lanes = state
            .accounts
            .get(account)
            .into_iter()
            .chain([&state.client]);
        lanes
            .filter_map(|lane| lane.gate.as_ref())
            .any(|gate| now < gate.opens())
    }

    /// Counts a new call, which earns a part of a retry.
    pub(crate) fn deposit(&self, account: &Arc<str>) {
        let now = Instant::now();
        let mut state = self.lock();
        state.client.budget.deposit(now);
        self.lane(&mut state, account, now).budget.deposit(now);
    }

    /// Takes one retry out of the account's budget and the client's; `None` if either is used up.
    pub(crate) fn withdraw(&self, account: &Arc<str>) -> Option<Withdrawal<'_>> {
        let now = Instant::now();
        let mut state = self.lock();
        if !self.lane(&mut state, account, now).budget.withdraw(now) {
            return None;
        }
        if !state.client.budget.withdraw(now) {
            self.lane(&mut state, account, now).budget.refund();
            return None;
        }
        Some(Withdrawal {
            admission: self,
            account: Arc::clone(account),
            spent: false,
        })
    }

    /// Waits until the account may send. Dropping the future gives up the place in line.
    pub(crate) async fn admit(
        &self,
        account: &Arc<str>,
        deadline: Option<Instant>,
    ) -> Result<Permit<'_>, Denied> {
        let asked = Instant::now();
        let place = self.place(account);
        // The account's line comes first: what then waits for the token is no more than each account
        // may send, so that line is fair between accounts.
        let at = place.line_up(Line::Account)?;
        wait(at, deadline).await?;
        let mut at = place.line_up(Line::Client)?;
        loop {
            wait(at, deadline).await?;
            match self.enter(&place) {
                Ok(sent) => {
                    return Ok(Permit {
                        place,
                        sent,
                        waited: sent.saturating_duration_since(asked),
                    });
                }
                Err(Some(later)) => at = later,
                Err(None) => return Err(Denied { wait: None }),
            }
        }
    }

    fn place(&self, account: &Arc<str>) -> Place<'_> {
        let mut state = self.lock();
        state.tickets += 1;
        Place {
            admission: self,
            account: Arc::clone(account),
            ticket: state.tickets,
            taken: None,
        }
    }

    /// Counts the call as sent if every line is free, else says when to ask again.
    fn enter(&self, place: &Place<'_>) -> Result<Instant, Option<Instant>> {
        let now = Instant::now();
        let mut state = self.lock();
        let lane = self.lane(&mut state, &place.account, now);
        let account = lane.free_at(now).ok_or(None)?;
        let client = state.client.free_at(now).ok_or(None)?;
        let free = account.max(client);
        if free > now {
            return Err(Some(free));
        }
        state.client.send(place.ticket, now);
        self.lane(&mut state, &place.account, now)
            .send(place.ticket, now);
        Ok(now)
    }

    /// Told what each response said.
    pub(crate) fn observe(&self, account: &Arc<str>, seen: Observed) {
        if seen.rate_limit.is_none() && seen.refused.is_none() {
            return;
        }
        let now = Instant::now();
        let mut state = self.lock();
        if let Some(limit) = seen.rate_limit.filter(|_| self.throttle.is_adaptive()) {
            let lane = self.lane(&mut state, account, now);
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
            && state.accounts.iter().any(|(other, lane)| {
                other != account && lane.gate.as_ref().is_some_and(|gate| now < gate.opens())
            });
        self.lane(&mut state, account, now).close(now, wait, pace);
        if other_closed {
            state.client.close(now, wait, None);
        }
    }

    fn lane<'a>(&self, state: &'a mut State, account: &Arc<str>, now: Instant) -> &'a mut Lane {
        if state.accounts.len() >= state.tidy_at && !state.accounts.contains_key(account) {
            state.accounts.retain(|_, lane| !lane.is_at_rest(now));
            state.tidy_at = MIN_ACCOUNTS.max(2 * state.accounts.len());
        }
        state
            .accounts
            .entry(Arc::clone(account))
            .or_insert_with(|| Lane::new(self.throttle.account_window(), Budget::for_account()))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Lines are never left half written, so a poisoned lock is as good as any.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn wait(at: Instant, deadline: Option<Instant>) -> Result<(), Denied> {
    let now = Instant::now();
    if at <= now {
        return Ok(());
    }
    if deadline.is_some_and(|deadline| at >= deadline) {
        let wait = Some(at.saturating_duration_since(now));
        return Err(Denied { wait });
    }
    sleep_until(at).await;
    Ok(())
}

#[derive(Clone, Copy)]
enum Line {
    Account,
    Client,
}

/// A place in line, given up on drop.
#[derive(Debug)]
struct Place<'a> {
    admission: &'a Admission,
    account: Arc<str>,
    ticket: u64,
    /// When the call was counted as sent, until it surely is.
    taken: Option<Instant>,
}

impl Place<'_> {
    /// Takes its place; returns when its turn comes.
    fn line_up(&self, line: Line) -> Result<Instant, Denied> {
        let now = Instant::now();
        let mut state = self.admission.lock();
        let reserved = match line {
            Line::Account => {
                let own = self.admission.lane(&mut state, &self.account, now);
                own.reserve(self.ticket, now)
            }
            Line::Client => state.client.reserve(self.ticket, now),
        };
        reserved.ok_or(Denied { wait: None })
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.admission.lock();
        let State {
            accounts, client, ..
        } = &mut *state;
        let lanes = accounts.get_mut(&self.account).into_iter().chain([client]);
        for window in lanes.filter_map(|lane| lane.window.as_mut()) {
            match self.taken {
                Some(sent) => window.take_back(sent),
                None => window.leave(self.ticket),
            }
        }
    }
}

/// The right to send one attempt now.
#[derive(Debug)]
pub(crate) struct Permit<'a> {
    place: Place<'a>,
    sent: Instant,
    waited: Duration,
}

impl Permit<'_> {
    /// How long the call was held back.
    pub(crate) fn waited(&self) -> Duration {
        self.waited
    }

    /// The attempt ended without anything having been sent: it takes up no place in the window.
    pub(crate) fn unsent(mut self) {
        self.place.taken = Some(self.sent);
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
        self.admission
            .lane(&mut state, &self.account, now)
            .budget
            .refund();
    }
}

#[cfg(test)]
mod tests;

//! What holds back the calls of one account, or of the client, and the accounts that are known.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::policy::budget::Budget;
use crate::policy::gate::Gate;
use crate::policy::pace::Pace;
use crate::policy::slot::Slot;
use crate::policy::throttle::Throttle;
use crate::policy::window::{Ticket, Window};

/// Accounts that are remembered before those at rest are forgotten.
pub(super) const MIN_ACCOUNTS: usize = 1024;

/// The lines of one account, or of the client, and its retries.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) gate: Option<Gate>,
    window: Option<Window>,
    pub(super) pace: Option<Pace>,
    pub(super) budget: Budget,
}

impl Lane {
    pub(super) fn new(window: Option<Window>, budget: Budget) -> Self {
        Self { gate: None, window, pace: None, budget }
    }

    /// A place in every line; `None` if its turn never comes.
    pub(super) fn reserve(&mut self, now: Instant) -> Option<Reservation> {
        self.gate = self.gate.take().filter(|gate| !gate.is_at_rest(now));
        let gate = self.gate.as_mut().map(|gate| gate.place(now));
        let pace = self.pace.as_mut().and_then(|pace| pace.place(now));
        let mut reserved = Reservation { gate, pace, ticket: Ticket::default() };
        if let Some(window) = &mut self.window {
            match window.reserve(now) {
                Some(ticket) => reserved.ticket = ticket,
                None => {
                    self.leave(&reserved, now);
                    return None;
                }
            }
        }
        Some(reserved)
    }

    /// When the last of the places has its turn.
    pub(super) fn turn(&self, reserved: &Reservation) -> Option<Instant> {
        let window = self.window.as_ref();
        let slots = [reserved.gate, reserved.pace].into_iter().flatten();
        slots
            .map(|slot| slot.at)
            .chain(window.and_then(|window| window.turn(reserved.ticket)))
            .max()
    }

    /// When a call whose place has come may really go.
    pub(super) fn free_at(&mut self, reserved: &mut Reservation, now: Instant) -> Option<Instant> {
        let mut at = now;
        if let Some(gate) = self.gate.as_mut().filter(|gate| now < gate.opens()) {
            // It was closed anew, so those who wait line up anew, too.
            let slot = gate.place(now);
            reserved.gate = Some(slot);
            at = slot.at;
        }
        if let Some(pace) = self.pace.as_mut().filter(|pace| pace.is_used_up(now)) {
            reserved.pace = pace.place(now);
            at = reserved.pace.map_or(at, |slot| at.max(slot.at));
        }
        if let Some(window) = &mut self.window {
            at = at.max(window.free_at(now)?);
        }
        Some(at)
    }

    pub(super) fn send(&mut self, reserved: &Reservation, now: Instant) {
        if let Some(window) = &mut self.window {
            window.send(reserved.ticket, now);
        }
        if let Some(pace) = &mut self.pace {
            pace.send();
        }
    }

    /// The places are given up.
    pub(super) fn leave(&mut self, reserved: &Reservation, now: Instant) {
        if let (Some(gate), Some(slot)) = (&mut self.gate, reserved.gate) {
            gate.give_back(slot);
        }
        if let (Some(pace), Some(slot)) = (&mut self.pace, reserved.pace) {
            pace.give_back(slot);
        }
        if let Some(window) = &mut self.window {
            window.leave(reserved.ticket, now);
        }
    }

    /// What was counted as sent was not.
    pub(super) fn take_back(&mut self, sent: Instant, now: Instant) {
        if let Some(window) = &mut self.window {
            window.take_back(sent, now);
        }
    }

    pub(super) fn is_closed(&self, now: Instant) -> bool {
        self.gate.as_ref().is_some_and(|gate| now < gate.opens())
    }

    pub(super) fn close(&mut self, now: Instant, wait: Duration, pace: Option<Duration>) {
        self.gate.get_or_insert_with(|| Gate::new(now)).close(now, wait, pace);
    }

    pub(super) fn is_at_rest(&mut self, now: Instant) -> bool {
        self.gate.as_ref().is_none_or(|gate| gate.is_at_rest(now))
            && self.window.as_mut().is_none_or(|w| w.is_at_rest(now))
            && self.pace.as_ref().is_none_or(|pace| pace.is_at_rest(now))
            && self.budget.is_at_rest(now)
    }
}

/// A call's places in the lines of a lane.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reservation {
    gate: Option<Slot>,
    pace: Option<Slot>,
    ticket: Ticket,
}

/// The lanes of the accounts that are in use.
#[derive(Debug)]
pub(super) struct Accounts {
    pub(super) lanes: HashMap<Arc<str>, Lane>,
    tidy_at: usize,
    throttle: Throttle,
}

impl Accounts {
    pub(super) fn new(throttle: Throttle) -> Self {
        Self { lanes: HashMap::new(), tidy_at: MIN_ACCOUNTS, throttle }
    }

    pub(super) fn lane(&mut self, account: &Arc<str>, now: Instant) -> &mut Lane {
        if self.lanes.len() >= self.tidy_at && !self.lanes.contains_key(account) {
            self.lanes.retain(|_, lane| !lane.is_at_rest(now));
            self.tidy_at = MIN_ACCOUNTS.max(2 * self.lanes.len());
        }
        self.lanes
            .entry(Arc::clone(account))
            .or_insert_with(|| Lane::new(self.throttle.account_window(), Budget::for_account()))
    }
}

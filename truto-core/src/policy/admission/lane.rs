//! What holds back the calls of one account, or of the client, and the accounts that are known.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::policy::budget::Budget;
use crate::policy::gate::Gate;
use crate::policy::pace::Pace;
use crate::policy::throttle::Throttle;
use crate::policy::window::{Ticket, Window};

/// Accounts that are remembered before those at rest are forgotten.
pub(super) const MIN_ACCOUNTS: usize = 1024;

#[derive(Debug)]
pub(super) struct Lane {
    pub(super) gate: Option<Gate>,
    window: Option<Window>,
    pub(super) pace: Option<Pace>,
    pub(super) budget: Budget,
}

impl Lane {
    pub(super) fn new(window: Option<Window>, budget: Budget) -> Self {
        Self {
            gate: None,
            window,
            pace: None,
            budget,
        }
    }

    /// A place in every line, and when its turn comes; `None` if it never does.
    pub(super) fn reserve(&mut self, now: Instant) -> Option<(Ticket, Instant)> {
        let mut at = now;
        self.gate = self.gate.take().filter(|gate| !gate.is_at_rest(now));
        if let Some(gate) = &mut self.gate {
            at = at.max(gate.place(now));
        }
        if let Some(pace) = &mut self.pace {
            at = at.max(pace.place(now));
        }
        let mut ticket = Ticket::default();
        if let Some(window) = &mut self.window {
            let turn;
            (ticket, turn) = window.reserve(now)?;
            at = at.max(turn);
        }
        Some((ticket, at))
    }

    /// When a call whose place has come may really go.
    pub(super) fn free_at(&mut self, now: Instant) -> Option<Instant> {
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

    pub(super) fn send(&mut self, ticket: Ticket, now: Instant) {
        if let Some(window) = &mut self.window {
            window.send(ticket, now);
        }
        if let Some(pace) = &mut self.pace {
            pace.send();
        }
    }

    /// The place in line is given up.
    pub(super) fn leave(&mut self, ticket: Ticket) {
        if let Some(window) = &mut self.window {
            window.leave(ticket);
        }
    }

    /// What was counted as sent was not.
    pub(super) fn take_back(&mut self, sent: Instant) {
        if let Some(window) = &mut self.window {
            window.take_back(sent);
        }
    }

    pub(super) fn is_closed(&self, now: Instant) -> bool {
        self.gate.as_ref().is_some_and(|gate| now < gate.opens())
    }

    pub(super) fn close(&mut self, now: Instant, wait: Duration, pace: Option<Duration>) {
        self.gate
            .get_or_insert_with(|| Gate::new(now))
            .close(now, wait, pace);
    }

    fn is_at_rest(&mut self, now: Instant) -> bool {
        self.gate.as_ref().is_none_or(|gate| gate.is_at_rest(now))
            && self.window.as_mut().is_none_or(|w| w.is_at_rest(now))
            && self.pace.as_ref().is_none_or(|pace| pace.is_at_rest(now))
            && self.budget.is_at_rest(now)
    }
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
        Self {
            lanes: HashMap::new(),
            tidy_at: MIN_ACCOUNTS,
            throttle,
        }
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

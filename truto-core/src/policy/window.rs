//! A sliding window: never more than so many calls in any stretch of its length.
//!
//! Truto's limits are stated that way. A token bucket would let twice as many through in the first
//! window, or hold back calls that are allowed.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// At most so many calls in any stretch of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Limit {
    pub(super) calls: u32,
    pub(super) window: Duration,
}

/// A place in a window's line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket(u64);

/// The calls that were sent, and the turns of those that wait.
#[derive(Debug)]
pub(super) struct Window {
    limit: Limit,
    /// Ascending.
    sent: VecDeque<Instant>,
    /// In the order in which they came.
    waiting: VecDeque<Ticket>,
    /// When those that wait have their turns; ascending.
    turns: VecDeque<Instant>,
    last: Ticket,
}

impl Window {
    pub(super) fn new(limit: Limit) -> Self {
        Self {
            limit,
            sent: VecDeque::new(),
            waiting: VecDeque::new(),
            turns: VecDeque::new(),
            last: Ticket::default(),
        }
    }

    /// Takes a place in line; `None` if its turn never comes.
    pub(super) fn reserve(&mut self, now: Instant) -> Option<Ticket> {
        self.prune(now);
        let turn = self.turn_of(self.waiting.len(), now)?;
        self.last.0 += 1;
        self.waiting.push_back(self.last);
        self.turns.push_back(turn);
        Some(self.last)
    }

    /// When a place in line has its turn. It comes sooner if others leave.
    pub(super) fn turn(&self, ticket: Ticket) -> Option<Instant> {
        let at = self.waiting.binary_search(&ticket).ok()?;
        self.turns.get(at).copied()
    }

    /// The turn of who waits behind so many others.
    fn turn_of(&self, ahead: usize, now: Instant) -> Option<Instant> {
        let ahead = self.sent.len() + ahead;
        let Some(at) = ahead.checked_sub(self.limit.calls as usize) else {
            return Some(now);
        };
        let first = match self.sent.get(at) {
            Some(sent) => sent,
            None => self.turns.get(at - self.sent.len())?,
        };
        Some(first.checked_add(self.limit.window)?.max(now))
    }

    /// When a call may be sent, whoever waits: what was sent decides, since that is what the server
    /// counts.
    pub(super) fn free_at(&mut self, now: Instant) -> Option<Instant> {
        self.prune(now);
        match self.sent.len().checked_sub(self.limit.calls as usize) {
            None => Some(now),
            Some(at) => self.sent.get(at)?.checked_add(self.limit.window),
        }
    }

    pub(super) fn send(&mut self, ticket: Ticket, now: Instant) {
        self.remove(ticket);
        self.sent.push_back(now);
    }

    /// Gives up a place in line: those behind move up.
    pub(super) fn leave(&mut self, ticket: Ticket, now: Instant) {
        if self.remove(ticket) {
            self.move_up(now);
        }
    }

    /// Takes back a call that was not sent after all.
    pub(super) fn take_back(&mut self, sent: Instant, now: Instant) {
        if let Some(at) = self.sent.iter().rposition(|at| *at == sent) {
            self.sent.remove(at);
            self.move_up(now);
        }
    }

    fn remove(&mut self, ticket: Ticket) -> bool {
        let Ok(at) = self.waiting.binary_search(&ticket) else {
            return false;
        };
        self.waiting.remove(at);
        self.turns.remove(at);
        true
    }

    fn move_up(&mut self, now: Instant) {
        self.prune(now);
        for at in 0..self.turns.len() {
            if let Some(turn) = self.turn_of(at, now) {
                self.turns[at] = self.turns[at].min(turn);
            }
        }
    }

    /// Whether forgetting this window changes nothing.
    pub(super) fn is_at_rest(&mut self, now: Instant) -> bool {
        self.prune(now);
        self.sent.is_empty() && self.waiting.is_empty()
    }

    fn prune(&mut self, now: Instant) {
        while self
            .sent
            .front()
            .is_some_and(|sent| now.saturating_duration_since(*sent) >= self.limit.window)
        {
            self.sent.pop_front();
        }
    }
}

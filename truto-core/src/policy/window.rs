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
    /// In the order in which they came; tickets and times ascend.
    waiting: VecDeque<(Ticket, Instant)>,
    last: Ticket,
}

impl Window {
    pub(super) fn new(limit: Limit) -> Self {
        Self {
            limit,
            sent: VecDeque::new(),
            waiting: VecDeque::new(),
            last: Ticket::default(),
        }
    }

    /// Takes a place in line, and says when its turn comes; `None` for never.
    pub(super) fn reserve(&mut self, now: Instant) -> Option<(Ticket, Instant)> {
        self.prune(now);
        let ahead = self.sent.len() + self.waiting.len();
        let turn = match ahead.checked_sub(self.limit.calls as usize) {
            None => now,
            Some(at) => self.turn(at)?.checked_add(self.limit.window)?.max(now),
        };
        self.last.0 += 1;
        self.waiting.push_back((self.last, turn));
        Some((self.last, turn))
    }

    fn turn(&self, at: usize) -> Option<Instant> {
        let sent = self.sent.get(at).copied();
        sent.or_else(|| {
            self.waiting
                .get(at - self.sent.len())
                .map(|(_, turn)| *turn)
        })
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

    /// Gives up a place in line.
    pub(super) fn leave(&mut self, ticket: Ticket) {
        if let Ok(at) = self.waiting.binary_search_by_key(&ticket, |(id, _)| *id) {
            self.waiting.remove(at);
        }
    }

    pub(super) fn send(&mut self, ticket: Ticket, now: Instant) {
        self.leave(ticket);
        self.sent.push_back(now);
    }

    /// Takes back a call that was not sent after all.
    pub(super) fn take_back(&mut self, sent: Instant) {
        if let Some(at) = self.sent.iter().rposition(|at| *at == sent) {
            self.sent.remove(at);
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

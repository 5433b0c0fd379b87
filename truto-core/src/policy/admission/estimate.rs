//! Ends calls that would wait for too long, and sets the timers of the others.

use std::time::Duration;

use tokio::time::Instant;

use super::account_queue::{NextTurn, STARVED_AFTER};
use super::state::{FAR, State, Waiter};
use super::{Denial, DeniedBy};
use crate::policy::lane::Lane;

/// The delay after the first call's turn at which another call in the queue checks that the first one
/// responds, since nothing may poll it. The more calls wait, the more rarely each of them checks.
const WATCH_AFTER: Duration = Duration::from_millis(250);
/// Calls that share the checks of one `WATCH_AFTER`: a queue of any length causes at most 64 checks per
/// `WATCH_AFTER`, 256 per second.
const WATCHERS: usize = 64;

impl State {
    /// Returns a denial if the call's turn cannot come in time.
    pub(super) fn check_deadline(&mut self, waiter: &Waiter, now: Instant) -> Option<Denial> {
        let turn = self.estimate(waiter, now);
        let is_late = match (turn, waiter.until) {
            (None, _) => true,
            (Some(turn), Some(until)) => turn >= until || now >= until,
            (Some(_), None) => false,
        };
        let mut is_gated = false;
        is_late.then(|| {
            let client = self.client.stages.ready_at(waiter.lane, now);
            let queue = self.accounts.get_mut(&waiter.account);
            let own = queue.and_then(|queue| {
                is_gated = queue.stages.is_gated(now);
                queue.stages.ready_at(waiter.lane, now)
            });
            let ready = own.max(client).unwrap_or(now);
            let is_gated = is_gated || self.client.stages.is_gated(now);
            let wait = turn.map(|turn| turn.max(ready).saturating_duration_since(now));
            Denial { wait, by: if is_gated { DeniedBy::Gate } else { DeniedBy::Throttle } }
        })
    }

    /// A lower bound for the call's turn; `None` for never.
    fn estimate(&mut self, waiter: &Waiter, now: Instant) -> Option<Instant> {
        let behind_all = self.turn_behind(waiter, true, now);
        if waiter.lane == Lane::Interactive {
            return behind_all;
        }
        // Once it is starved, it passes the interactive calls.
        let starved = (waiter.since + STARVED_AFTER).max(now);
        if behind_all.is_some_and(|at| at <= starved) {
            return behind_all;
        }
        let passing = self.turn_behind(waiter, false, now)?.max(starved);
        Some(behind_all.map_or(passing, |at| at.min(passing)))
    }

    /// A lower bound for the turn of a call that waits for the calls of its own lane and, if those go first,
    /// for the interactive ones.
    fn turn_behind(
        &mut self,
        waiter: &Waiter,
        interactive_first: bool,
        now: Instant,
    ) -> Option<Instant> {
        let Some(queue) = self.accounts.get_mut(&waiter.account) else {
            return Some(now);
        };
        // Includes calls behind this one that gave up, which a lower bound allows.
        let moved = queue.lane(waiter.lane).left.saturating_sub(waiter.left);
        let own = waiter.ahead.saturating_sub(usize::try_from(moved).unwrap_or(usize::MAX));
        let passed_by = waiter.lane == Lane::Background && interactive_first;
        let first = if passed_by { queue.waiting(Lane::Interactive) } else { 0 };
        let queued = queue.queued;
        let account = queue.stages.estimate(waiter.lane, (own + first, own), now)?;
        let rings = &self.client.rings;
        let peers = rings.accounts_ahead(waiter.lane, queued, own > 0);
        let others =
            if passed_by { rings.accounts_ahead(Lane::Interactive, queued, true) } else { 0 };
        let ahead = (own + first + peers + others, own + peers);
        let client = self.client.stages.estimate(waiter.lane, ahead, now)?;
        Some(account.max(client))
    }

    /// Returns the time for the timer of a waiting call. For the first call in the queue, it is the time
    /// of its turn. Any other call is woken when it becomes the first; with its timer, it only checks that
    /// the calls in front of it respond.
    pub(super) fn next_poll(&mut self, waiter: &Waiter, now: Instant) -> Instant {
        let far = now + FAR;
        let Some(queue) = self.accounts.get_mut(&waiter.account) else {
            return far;
        };
        let queue_len = queue.waiting(waiter.lane);
        let is_first = queue.lane(waiter.lane).front() == Some(waiter.ticket);
        let queued = queue.queued;
        let (is_exact, ready, queue_len) = match queue.next_turn(now) {
            NextTurn::At(lane, at) => (is_first && lane == waiter.lane, at, queue_len),
            NextTurn::Ready(lane) => {
                let front = self.client.rings.ring(lane).front();
                let is_next = front.map(|entry| (lane, entry.number)) == queued;
                let queue_len = queue_len + self.client.rings.ring(lane).len();
                let at = self.client.stages.ready_at(lane, now);
                (is_first && is_next && lane == waiter.lane, at, queue_len)
            }
            NextTurn::NothingWaits => return far,
        };
        let ready = ready.unwrap_or(far);
        if is_exact {
            return ready;
        }
        let lapses = self.offered.front().map(|(made, _)| *made + self.offer_lasts());
        let ready = lapses.map_or(ready, |lapses| ready.min(lapses)).max(now);
        if self.is_unanswered {
            // Shortly after the turn, which the call in front may still take.
            return ready + Duration::from_millis(5);
        }
        let rarer = u32::try_from(queue_len.div_ceil(WATCHERS)).unwrap_or(u32::MAX).max(1);
        ready.checked_add(WATCH_AFTER.saturating_mul(rarer)).map_or(far, |at| at.min(far))
    }
}

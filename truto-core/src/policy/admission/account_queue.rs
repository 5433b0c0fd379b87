//! The waiting calls of one account, by lane, and the account's limits.

use std::collections::BTreeMap;
use std::task::Waker;
use std::time::Duration;

use tokio::time::Instant;

use super::Ticket;
use super::ring::RingPlace;
use crate::policy::budget::Budget;
use crate::policy::lane::Lane;
use crate::policy::stages::Stages;
use crate::policy::window::Limit;

/// The time after which a background call gets a share of the turns even while interactive calls wait.
pub(super) const STARVED_AFTER: Duration = Duration::from_secs(30);

/// One in five turns is for a starved background call.
const TURNS_PER_STARVED_CALL: u32 = 5;

/// A call in a queue.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) waker: Waker,
    pub(super) since: Instant,
    /// The time at which the call's timer fires.
    pub(super) armed: Instant,
}

/// The waiting calls of one lane, in the order of arrival.
#[derive(Debug, Default)]
pub(super) struct LaneQueue {
    pub(super) waiting: BTreeMap<Ticket, Waiting>,
    /// The number of calls that have left the queue. The calls in it compute from that number how far
    /// they have moved up.
    pub(super) left: u64,
}

impl LaneQueue {
    pub(super) fn front(&self) -> Option<Ticket> {
        self.waiting.first_key_value().map(|(ticket, _)| *ticket)
    }

    pub(super) fn pop_front(&mut self) -> Option<(Ticket, Waiting)> {
        let first = self.waiting.pop_first();
        self.left += u64::from(first.is_some());
        first
    }

    /// Returns true if the first call has waited so long that it precedes interactive ones.
    pub(super) fn is_starved(&self, now: Instant) -> bool {
        let first = self.waiting.first_key_value();
        first.is_some_and(|(_, waiting)| {
            now.saturating_duration_since(waiting.since) >= STARVED_AFTER
        })
    }

    /// Returns true if the first call's timer fired some time ago and nothing has polled the call since.
    pub(super) fn is_front_overdue(&self, by: Duration, now: Instant) -> bool {
        let first = self.waiting.first_key_value();
        first.is_some_and(|(_, waiting)| now.saturating_duration_since(waiting.armed) >= by)
    }

    pub(super) fn front_mut(&mut self) -> Option<&mut Waiting> {
        self.waiting.first_entry().map(std::collections::btree_map::OccupiedEntry::into_mut)
    }

    pub(super) fn remove(&mut self, ticket: Ticket) -> Option<Waiting> {
        let removed = self.waiting.remove(&ticket);
        self.left += u64::from(removed.is_some());
        removed
    }
}

/// Counts interactive turns since the last background one, for the share of starved background calls.
#[derive(Debug, Default)]
pub(super) struct Turns(u32);

impl Turns {
    pub(super) fn count(&mut self, lane: Lane) {
        self.0 = match lane {
            Lane::Interactive => self.0.saturating_add(1),
            Lane::Background => 0,
        };
    }

    pub(super) fn owes_one(&self) -> bool {
        self.0 >= TURNS_PER_STARVED_CALL - 1
    }
}

/// The next call of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NextTurn {
    /// The account's limits admit the first call of this lane.
    Ready(Lane),
    /// The account's limits admit the first call of this lane at this time, or never.
    At(Lane, Option<Instant>),
    NothingWaits,
}

/// One account: its waiting calls, its limits, its retries.
#[derive(Debug)]
pub(super) struct AccountQueue {
    pub(super) stages: Stages,
    pub(super) budget: Budget,
    pub(super) lanes: [LaneQueue; Lane::COUNT],
    /// The account's entry in one of the client's rings.
    pub(super) queued: RingPlace,
    pub(super) turns: Turns,
}

impl AccountQueue {
    pub(super) fn new(limit: Option<Limit>) -> Self {
        Self {
            stages: Stages::new(limit),
            budget: Budget::for_account(),
            lanes: Default::default(),
            queued: None,
            turns: Turns::default(),
        }
    }

    pub(super) fn lane(&mut self, lane: Lane) -> &mut LaneQueue {
        &mut self.lanes[lane.index()]
    }

    pub(super) fn waiting(&self, lane: Lane) -> usize {
        self.lanes[lane.index()].waiting.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lanes.iter().all(|lane| lane.waiting.is_empty())
    }

    /// Returns true if a new call of the lane would be the first.
    pub(super) fn is_clear(&self, lane: Lane, now: Instant) -> bool {
        match lane {
            Lane::Interactive => self.waiting(Lane::Interactive) == 0 && !self.owes_a_turn(now),
            Lane::Background => self.is_empty(),
        }
    }

    /// Returns the next call: interactive calls first, except for the share of starved background calls.
    pub(super) fn next_turn(&mut self, now: Instant) -> NextTurn {
        let waits = Lane::ALL.map(|lane| self.waiting(lane) > 0);
        let [interactive, background] = waits;
        if background && (!interactive || self.owes_a_turn(now)) {
            match self.stages.ready_at(Lane::Background, now) {
                Some(at) if at <= now => return NextTurn::Ready(Lane::Background),
                at if !interactive => return NextTurn::At(Lane::Background, at),
                // The background share is used up, which must not delay interactive calls.
                _ => {}
            }
        }
        if !interactive {
            return NextTurn::NothingWaits;
        }
        match self.stages.ready_at(Lane::Interactive, now) {
            Some(at) if at <= now => NextTurn::Ready(Lane::Interactive),
            at => NextTurn::At(Lane::Interactive, at),
        }
    }

    fn owes_a_turn(&self, now: Instant) -> bool {
        self.turns.owes_one() && self.lanes[Lane::Background.index()].is_starved(now)
    }

    pub(super) fn is_idle(&mut self, now: Instant) -> bool {
        self.is_empty() && self.budget.is_at_rest(now) && self.stages.is_idle(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_counts_the_calls_that_left_it() {
        let now = Instant::now();
        let mut queue = LaneQueue::default();
        for ticket in 1..=3 {
            let waiting = Waiting { waker: Waker::noop().clone(), since: now, armed: now };
            queue.waiting.insert(Ticket(ticket), waiting);
        }
        assert_eq!((queue.front(), queue.left), (Some(Ticket(1)), 0));
        assert!(queue.remove(Ticket(2)).is_some() && queue.remove(Ticket(2)).is_none());
        assert_eq!(queue.left, 1);
        assert_eq!(queue.pop_front().map(|(ticket, _)| ticket), Some(Ticket(1)));
        assert_eq!(queue.pop_front().map(|(ticket, _)| ticket), Some(Ticket(3)));
        assert!(queue.pop_front().is_none() && queue.front_mut().is_none());
        assert_eq!((queue.front(), queue.left), (None, 3));
    }

    #[test]
    fn every_fifth_turn_is_owed_to_a_starved_call() {
        let mut turns = Turns::default();
        for count in 0..10 {
            assert_eq!(turns.owes_one(), count >= TURNS_PER_STARVED_CALL - 1, "{count}");
            turns.count(Lane::Interactive);
        }
        turns.count(Lane::Background);
        assert!(!turns.owes_one());
    }

    /// An account with calls that wait since `since`.
    fn queue(limit: Option<Limit>, lanes: &[Lane], since: Instant) -> AccountQueue {
        let mut queue = AccountQueue::new(limit);
        for (number, lane) in (1..).zip(lanes) {
            let waiting = Waiting { waker: Waker::noop().clone(), since, armed: since };
            queue.lane(*lane).waiting.insert(Ticket(number), waiting);
        }
        queue
    }

    #[test]
    fn a_lane_is_clear_if_no_other_call_goes_first() {
        let now = Instant::now();
        for (lanes, interactive, background) in [
            (&[][..], true, true),
            (&[Lane::Background], true, false),
            (&[Lane::Interactive], false, false),
        ] {
            let queue = queue(None, lanes, now);
            assert_eq!(queue.is_clear(Lane::Interactive, now), interactive, "{lanes:?}");
            assert_eq!(queue.is_clear(Lane::Background, now), background, "{lanes:?}");
        }
        let mut starved = queue(None, &[Lane::Background], now);
        let later = now + STARVED_AFTER;
        assert!(starved.is_clear(Lane::Interactive, later), "no turn is owed");
        (0..4).for_each(|_| starved.turns.count(Lane::Interactive));
        assert!(starved.is_clear(Lane::Interactive, now), "it has not waited long enough");
        assert!(!starved.is_clear(Lane::Interactive, later));
    }

    #[test]
    fn the_next_call_is_interactive_unless_a_starved_one_may_go() {
        let now = Instant::now();
        let later = now + STARVED_AFTER;
        let both = [Lane::Interactive, Lane::Background];
        assert_eq!(queue(None, &[], now).next_turn(now), NextTurn::NothingWaits);
        assert_eq!(queue(None, &both[..1], now).next_turn(now), NextTurn::Ready(Lane::Interactive));
        assert_eq!(queue(None, &both[1..], now).next_turn(now), NextTurn::Ready(Lane::Background));
        let mut owed = queue(None, &both, now);
        assert_eq!(owed.next_turn(later), NextTurn::Ready(Lane::Interactive));
        (0..4).for_each(|_| owed.turns.count(Lane::Interactive));
        assert_eq!(owed.next_turn(now), NextTurn::Ready(Lane::Interactive));
        assert_eq!(owed.next_turn(later), NextTurn::Ready(Lane::Background));
        // Four of five slots are the share of background calls.
        let limit = Limit { calls: 5, window: 2 * STARVED_AFTER };
        let mut used_up = queue(Some(limit), &both, now);
        (0..4).for_each(|_| used_up.turns.count(Lane::Interactive));
        for _ in 0..4 {
            used_up.stages.reserve(Lane::Background, later);
        }
        assert_eq!(used_up.next_turn(later), NextTurn::Ready(Lane::Interactive));
    }

    #[test]
    fn an_account_is_idle_if_nothing_waits_and_its_window_is_free() {
        let now = Instant::now();
        // Retries count until then.
        let later = now + std::time::Duration::from_secs(300);
        let limit = Limit { calls: 5, window: 2 * STARVED_AFTER };
        assert!(!queue(Some(limit), &[], now).is_idle(now));
        assert!(queue(Some(limit), &[], now).is_idle(later));
        assert!(!queue(Some(limit), &[Lane::Interactive], now).is_idle(later));
        let mut used = queue(Some(limit), &[], now);
        used.stages.reserve(Lane::Interactive, later);
        assert!(!used.is_idle(later));
    }
}

//! A sliding window: at most `calls` in any stretch of its length, as the server counts them.
//!
//! Truto states its limits in this way. A token bucket would let twice as many calls through in the
//! first window, or delay calls that are allowed.
//!
//! The server counts a call when it arrives, which is later than its admission (a handshake may come in
//! between) and not later than the head of its response. A slot is therefore taken at the reservation
//! and freed one window after the latest time at which the server can have counted the call:
//!
//! | state of the call | its slot is freed |
//! | --- | --- |
//! | reserved, canceled | at once |
//! | reserved, unused | [`LAPSES_AFTER`] |
//! | in flight | one window and [`COUNTED_AFTER`] after a connection took the request |
//! | counted | one window after the head of the response arrived or the attempt failed |

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::reservations::{LAPSES_AFTER, ReservationId, Reservations};

/// The time within which a server has counted a request, however late it responds.
const COUNTED_AFTER: Duration = Duration::from_secs(1);

/// At most `calls` per `window`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Limit {
    pub(super) calls: u32,
    pub(super) window: Duration,
}

impl Limit {
    /// The share of background calls: four fifths, at least one call.
    pub(super) fn for_background(self) -> Self {
        let calls = u64::from(self.calls) * 4 / 5;
        Self { calls: u32::try_from(calls).unwrap_or(self.calls).max(1), ..self }
    }
}

/// A call's slot in a window.
#[derive(Debug, Clone, Copy)]
pub(super) enum Slot {
    Reserved(ReservationId),
    InFlight(ReservationId),
    /// Canceled or counted: nothing is left to do.
    Done,
}

/// Invariants after [`prune`](Self::prune): no reservation is older than [`LAPSES_AFTER`], no call in
/// flight is older than [`COUNTED_AFTER`], `counted` is ascending and contains nothing older than the
/// window. The three together contain more than `limit.calls` only if a call was sent on a reservation
/// that had lapsed.
#[derive(Debug)]
pub(super) struct SlidingWindow {
    limit: Limit,
    reserved: Reservations,
    /// The times at which connections took the requests.
    in_flight: Reservations,
    /// The latest times at which the server can have counted calls.
    counted: VecDeque<Instant>,
}

impl SlidingWindow {
    pub(super) fn new(limit: Limit) -> Self {
        Self {
            limit,
            reserved: Reservations::default(),
            in_flight: Reservations::default(),
            counted: VecDeque::new(),
        }
    }

    /// The time at which a slot is free, if nothing changes before; `None` for never.
    pub(super) fn ready_at(&mut self, now: Instant) -> Option<Instant> {
        self.prune(now);
        if self.taken() < self.limit.calls as usize {
            return Some(now);
        }
        let lapses = self.reserved.oldest().map(|at| at + LAPSES_AFTER);
        let counted = self.counted.front().copied();
        let in_flight = self.in_flight.oldest().map(|at| at + COUNTED_AFTER);
        // `None` for a window beyond the clock's range, whose slots are never freed.
        let free = |at: Instant| at.checked_add(self.limit.window);
        lapses.into_iter().chain(counted.and_then(free)).chain(in_flight.and_then(free)).min()
    }

    /// A lower bound for the turn of a call with `ahead` calls in front of it; `None` for never.
    pub(super) fn estimate(&mut self, ahead: usize, now: Instant) -> Option<Instant> {
        self.prune(now);
        let calls = self.limit.calls as usize;
        // `None` if the calls in front, and this one, fit into the window now.
        let Some(nth) = (self.taken() + ahead).checked_sub(calls) else {
            return Some(now);
        };
        // Reservations may be canceled any time, so they count as the slots that are free first.
        let windows = u32::try_from(nth / calls).unwrap_or(u32::MAX);
        let first = match (nth % calls).checked_sub(self.reserved.len()) {
            None => now,
            // A call in flight has no entry in `counted` yet. It will be counted now or later, so its slot is
            // taken for at least one window from now.
            Some(at) => {
                self.counted.get(at).copied().unwrap_or(now).checked_add(self.limit.window)?
            }
        };
        first.checked_add(self.limit.window.checked_mul(windows)?)
    }

    pub(super) fn reserve(&mut self, now: Instant) -> Slot {
        Slot::Reserved(self.reserved.insert(now))
    }

    /// A connection begins to take the request. It is counted even if its reservation has lapsed, since
    /// the server counts it.
    pub(super) fn commit(&mut self, slot: &mut Slot, now: Instant) {
        if let Slot::Reserved(id) = *slot {
            self.prune(now);
            self.reserved.remove(id);
            *slot = Slot::InFlight(self.in_flight.insert(now));
        }
    }

    /// The head of the response came, or the attempt failed.
    pub(super) fn settle(&mut self, slot: &mut Slot, now: Instant) {
        if let Slot::InFlight(id) = std::mem::replace(slot, Slot::Done) {
            // Pruning first keeps `counted` ascending: every call that was counted by the clock before now is
            // moved there before this one is appended.
            self.prune(now);
            if self.in_flight.remove(id) {
                self.counted.push_back(now);
            }
        }
    }

    /// The call was not sent and will not be.
    pub(super) fn cancel(&mut self, slot: &mut Slot) {
        if let Slot::Reserved(id) = std::mem::replace(slot, Slot::Done) {
            self.reserved.remove(id);
        }
    }

    /// Returns true unless the slot's reservation has lapsed.
    pub(super) fn holds(&mut self, slot: Slot, now: Instant) -> bool {
        self.prune(now);
        match slot {
            Slot::Reserved(id) => self.reserved.contains(id),
            Slot::InFlight(_) | Slot::Done => true,
        }
    }

    /// Returns true if this window can be dropped with no effect.
    pub(super) fn is_idle(&mut self, now: Instant) -> bool {
        self.prune(now);
        self.taken() == 0
    }

    fn taken(&self) -> usize {
        self.reserved.len() + self.in_flight.len() + self.counted.len()
    }

    fn prune(&mut self, now: Instant) {
        while self.reserved.pop_older(LAPSES_AFTER, now).is_some() {}
        // Moved here rather than dropped: a call without a response was counted all the same.
        while let Some(sent) = self.in_flight.pop_older(COUNTED_AFTER, now) {
            self.counted.push_back(sent + COUNTED_AFTER);
        }
        let window = self.limit.window;
        while self.counted.front().is_some_and(|at| now.saturating_duration_since(*at) >= window) {
            self.counted.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn window(calls: u32) -> SlidingWindow {
        SlidingWindow::new(Limit { calls, window: 10 * SECOND })
    }

    /// Events of a call reserved at 0, and the time at which its slot is free again, in milliseconds.
    #[test]
    fn a_slot_is_free_one_window_after_the_server_counted_its_call() {
        type Act = fn(&mut SlidingWindow, &mut Slot, Instant);
        type Row<'a> = (&'a str, &'a [(u64, Act)], u64);
        let commit: Act = |window, slot, now| window.commit(slot, now);
        let settle: Act = |window, slot, now| window.settle(slot, now);
        let cancel: Act = |window, slot, _| window.cancel(slot);
        let rows: [Row<'_>; 7] = [
            ("unused", &[], 1_000),
            ("canceled", &[(300, cancel)], 300),
            ("head after a handshake", &[(100, commit), (150, settle)], 10_150),
            ("no head yet", &[(100, commit)], 11_100),
            ("slow head", &[(100, commit), (5_000, settle)], 11_100),
            ("committed twice", &[(100, commit), (200, commit), (300, settle)], 10_300),
            ("sent after it lapsed", &[(2_000, commit), (2_100, settle)], 12_100),
        ];
        for (name, acts, free) in rows {
            let start = Instant::now();
            let at = |millis| start + Duration::from_millis(millis);
            let mut window = window(1);
            let mut slot = window.reserve(start);
            let (before, last) = acts.split_at(acts.partition_point(|(millis, _)| *millis < free));
            for (millis, act) in before {
                act(&mut window, &mut slot, at(*millis));
            }
            assert_ne!(window.ready_at(at(free - 1)), Some(at(free - 1)), "{name}");
            for (millis, act) in last {
                act(&mut window, &mut slot, at(*millis));
            }
            assert_eq!(window.ready_at(at(free)), Some(at(free)), "{name}");
            assert!(window.is_idle(at(free)), "{name}");
        }
    }

    #[test]
    fn estimates_repeat_every_window() {
        let start = Instant::now();
        let mut window = window(2);
        for (sent, head) in [(0, 1), (2, 3)] {
            let mut slot = window.reserve(start + sent * SECOND);
            window.commit(&mut slot, start + sent * SECOND);
            window.settle(&mut slot, start + head * SECOND);
        }
        let now = start + 4 * SECOND;
        for (ahead, expected) in [(0, 11), (1, 13), (2, 21), (3, 23), (10, 61)] {
            assert_eq!(window.estimate(ahead, now), Some(start + expected * SECOND), "{ahead}");
        }
        let mut endless = SlidingWindow::new(Limit { calls: 1, window: Duration::MAX });
        assert_eq!(endless.estimate(0, now), Some(now));
        assert_eq!(endless.estimate(1, now), None);
    }

    #[test]
    fn background_calls_take_four_fifths() {
        for (calls, share) in
            [(50, 40), (500, 400), (3, 2), (2, 1), (1, 1), (u32::MAX, 3_435_973_836)]
        {
            assert_eq!(Limit { calls, window: SECOND }.for_background().calls, share);
        }
    }

    #[test]
    fn a_reserved_slot_is_held_until_it_lapses() {
        let start = Instant::now();
        let mut window = window(2);
        let (mut sent, unused) = (window.reserve(start), window.reserve(start));
        window.commit(&mut sent, start);
        assert!(window.holds(sent, start) && window.holds(unused, start));
        let lapses = start + LAPSES_AFTER;
        assert!(window.holds(unused, lapses - Duration::from_millis(1)));
        assert!(!window.holds(unused, lapses) && window.holds(sent, lapses));
        let mut canceled = window.reserve(lapses);
        let copy = canceled;
        window.cancel(&mut canceled);
        assert!(!window.holds(copy, lapses) && window.holds(canceled, lapses));
    }
}

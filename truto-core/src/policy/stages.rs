//! The limits of one account, or of the client as a whole, behind one protocol.
//!
//! `ready_at` returns the time at which the next call may be sent, `reserve` takes its slot, `commit`
//! and `settle` record that it was sent and counted, `cancel` returns the slot, and `is_idle` is true if
//! the stage can be dropped with no effect.

use std::time::Duration;

use tokio::time::Instant;

use super::adaptive_rate::AdaptiveRate;
use super::gate::RetryAfterGate;
use super::lane::Lane;
use super::reservations::ReservationId;
use super::send_trail::SendTrail;
use super::window::{Limit, SlidingWindow, Slot};
use crate::RateLimit;

/// The gate, the window and the adaptive rate of an account or of the client.
#[derive(Debug, Default)]
pub(super) struct Stages {
    gate: Option<RetryAfterGate>,
    window: Option<SlidingWindow>,
    /// The share of background calls in the window.
    background: Option<SlidingWindow>,
    rate: Option<AdaptiveRate>,
    trail: SendTrail,
}

/// A call's slots in the stages.
#[derive(Debug, Default)]
pub(super) struct Reservation {
    gate: bool,
    window: Option<Slot>,
    background: Option<Slot>,
    rate: Option<ReservationId>,
}

impl Reservation {
    /// Returns true if no stage counts the call, so that there is nothing to commit or cancel.
    pub(super) fn is_empty(&self) -> bool {
        !self.gate && self.window.is_none() && self.rate.is_none()
    }
}

impl Stages {
    pub(super) fn new(limit: Option<Limit>) -> Self {
        Self {
            window: limit.map(SlidingWindow::new),
            background: limit.map(|limit| SlidingWindow::new(limit.for_background())),
            ..Self::default()
        }
    }

    /// The time at which a call may be sent, if nothing changes before; `None` for never.
    pub(super) fn ready_at(&mut self, lane: Lane, now: Instant) -> Option<Instant> {
        let mut at = now;
        if let Some(gate) = &mut self.gate {
            at = at.max(gate.ready_at(now));
        }
        if let Some(rate) = &mut self.rate {
            at = at.max(rate.ready_at(lane, now));
        }
        if let Some(window) = &mut self.window {
            at = at.max(window.ready_at(now)?);
        }
        // A background call needs a slot of both: the server counts it like any other call.
        if let (Lane::Background, Some(share)) = (lane, &mut self.background) {
            at = at.max(share.ready_at(now)?);
        }
        Some(at)
    }

    /// A lower bound for the turn of a call with `ahead.0` calls in front of it, of which `ahead.1` are
    /// background calls (used only for a background call). `None` for never.
    pub(super) fn estimate(
        &mut self,
        lane: Lane,
        ahead: (usize, usize),
        now: Instant,
    ) -> Option<Instant> {
        let mut at = self.gate.as_ref().map_or(now, |gate| gate.opens().max(now));
        if let Some(rate) = &mut self.rate {
            at = at.max(rate.estimate(lane, now));
        }
        if let Some(window) = &mut self.window {
            at = at.max(window.estimate(ahead.0, now)?);
        }
        if let (Lane::Background, Some(share)) = (lane, &mut self.background) {
            at = at.max(share.estimate(ahead.1, now)?);
        }
        Some(at)
    }

    pub(super) fn reserve(&mut self, lane: Lane, now: Instant) -> Reservation {
        // Also without a gate: one that closes later learns its rate from the calls before it.
        self.trail.add(now);
        if let Some(gate) = &mut self.gate {
            gate.reserve(now);
        }
        let share = self.background.as_mut().filter(|_| lane == Lane::Background);
        Reservation {
            gate: self.gate.is_some(),
            window: self.window.as_mut().map(|window| window.reserve(now)),
            background: share.map(|share| share.reserve(now)),
            rate: self.rate.as_mut().map(|rate| rate.reserve(now)),
        }
    }

    pub(super) fn commit(&mut self, reserved: &mut Reservation, now: Instant) {
        // The gate has nothing to commit: it counted the call when it let it through.
        for (window, slot) in self.slots(reserved) {
            window.commit(slot, now);
        }
        if let (Some(rate), Some(id)) = (&mut self.rate, reserved.rate.take()) {
            rate.commit(id);
        }
    }

    pub(super) fn settle(&mut self, reserved: &mut Reservation, now: Instant) {
        for (window, slot) in self.slots(reserved) {
            window.settle(slot, now);
        }
    }

    pub(super) fn cancel(&mut self, reserved: &mut Reservation, now: Instant) {
        self.trail.cancel();
        for (window, slot) in self.slots(reserved) {
            window.cancel(slot);
        }
        if let (Some(rate), Some(id)) = (&mut self.rate, reserved.rate.take()) {
            rate.cancel(id, now);
        }
        if let (Some(gate), true) = (&mut self.gate, std::mem::take(&mut reserved.gate)) {
            gate.cancel();
        }
    }

    /// Returns true unless the slot of a call that was not yet sent has lapsed.
    pub(super) fn holds(&mut self, reserved: &Reservation, now: Instant) -> bool {
        // The share of background calls lapses at the same time: both slots are reserved together.
        match (&mut self.window, reserved.window) {
            (Some(window), Some(slot)) => window.holds(slot, now),
            _ => true,
        }
    }

    fn slots<'a>(
        &'a mut self,
        reserved: &'a mut Reservation,
    ) -> impl Iterator<Item = (&'a mut SlidingWindow, &'a mut Slot)> {
        let window = self.window.as_mut().zip(reserved.window.as_mut());
        window.into_iter().chain(self.background.as_mut().zip(reserved.background.as_mut()))
    }

    /// Records a 429 that asks for a wait. `stated` is the spacing that corresponds to the limit in its
    /// headers.
    pub(super) fn close_gate(&mut self, now: Instant, wait: Duration, stated: Option<Duration>) {
        let trail = self.trail.recent();
        let gate = self.gate.get_or_insert_with(|| RetryAfterGate::new(trail, now));
        gate.close(now, wait, stated, trail);
    }

    /// Records a response other than a 429.
    pub(super) fn pass_gate(&mut self, now: Instant) {
        if let Some(gate) = &mut self.gate {
            gate.pass(now);
        }
    }

    pub(super) fn learn(&mut self, limit: RateLimit, max_wait: Duration, now: Instant) {
        self.rate.get_or_insert_default().learn(limit, max_wait, now);
    }

    pub(super) fn is_gated(&self, now: Instant) -> bool {
        self.gate.as_ref().is_some_and(|gate| gate.is_closed(now))
    }

    /// The time until which the gate needs to observe responses; `None` without a gate.
    pub(super) fn gate_rests(&self) -> Option<Instant> {
        self.gate.as_ref().map(RetryAfterGate::rests)
    }

    /// Drops a gate that no longer delays calls, once no call waits at it.
    pub(super) fn forget_gate(&mut self, now: Instant) {
        self.gate = self.gate.take().filter(|gate| !gate.is_idle(now));
    }

    pub(super) fn is_idle(&mut self, now: Instant) -> bool {
        // The background share is left out: each of its slots is also one of the window.
        self.gate.as_ref().is_none_or(|gate| gate.is_idle(now))
            && self.window.as_mut().is_none_or(|window| window.is_idle(now))
            && self.rate.as_ref().is_none_or(|rate| rate.is_idle(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn limited(calls: u32) -> Stages {
        Stages::new(Some(Limit { calls, window: 10 * SECOND }))
    }

    #[test]
    fn a_reservation_without_stages_is_empty() {
        let now = Instant::now();
        assert!(Stages::default().reserve(Lane::Interactive, now).is_empty());
        assert!(!limited(1).reserve(Lane::Interactive, now).is_empty());
        let mut gated = Stages::default();
        gated.close_gate(now, SECOND, None);
        assert!(!gated.reserve(Lane::Interactive, now).is_empty());
        let limit = RateLimit { limit: 60, remaining: 30, reset: SECOND, window: None };
        let mut adaptive = Stages::default();
        adaptive.learn(limit, SECOND, now);
        assert!(!adaptive.reserve(Lane::Interactive, now).is_empty());
    }

    #[test]
    fn a_reservation_ends_with_its_slot() {
        let now = Instant::now();
        let mut stages = limited(1);
        let reserved = stages.reserve(Lane::Interactive, now);
        assert!(stages.holds(&reserved, now) && !stages.holds(&reserved, now + 2 * SECOND));
        let mut unlimited = Stages::default();
        let reserved = unlimited.reserve(Lane::Interactive, now);
        assert!(unlimited.holds(&reserved, now + 2 * SECOND));
    }

    #[test]
    fn an_idle_gate_is_dropped() {
        let now = Instant::now();
        let mut stages = Stages::default();
        assert!(!stages.is_gated(now) && stages.is_idle(now) && stages.gate_rests().is_none());
        stages.close_gate(now, SECOND, None);
        assert!(stages.is_gated(now) && !stages.is_idle(now));
        assert!(!stages.is_gated(now + SECOND));
        assert_eq!(stages.gate_rests(), Some(now + 2 * SECOND));
        stages.forget_gate(now + SECOND);
        assert!(stages.gate.is_some());
        stages.forget_gate(now + 2 * SECOND);
        assert!(stages.gate.is_none());
    }

    #[test]
    fn a_gate_learns_from_the_calls_before_it_closed() {
        let start = Instant::now();
        let mut stages = Stages::default();
        for _ in 0..21 {
            stages.reserve(Lane::Interactive, start);
        }
        let now = start + SECOND / 2;
        stages.close_gate(now, SECOND, None);
        let opens = now + SECOND;
        // The server asks for one second, in which twenty calls passed.
        assert_eq!(stages.ready_at(Lane::Interactive, opens), Some(opens));
        stages.reserve(Lane::Interactive, opens);
        let next = opens + Duration::from_micros(52_500);
        assert_eq!(stages.ready_at(Lane::Interactive, opens), Some(next));
    }

    #[test]
    fn background_calls_wait_for_their_share() {
        let now = Instant::now();
        let mut stages = limited(5);
        for _ in 0..4 {
            stages.reserve(Lane::Background, now);
        }
        assert_eq!(stages.ready_at(Lane::Interactive, now), Some(now));
        assert!(stages.ready_at(Lane::Background, now) > Some(now));
        assert_eq!(stages.estimate(Lane::Interactive, (0, 0), now), Some(now));
    }

    #[test]
    fn stages_are_idle_when_each_of_them_is() {
        let now = Instant::now();
        let mut stages = limited(1);
        let mut reserved = stages.reserve(Lane::Interactive, now);
        stages.commit(&mut reserved, now);
        stages.settle(&mut reserved, now);
        assert!(!stages.is_idle(now + 9 * SECOND) && stages.is_idle(now + 10 * SECOND));
        let limit = RateLimit { limit: 60, remaining: 30, reset: 20 * SECOND, window: None };
        stages.learn(limit, SECOND, now);
        assert!(!stages.is_idle(now + 10 * SECOND) && stages.is_idle(now + 20 * SECOND));
    }
}

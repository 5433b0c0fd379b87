//! The limits of one account, or of the client as a whole, behind one protocol.
//!
//! `ready_at` returns the time at which the next call may go, `reserve` takes its place, `commit` and
//! `settle` record that it was sent and counted, `cancel` gives the place back, and `is_idle` allows
//! forgetting the whole.

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

/// A call's places in the stages.
#[derive(Debug, Default)]
pub(super) struct Reservation {
    gate: bool,
    window: Option<Slot>,
    background: Option<Slot>,
    rate: Option<ReservationId>,
}

impl Reservation {
    /// True if no stage counts the call, so that there is nothing to commit or to cancel.
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

    /// When a call may go, if nothing changes before; `None` for never.
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
        if let (Lane::Background, Some(share)) = (lane, &mut self.background) {
            at = at.max(share.ready_at(now)?);
        }
        Some(at)
    }

    /// A lower bound for the turn of a call behind `ahead.0` calls of any lane and `ahead.1` calls of the
    /// background lane. `None` for never.
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

    /// True unless the slot of a call that was not sent yet has lapsed.
    pub(super) fn holds(&mut self, reserved: &Reservation, now: Instant) -> bool {
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

    /// A 429 that asks for a wait. `stated` is the spacing that its own limit amounts to.
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

    /// Until when the gate needs to see responses; `None` without one.
    pub(super) fn gate_rests(&self) -> Option<Instant> {
        self.gate.as_ref().map(RetryAfterGate::rests)
    }

    /// Forgets a gate that holds back nothing any more, once no call waits behind it.
    pub(super) fn forget_gate(&mut self, now: Instant) {
        self.gate = self.gate.take().filter(|gate| !gate.is_idle(now));
    }

    pub(super) fn is_idle(&mut self, now: Instant) -> bool {
        self.gate.as_ref().is_none_or(|gate| gate.is_idle(now))
            && self.window.as_mut().is_none_or(|window| window.is_idle(now))
            && self.rate.as_ref().is_none_or(|rate| rate.is_idle(now))
    }
}

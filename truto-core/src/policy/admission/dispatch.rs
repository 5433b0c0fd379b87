//! Hands out the turns that have come, to one account after the other.

use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use tokio::time::Instant;

use super::account_queue::{AccountQueue, NextTurn, Turns, Waiting};
use super::ring::Rings;
use super::state::{Places, State};
use crate::policy::budget::Budget;
use crate::policy::lane::Lane;
use crate::policy::stages::Stages;
use crate::policy::window::Limit;

/// The time within which a call must take its turn; after it, the next call gets it.
const OFFER_LASTS: Duration = Duration::from_millis(500);
/// The same, if the previous offer was not taken.
const OFFER_LASTS_BRIEFLY: Duration = Duration::from_millis(25);

/// A turn that was offered to a waiting call, which has not yet taken it.
#[derive(Debug)]
pub(super) struct Offer {
    pub(super) account: Arc<str>,
    pub(super) places: Places,
    made: Instant,
}

/// The client as a whole: its limits, and the accounts whose first call could be sent, in turns.
#[derive(Debug)]
pub(super) struct ClientQueue {
    pub(super) stages: Stages,
    pub(super) budget: Budget,
    pub(super) rings: Rings,
    pub(super) turns: Turns,
}

impl ClientQueue {
    pub(super) fn new(limit: Option<Limit>) -> Self {
        Self {
            stages: Stages::new(limit),
            budget: Budget::for_client(),
            rings: Rings::default(),
            turns: Turns::default(),
        }
    }

    /// Returns true if a new call of the lane would be the first.
    pub(super) fn is_clear(&self, lane: Lane) -> bool {
        self.rings.ring(Lane::Interactive).is_empty()
            && (lane == Lane::Interactive || self.rings.ring(Lane::Background).is_empty())
    }
}

impl State {
    /// Updates an account's entry in the client's rings after any event that concerns the account.
    pub(super) fn update(&mut self, account: &Arc<str>, now: Instant) {
        let Some(queue) = self.accounts.get_mut(account) else {
            return;
        };
        for lane in &mut queue.lanes {
            // The timers of these calls fired, but nothing polled them. They queue again when polled.
            while lane.is_front_overdue(OFFER_LASTS, now) {
                lane.pop_front();
                self.is_unanswered = true;
            }
        }
        match queue.next_turn(now) {
            NextTurn::Ready(lane) if queue.queued.is_none_or(|(queued, _)| queued != lane) => {
                self.client.rings.push(account, lane, &mut queue.queued);
            }
            NextTurn::Ready(_) => {}
            NextTurn::At(lane, at) => {
                self.client.rings.remove(&mut queue.queued);
                if let (Some(at), Some(first)) = (at, queue.lane(lane).front_mut()) {
                    Self::wake_by(first, at, &mut self.to_wake);
                }
            }
            NextTurn::NothingWaits => self.client.rings.remove(&mut queue.queued),
        }
    }

    /// Wakes a call whose timer would fire too late.
    fn wake_by(waiting: &mut Waiting, at: Instant, to_wake: &mut Vec<Waker>) {
        if waiting.armed > at {
            waiting.armed = at;
            to_wake.push(waiting.waker.clone());
        }
    }

    /// Hands out the turns that have come, to one account after the other.
    pub(super) fn dispatch(&mut self, now: Instant) {
        self.revoke_offers(now);
        loop {
            let lanes = if self.owes_a_turn(now) {
                [Lane::Background, Lane::Interactive]
            } else {
                Lane::ALL
            };
            if !lanes.into_iter().any(|lane| self.dispatch_one(lane, now)) {
                return;
            }
        }
    }

    /// Returns true if the first background call has waited so long that it precedes interactive ones.
    pub(super) fn owes_a_turn(&mut self, now: Instant) -> bool {
        if !self.client.turns.owes_one() {
            return false;
        }
        let queue = self.first_in_ring(Lane::Background);
        queue.is_some_and(|queue| queue.lane(Lane::Background).is_starved(now))
    }

    /// Offers the next turn of a lane to the first call of its ring; returns false if no call can be sent.
    fn dispatch_one(&mut self, lane: Lane, now: Instant) -> bool {
        while let Some(entry) = self.client.rings.ring(lane).front() {
            let account = Arc::clone(&entry.account);
            let at = self.client.stages.ready_at(lane, now);
            if at.is_none_or(|at| at > now) {
                self.arm_ring(lane, at);
                return false;
            }
            let Some(queue) = self.accounts.get_mut(&account) else {
                return false;
            };
            // Taken out before the call is served: `update` appends the account again at the end, which makes
            // accounts take turns.
            self.client.rings.remove(&mut queue.queued);
            let mut is_served = false;
            let is_ready = queue.next_turn(now) == NextTurn::Ready(lane);
            let first = if is_ready { queue.lane(lane).pop_front() } else { None };
            if let Some((ticket, waiting)) = first {
                let places = Places::take(queue, &mut self.client, lane, now);
                let offer = Offer { account: Arc::clone(&account), places, made: now };
                self.offers.insert(ticket, offer);
                self.offered.push_back((now, ticket));
                self.to_wake.push(waiting.waker);
                is_served = true;
            }
            self.update(&account, now);
            if is_served {
                return true;
            }
        }
        false
    }

    /// The first account in the ring of a lane.
    fn first_in_ring(&mut self, lane: Lane) -> Option<&mut AccountQueue> {
        let entry = self.client.rings.ring(lane).front()?;
        self.accounts.get_mut(&entry.account)
    }

    /// Sets the timer of the first call of the first account in a ring: it is the one that waits for the
    /// client's limits.
    fn arm_ring(&mut self, lane: Lane, at: Option<Instant>) {
        let entry = self.client.rings.ring(lane).front();
        let queue = entry.and_then(|entry| self.accounts.get_mut(&entry.account));
        let first = queue.and_then(|queue| queue.lane(lane).front_mut());
        if let (Some(at), Some(first)) = (at, first) {
            Self::wake_by(first, at, &mut self.to_wake);
        }
    }

    /// Revokes turns that were not taken because nothing polls their calls. These calls queue again, in
    /// front, when they are polled.
    fn revoke_offers(&mut self, now: Instant) {
        while let Some((made, ticket)) = self.offered.front().copied() {
            // A ticket may have a newer offer than this entry, for example after it lost its first one.
            let is_current = self.offers.get(&ticket).is_some_and(|offer| offer.made == made);
            if is_current && now < made + self.offer_lasts() {
                return;
            }
            self.offered.pop_front();
            if let Some(mut offer) = is_current.then(|| self.offers.remove(&ticket)).flatten() {
                self.is_unanswered = true;
                if let Some(queue) = self.accounts.get_mut(&offer.account) {
                    queue.stages.cancel(&mut offer.places.account, now);
                }
                self.client.stages.cancel(&mut offer.places.client, now);
                self.update(&offer.account, now);
            }
        }
    }

    pub(super) fn offer_lasts(&self) -> Duration {
        if self.is_unanswered { OFFER_LASTS_BRIEFLY } else { OFFER_LASTS }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::admission::accounts::Accounts;

    #[test]
    fn the_client_is_clear_if_no_account_goes_first() {
        let now = Instant::now();
        for (waiting, interactive, background) in [
            (None, true, true),
            (Some(Lane::Background), true, false),
            (Some(Lane::Interactive), false, false),
        ] {
            let mut client = ClientQueue::new(None);
            let mut accounts = Accounts::new(None);
            let account: Arc<str> = "a".into();
            if let Some(lane) = waiting {
                client.rings.push(&account, lane, &mut accounts.queue(&account, now).queued);
            }
            assert_eq!(client.is_clear(Lane::Interactive), interactive, "{waiting:?}");
            assert_eq!(client.is_clear(Lane::Background), background, "{waiting:?}");
        }
    }
}

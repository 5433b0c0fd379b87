//! All state of a client's admission; it is changed under one lock and never waits.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use tokio::time::Instant;

use super::account_queue::{AccountQueue, Waiting};
use super::accounts::Accounts;
use super::dispatch::{ClientQueue, Offer};
use super::{AdmissionRequest, Denial, Ticket};
use crate::policy::lane::Lane;
use crate::policy::stages::Reservation;
use crate::policy::throttle::Throttle;

/// The timer of a call whose turn cannot be foreseen.
pub(super) const FAR: Duration = Duration::from_secs(86_400);

/// The slots of one admitted call in its account's and in the client's limits.
#[derive(Debug, Default)]
pub(super) struct Places {
    pub(super) account: Reservation,
    pub(super) client: Reservation,
}

impl Places {
    /// Takes the turn of a call at its account's limits and at those of the client.
    pub(super) fn take(
        queue: &mut AccountQueue,
        client: &mut ClientQueue,
        lane: Lane,
        now: Instant,
    ) -> Self {
        queue.turns.count(lane);
        client.turns.count(lane);
        Self { account: queue.stages.reserve(lane, now), client: client.stages.reserve(lane, now) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.account.is_empty() && self.client.is_empty()
    }
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) accounts: Accounts,
    pub(super) client: ClientQueue,
    pub(super) offers: BTreeMap<Ticket, Offer>,
    /// The offers in the order in which they were made; those that were already taken are skipped.
    pub(super) offered: VecDeque<(Instant, Ticket)>,
    /// True if the last offer that ended was not taken.
    pub(super) is_unanswered: bool,
    last_ticket: u64,
    /// The two accounts whose gates, closed by Truto's own 429, open last.
    pub(super) own_429s: [Option<(Arc<str>, Instant)>; 2],
    /// The wakers to wake once the lock is released.
    pub(super) to_wake: Vec<Waker>,
}

/// A call that waits, as [`State::poll`] sees it.
#[derive(Debug)]
pub(super) struct Waiter {
    pub(super) account: Arc<str>,
    pub(super) lane: Lane,
    pub(super) ticket: Ticket,
    pub(super) until: Option<Instant>,
    pub(super) since: Instant,
    /// The number of calls of the lane in front of it when it queued, and the number that had left the
    /// queue by then.
    pub(super) ahead: usize,
    pub(super) left: u64,
}

/// The result of polling a waiting call.
#[derive(Debug)]
pub(super) enum Polled {
    Admitted(Places),
    Denied(Denial),
    /// Not yet; to be polled again at this time.
    Wait(Instant),
}

impl State {
    pub(super) fn new(throttle: Throttle) -> Self {
        Self {
            accounts: Accounts::new(throttle.account_limit()),
            client: ClientQueue::new(throttle.token_limit()),
            offers: BTreeMap::new(),
            offered: VecDeque::new(),
            is_unanswered: false,
            last_ticket: 0,
            own_429s: [None, None],
            to_wake: Vec::new(),
        }
    }

    #[cfg(test)]
    pub(super) fn has_no_offers(&self) -> bool {
        self.offers.is_empty() && self.client.rings.is_empty()
    }

    /// Admits a call that nothing delays; otherwise returns a waiter to poll.
    pub(super) fn try_admit(
        &mut self,
        account: &Arc<str>,
        request: &AdmissionRequest,
        now: Instant,
    ) -> (Ticket, Result<Places, Waiter>) {
        let lane = if request.is_background { Lane::Background } else { Lane::Interactive };
        let is_owed = lane == Lane::Interactive && self.owes_a_turn(now);
        let queue = self.accounts.queue(account, now);
        let ticket = request.ticket.unwrap_or_else(|| {
            // Only first attempts earn: retries that earn retries would let the budget feed itself.
            queue.budget.deposit(now);
            self.client.budget.deposit(now);
            self.last_ticket += 1;
            Ticket(self.last_ticket)
        });
        if queue.is_empty() {
            queue.stages.forget_gate(now);
        }
        if self.client.rings.is_empty() {
            self.client.stages.forget_gate(now);
        }
        let is_clear = queue.is_clear(lane, now)
            && queue.stages.ready_at(lane, now).is_some_and(|at| at <= now)
            && self.client.is_clear(lane)
            && !is_owed
            && self.client.stages.ready_at(lane, now).is_some_and(|at| at <= now);
        if is_clear {
            return (ticket, Ok(Places::take(queue, &mut self.client, lane, now)));
        }
        let own = queue.lane(lane);
        // A later attempt of a call keeps its place in the order, which is in front of most.
        let ahead = if request.ticket.is_none() { own.waiting.len() } else { 0 };
        let left = own.left;
        let (account, until) = (Arc::clone(account), request.until);
        (ticket, Err(Waiter { account, lane, ticket, until, since: now, ahead, left }))
    }

    /// Polls a waiting call: takes its turn, ends it, or returns the time to poll it again.
    pub(super) fn poll(&mut self, waiter: &Waiter, waker: &Waker, now: Instant) -> Polled {
        // First: every later step may revoke the offer.
        if let Some(places) = self.take_offer(waiter, now) {
            return Polled::Admitted(places);
        }
        // Queues the call, then hands out turns, and checks the deadline last: a call whose turn has come
        // takes it even if it would otherwise be denied.
        self.enqueue(waiter, waker, now);
        self.update(&waiter.account, now);
        self.dispatch(now);
        if let Some(places) = self.take_offer(waiter, now) {
            return Polled::Admitted(places);
        }
        if let Some(denial) = self.check_deadline(waiter, now) {
            self.leave(waiter, now);
            return Polled::Denied(denial);
        }
        // At least one tick of tokio's timer, so that the loop in `WaiterFuture` always waits.
        let at = self.next_poll(waiter, now).max(now + Duration::from_millis(1));
        let at = waiter.until.map_or(at, |until| at.min(until));
        let queue = self.accounts.get_mut(&waiter.account);
        let lane = queue.map(|queue| queue.lane(waiter.lane));
        if let Some(waiting) = lane.and_then(|lane| lane.waiting.get_mut(&waiter.ticket)) {
            waiting.armed = at;
        }
        Polled::Wait(at)
    }

    /// Takes the call's offer, if its slots have not lapsed.
    fn take_offer(&mut self, waiter: &Waiter, now: Instant) -> Option<Places> {
        let offer = self.offers.remove(&waiter.ticket)?;
        self.is_unanswered = false;
        if self.holds(&offer.account, &offer.places, now) {
            return Some(offer.places);
        }
        self.cancel(&offer.account, offer.places, now);
        None
    }

    /// Inserts the call into its queue. A call that lost its turn because nothing polled it returns to
    /// its former position, by its ticket.
    fn enqueue(&mut self, waiter: &Waiter, waker: &Waker, now: Instant) {
        let queue = self.accounts.queue(&waiter.account, now);
        let entry = queue.lane(waiter.lane).waiting.entry(waiter.ticket);
        let waiting = entry.or_insert_with(|| Waiting {
            waker: waker.clone(),
            since: waiter.since,
            armed: now,
        });
        waiting.waker.clone_from(waker);
        // It is being polled, so it needs no waking until it has a timer.
        waiting.armed = now;
    }

    /// The call gives up.
    pub(super) fn leave(&mut self, waiter: &Waiter, now: Instant) {
        if let Some(offer) = self.offers.remove(&waiter.ticket) {
            self.cancel(&offer.account, offer.places, now);
        } else if let Some(queue) = self.accounts.get_mut(&waiter.account) {
            queue.lane(waiter.lane).remove(waiter.ticket);
            self.update(&waiter.account, now);
            self.dispatch(now);
        }
    }

    /// Nothing was sent on these slots, so they are freed at once.
    pub(super) fn cancel(&mut self, account: &Arc<str>, mut places: Places, now: Instant) {
        if let Some(queue) = self.accounts.get_mut(account) {
            queue.stages.cancel(&mut places.account, now);
        }
        self.client.stages.cancel(&mut places.client, now);
        self.update(account, now);
        self.dispatch(now);
    }

    /// A connection begins to take the request.
    pub(super) fn commit(&mut self, account: &Arc<str>, places: &mut Places, now: Instant) {
        if let Some(queue) = self.accounts.get_mut(account) {
            queue.stages.commit(&mut places.account, now);
        }
        self.client.stages.commit(&mut places.client, now);
    }

    /// The server has counted the call.
    pub(super) fn settle(&mut self, account: &Arc<str>, mut places: Places, now: Instant) {
        if let Some(queue) = self.accounts.get_mut(account) {
            queue.stages.settle(&mut places.account, now);
        }
        self.client.stages.settle(&mut places.client, now);
        self.update(account, now);
        self.dispatch(now);
    }

    /// Returns true if a call that was not yet sent still has its slots.
    pub(super) fn holds(&mut self, account: &str, places: &Places, now: Instant) -> bool {
        let queue = self.accounts.get_mut(account);
        queue.is_none_or(|queue| queue.stages.holds(&places.account, now))
            && self.client.stages.holds(&places.client, now)
    }
}

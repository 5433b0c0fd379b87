//! The decisions: all state of a client's admission, changed under one lock without ever waiting.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use tokio::time::Instant;

use super::account_queue::{Accounts, Next, Turns, Waiting};
use super::{AdmissionRequest, HeldBack, HeldBackBy, Ticket};
use crate::policy::budget::Budget;
use crate::policy::lane::Lane;
use crate::policy::stages::{Reservation, Stages};
use crate::policy::throttle::Throttle;

/// A call that does not take its turn within this time loses it to the next one.
const OFFER_LASTS: Duration = Duration::from_millis(500);
/// As above, while calls in front have just been found not to respond.
const OFFER_LASTS_BRIEFLY: Duration = Duration::from_millis(25);

/// A call in line that is not the first one looks after the line so long after the first one's turn,
/// in case that nothing polls the first one. With more calls in line each looks more rarely.
const WATCH_AFTER: Duration = Duration::from_millis(250);
const WATCHERS: usize = 64;

/// While calls wait behind a gate, responses are observed for so long after the last one.
const FOLLOW: Duration = Duration::from_secs(60);

/// The timer of a call whose turn never comes.
const FAR: Duration = Duration::from_secs(86_400);

/// The places of one admitted call at its account's and at the client's limits.
#[derive(Debug, Default)]
pub(super) struct Places {
    pub(super) account: Reservation,
    pub(super) client: Reservation,
}

impl Places {
    pub(super) fn is_empty(&self) -> bool {
        self.account.is_empty() && self.client.is_empty()
    }
}

/// A turn that a waiting call got and has not taken yet.
#[derive(Debug)]
struct Offer {
    account: Arc<str>,
    places: Places,
    made: Instant,
}

/// The client as a whole: its limits, and the accounts whose first call could go, in turns.
#[derive(Debug)]
pub(super) struct ClientQueue {
    pub(super) stages: Stages,
    pub(super) budget: Budget,
    rings: [VecDeque<RingEntry>; Lane::COUNT],
    last_entry: u64,
    turns: Turns,
}

/// An account's turn at the client's limits. An entry whose number is no longer that of the account's
/// queue is stale.
#[derive(Debug)]
struct RingEntry {
    account: Arc<str>,
    number: u64,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) accounts: Accounts,
    pub(super) client: ClientQueue,
    offers: BTreeMap<Ticket, Offer>,
    /// The offers in the order in which they were made; those that were taken are skipped.
    offered: VecDeque<(Instant, Ticket)>,
    /// The last offer that ended was not taken.
    is_unanswered: bool,
    last_ticket: u64,
    /// The two accounts whose gates, closed by Truto's own 429s, open last.
    own_429s: [Option<(Arc<str>, Instant)>; 2],
    /// To be woken once the lock is released.
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
    /// Calls of the lane in front when it lined up, and those that had left the line by then.
    pub(super) ahead: usize,
    pub(super) left: u64,
}

/// The result of a look at a waiting call.
#[derive(Debug)]
pub(super) enum Polled {
    Admitted(Places),
    HeldBack(HeldBack),
    /// Not yet; to be looked at again then.
    Wait(Instant),
}

impl State {
    pub(super) fn new(throttle: Throttle) -> Self {
        Self {
            accounts: Accounts::new(throttle.account_limit()),
            client: ClientQueue {
                stages: Stages::new(throttle.token_limit()),
                budget: Budget::for_client(),
                rings: Default::default(),
                last_entry: 0,
                turns: Turns::default(),
            },
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
        self.offers.is_empty() && self.client.rings.iter().all(VecDeque::is_empty)
    }

    /// Admits a call that nothing holds back; else a waiter that is to be polled.
    pub(super) fn try_admit(
        &mut self,
        account: &Arc<str>,
        request: &AdmissionRequest,
        now: Instant,
    ) -> (Ticket, Result<Places, Waiter>) {
        let lane = if request.is_background { Lane::Background } else { Lane::Interactive };
        let queue = self.accounts.queue(account, now);
        let ticket = request.ticket.unwrap_or_else(|| {
            queue.budget.deposit(now);
            self.client.budget.deposit(now);
            self.last_ticket += 1;
            Ticket(self.last_ticket)
        });
        if queue.is_empty() {
            queue.stages.forget_gate(now);
        }
        if self.client.rings.iter().all(VecDeque::is_empty) {
            self.client.stages.forget_gate(now);
        }
        let is_clear = queue.is_clear(lane, now)
            && queue.stages.ready_at(lane, now).is_some_and(|at| at <= now)
            && self.client.is_clear(lane)
            && self.client.stages.ready_at(lane, now).is_some_and(|at| at <= now);
        if is_clear {
            queue.turns.count(lane);
            self.client.turns.count(lane);
            let places = Places {
                account: queue.stages.reserve(lane, now),
                client: self.client.stages.reserve(lane, now),
            };
            return (ticket, Ok(places));
        }
        let line = queue.line(lane);
        // A later attempt of a call keeps its place in the order, which is in front of most.
        let ahead = if request.ticket.is_none() { line.waiting.len() } else { 0 };
        let left = line.left;
        let (account, until) = (Arc::clone(account), request.until);
        (ticket, Err(Waiter { account, lane, ticket, until, since: now, ahead, left }))
    }

    /// Looks at a waiting call: takes its turn, ends it, or says when to look again.
    pub(super) fn poll(&mut self, waiter: &Waiter, waker: &Waker, now: Instant) -> Polled {
        // Before anything else, which might revoke it.
        if let Some(places) = self.take_offer(waiter, now) {
            return Polled::Admitted(places);
        }
        self.line_up(waiter, waker, now);
        self.update(&waiter.account, now);
        self.dispatch(now);
        if let Some(places) = self.take_offer(waiter, now) {
            return Polled::Admitted(places);
        }
        if let Some(held_back) = self.held_back(waiter, now) {
            self.leave(waiter, now);
            return Polled::HeldBack(held_back);
        }
        let at = self.look_again_at(waiter, now).max(now + Duration::from_millis(1));
        let at = waiter.until.map_or(at, |until| at.min(until));
        if let Some(queue) = self.accounts.get_mut(&waiter.account)
            && let Some(waiting) = queue.line(waiter.lane).waiting.get_mut(&waiter.ticket)
        {
            waiting.armed = at;
        }
        Polled::Wait(at)
    }

    /// Takes the call's offer, if its places have not lapsed.
    fn take_offer(&mut self, waiter: &Waiter, now: Instant) -> Option<Places> {
        let offer = self.offers.remove(&waiter.ticket)?;
        self.is_unanswered = false;
        if self.holds(&offer.account, &offer.places, now) {
            return Some(offer.places);
        }
        self.cancel(&offer.account, offer.places, now);
        None
    }

    /// Puts the call in its place in line. A call that lost its turn since nothing polled it gets back
    /// to where it was, by its ticket.
    fn line_up(&mut self, waiter: &Waiter, waker: &Waker, now: Instant) {
        let queue = self.accounts.queue(&waiter.account, now);
        let entry = queue.line(waiter.lane).waiting.entry(waiter.ticket);
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
            queue.line(waiter.lane).remove(waiter.ticket);
            self.update(&waiter.account, now);
            self.dispatch(now);
        }
    }

    /// Nothing was sent on these places: they are free at once.
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

    /// The server has counted the call by now.
    pub(super) fn settle(&mut self, account: &Arc<str>, mut places: Places, now: Instant) {
        if let Some(queue) = self.accounts.get_mut(account) {
            queue.stages.settle(&mut places.account, now);
        }
        self.client.stages.settle(&mut places.client, now);
        self.update(account, now);
        self.dispatch(now);
    }

    /// Whether a call that is not sent yet still has its places.
    pub(super) fn holds(&mut self, account: &str, places: &Places, now: Instant) -> bool {
        let queue = self.accounts.get_mut(account);
        queue.is_none_or(|queue| queue.stages.holds(&places.account, now))
            && self.client.stages.holds(&places.client, now)
    }

    /// A 429 asks an account to wait. If Truto itself also holds back another account at this time, it
    /// is the limit of the token that is used up, so the whole client waits.
    pub(super) fn close_gates(
        &mut self,
        account: &Arc<str>,
        wait: Duration,
        stated: Option<Duration>,
        is_own: bool,
        now: Instant,
    ) {
        self.accounts.queue(account, now).stages.close_gate(now, wait, stated);
        if is_own {
            let is_other = |(other, opens): &(Arc<str>, Instant)| other != account && *opens > now;
            if self.own_429s.iter().flatten().any(is_other) {
                self.client.stages.close_gate(now, wait, None);
            }
            self.remember_own_429(account, now + wait);
        }
    }

    /// A response that is no 429: the gates learn that its call passed.
    pub(super) fn pass_gates(&mut self, account: &Arc<str>, now: Instant) {
        if let Some(queue) = self.accounts.get_mut(account) {
            queue.stages.pass_gate(now);
        }
        self.client.stages.pass_gate(now);
    }

    /// Until when the gates of an account and of the client need to see responses.
    pub(super) fn gates_rest(&mut self, account: &str, now: Instant) -> Option<Instant> {
        let queue = self.accounts.get_mut(account);
        let waits = queue.as_ref().is_some_and(|queue| !queue.is_empty());
        let own = queue.and_then(|queue| queue.stages.gate_rests());
        let rests = own.max(self.client.stages.gate_rests())?;
        Some(if waits { rests.max(now + FOLLOW) } else { rests })
    }

    fn remember_own_429(&mut self, account: &Arc<str>, opens: Instant) {
        let is_same = |entry: &&mut Option<(Arc<str>, Instant)>| {
            entry.as_ref().is_some_and(|(other, _)| other == account)
        };
        let entry = match self.own_429s.iter_mut().find(is_same) {
            Some(same) => Some(same),
            None => self.own_429s.iter_mut().min_by_key(|entry| entry.as_ref().map(|(_, at)| *at)),
        };
        if let Some(entry) = entry
            && entry.as_ref().is_none_or(|(_, at)| *at < opens)
        {
            *entry = Some((Arc::clone(account), opens));
        }
    }

    /// Brings an account's turn at the client's limits up to date after anything that concerns it.
    pub(super) fn update(&mut self, account: &Arc<str>, now: Instant) {
        let Some(queue) = self.accounts.get_mut(account) else {
            return;
        };
        for line in &mut queue.lines {
            // Their timers went off and nothing polled them. They line up again when something does.
            while line.is_front_overdue(OFFER_LASTS, now) {
                line.pop_front();
                self.is_unanswered = true;
            }
        }
        match queue.next(now) {
            Next::Ready(lane) if queue.queued.is_none_or(|(queued, _)| queued != lane) => {
                self.client.last_entry += 1;
                let number = self.client.last_entry;
                queue.queued = Some((lane, number));
                let entry = RingEntry { account: Arc::clone(account), number };
                self.client.rings[lane.index()].push_back(entry);
            }
            Next::Ready(_) => {}
            Next::At(lane, at) => {
                queue.queued = None;
                if let (Some(at), Some(first)) = (at, queue.line(lane).front_mut()) {
                    Self::wake_by(first, at, &mut self.to_wake);
                }
            }
            Next::NothingWaits => queue.queued = None,
        }
    }

    /// Wakes a call that would look after itself too late.
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

    /// Whether the first background call has waited so long that it goes before interactive ones.
    fn owes_a_turn(&mut self, now: Instant) -> bool {
        if !self.client.turns.owes_one() || !self.drop_stale_entries(Lane::Background) {
            return false;
        }
        let entry = self.client.rings[Lane::Background.index()].front();
        let queue = entry.and_then(|entry| self.accounts.get_mut(&entry.account));
        queue.is_some_and(|queue| queue.line(Lane::Background).is_starved(now))
    }

    /// Gives the next turn of a ring to its call; false if no call can go.
    fn dispatch_one(&mut self, lane: Lane, now: Instant) -> bool {
        while self.drop_stale_entries(lane) {
            let at = self.client.stages.ready_at(lane, now);
            if at.is_none_or(|at| at > now) {
                self.arm_ring(lane, at);
                return false;
            }
            let Some(entry) = self.client.rings[lane.index()].pop_front() else {
                return false;
            };
            let Some(queue) = self.accounts.get_mut(&entry.account) else {
                continue;
            };
            queue.queued = None;
            let mut is_served = false;
            if queue.next(now) == Next::Ready(lane)
                && let Some((ticket, waiting)) = queue.line(lane).pop_front()
            {
                queue.turns.count(lane);
                self.client.turns.count(lane);
                let places = Places {
                    account: queue.stages.reserve(lane, now),
                    client: self.client.stages.reserve(lane, now),
                };
                let account = Arc::clone(&entry.account);
                self.offers.insert(ticket, Offer { account, places, made: now });
                self.offered.push_back((now, ticket));
                self.to_wake.push(waiting.waker);
                is_served = true;
            }
            self.update(&entry.account, now);
            if is_served {
                return true;
            }
        }
        false
    }

    /// Removes entries of accounts that have moved on; false if the ring is empty then.
    fn drop_stale_entries(&mut self, lane: Lane) -> bool {
        while let Some(entry) = self.client.rings[lane.index()].front() {
            let queue = self.accounts.get_mut(&entry.account);
            if queue.is_some_and(|queue| queue.queued == Some((lane, entry.number))) {
                return true;
            }
            self.client.rings[lane.index()].pop_front();
        }
        false
    }

    /// The first call of the first account in a ring is the one that waits for the client's limits.
    fn arm_ring(&mut self, lane: Lane, at: Option<Instant>) {
        if let Some(at) = at
            && let Some(entry) = self.client.rings[lane.index()].front()
            && let Some(queue) = self.accounts.get_mut(&entry.account)
            && let Some(first) = queue.line(lane).front_mut()
        {
            Self::wake_by(first, at, &mut self.to_wake);
        }
    }

    /// Takes back turns that were not taken: nothing polls the calls that got them. They line up again,
    /// in front, when they are polled.
    fn revoke_offers(&mut self, now: Instant) {
        while let Some((made, ticket)) = self.offered.front().copied() {
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

    fn offer_lasts(&self) -> Duration {
        if self.is_unanswered { OFFER_LASTS_BRIEFLY } else { OFFER_LASTS }
    }

    /// The end of a call whose turn cannot come within its time.
    fn held_back(&mut self, waiter: &Waiter, now: Instant) -> Option<HeldBack> {
        let turn = self.estimate(waiter, now);
        let is_late = match (turn, waiter.until) {
            (None, _) => true,
            (Some(turn), Some(until)) => turn >= until || now >= until,
            (Some(_), None) => false,
        };
        is_late.then(|| {
            let queue = self.accounts.get_mut(&waiter.account);
            let is_gated = queue.is_some_and(|queue| queue.stages.is_gated(now))
                || self.client.stages.is_gated(now);
            HeldBack {
                wait: turn.map(|turn| turn.saturating_duration_since(now)),
                by: if is_gated { HeldBackBy::Gate } else { HeldBackBy::Throttle },
            }
        })
    }

    /// A lower bound for the call's turn; `None` for never.
    fn estimate(&mut self, waiter: &Waiter, now: Instant) -> Option<Instant> {
        let Some(queue) = self.accounts.get_mut(&waiter.account) else {
            return Some(now);
        };
        let moved = queue.line(waiter.lane).left.saturating_sub(waiter.left);
        let own = waiter.ahead.saturating_sub(usize::try_from(moved).unwrap_or(usize::MAX));
        let all = match waiter.lane {
            Lane::Interactive => own,
            Lane::Background => own + queue.waiting(Lane::Interactive),
        };
        let is_in_ring = queue.queued.is_some();
        let account = queue.stages.estimate(waiter.lane, (all, own), now)?;
        let others = self.client.rings[Lane::Interactive.index()].len()
            + match waiter.lane {
                Lane::Interactive => 0,
                Lane::Background => self.client.rings[Lane::Background.index()].len(),
            };
        let others = others.saturating_sub(usize::from(is_in_ring));
        let client = self.client.stages.estimate(waiter.lane, (all + others, own + others), now)?;
        Some(account.max(client))
    }

    /// The first call in line looks again when its turn comes. Any other one is woken then, and only
    /// looks whether those in front of it respond.
    fn look_again_at(&mut self, waiter: &Waiter, now: Instant) -> Instant {
        let far = now + FAR;
        let Some(queue) = self.accounts.get_mut(&waiter.account) else {
            return far;
        };
        let in_line = queue.waiting(waiter.lane);
        let is_first = queue.line(waiter.lane).front() == Some(waiter.ticket);
        let queued = queue.queued;
        let (is_exact, ready, in_line) = match queue.next(now) {
            Next::At(lane, at) => (is_first && lane == waiter.lane, at, in_line),
            Next::Ready(lane) => {
                let ring = &self.client.rings[lane.index()];
                let is_next = ring.front().map(|entry| (lane, entry.number)) == queued;
                let at = self.client.stages.ready_at(lane, now);
                (is_first && is_next && lane == waiter.lane, at, in_line + ring.len())
            }
            Next::NothingWaits => return far,
        };
        let ready = ready.unwrap_or(far);
        if is_exact {
            return ready;
        }
        let lapses = self.offered.front().map(|(made, _)| *made + self.offer_lasts());
        let ready = lapses.map_or(ready, |lapses| ready.min(lapses)).max(now);
        if self.is_unanswered {
            return ready + Duration::from_millis(5);
        }
        let rarer = u32::try_from(in_line.div_ceil(WATCHERS)).unwrap_or(u32::MAX).max(1);
        ready.checked_add(WATCH_AFTER.saturating_mul(rarer)).map_or(far, |at| at.min(far))
    }
}

impl ClientQueue {
    /// Whether a new call of the lane has no other call in front of it.
    fn is_clear(&self, lane: Lane) -> bool {
        self.rings[Lane::Interactive.index()].is_empty()
            && (lane == Lane::Interactive || self.rings[Lane::Background.index()].is_empty())
    }
}

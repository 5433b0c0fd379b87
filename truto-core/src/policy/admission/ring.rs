//! The accounts whose first call could go, in the order of their turns at the client's limits.

use std::collections::VecDeque;
use std::sync::Arc;

use super::accounts::Accounts;
use crate::policy::lane::Lane;

/// Stale entries that a ring may have beyond its other ones.
const MAX_STALE: usize = 64;

/// The place of an account in the ring of a lane. `None` for an account that has none.
pub(super) type RingPlace = Option<(Lane, u64)>;

/// An account's turn at the client's limits. An entry is stale once the account has another place:
/// removing it from the middle would be linear in the number of accounts.
#[derive(Debug)]
pub(super) struct RingEntry {
    pub(super) account: Arc<str>,
    pub(super) number: u64,
}

/// One lane's ring. Each account has at most one entry that is not stale.
#[derive(Debug)]
pub(super) struct Ring {
    lane: Lane,
    entries: VecDeque<RingEntry>,
    /// Entries that are not stale.
    live: usize,
}

impl Ring {
    /// The accounts in the ring.
    pub(super) fn len(&self) -> usize {
        self.live
    }

    pub(super) fn is_empty(&self) -> bool {
        self.live == 0
    }

    /// The entries in memory, stale ones included.
    #[cfg(test)]
    pub(super) fn stored(&self) -> usize {
        self.entries.len()
    }

    /// Panics if the count of live entries is wrong.
    #[cfg(test)]
    pub(super) fn assert_consistent(&self, accounts: &Accounts) {
        let live = self.entries.iter().filter(|entry| !self.is_stale(entry, accounts)).count();
        let places = accounts.queues.values().filter_map(|queue| queue.queued);
        let accounts = places.filter(|(lane, _)| *lane == self.lane).count();
        assert_eq!((self.live, self.live), (live, accounts));
    }

    fn is_stale(&self, entry: &RingEntry, accounts: &Accounts) -> bool {
        let queue = accounts.queues.get(&entry.account);
        queue.is_none_or(|queue| queue.queued != Some((self.lane, entry.number)))
    }

    /// The next account, after the stale entries in front of it are removed.
    pub(super) fn front(&mut self, accounts: &Accounts) -> Option<&RingEntry> {
        while self.entries.front().is_some_and(|entry| self.is_stale(entry, accounts)) {
            self.entries.pop_front();
        }
        self.entries.front()
    }

    /// Removes stale entries once they are most of the ring, so that each costs constant time.
    fn compact(&mut self, accounts: &Accounts) {
        if self.entries.len() > 2 * self.live + MAX_STALE {
            let mut entries = std::mem::take(&mut self.entries);
            entries.retain(|entry| !self.is_stale(entry, accounts));
            self.entries = entries;
        }
    }
}

/// The rings of all lanes.
#[derive(Debug)]
pub(super) struct Rings {
    rings: [Ring; Lane::COUNT],
    last_number: u64,
}

impl Rings {
    pub(super) fn new() -> Self {
        let ring = |lane| Ring { lane, entries: VecDeque::new(), live: 0 };
        Self { rings: Lane::ALL.map(ring), last_number: 0 }
    }

    pub(super) fn ring(&self, lane: Lane) -> &Ring {
        &self.rings[lane.index()]
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rings.iter().all(Ring::is_empty)
    }

    pub(super) fn front(&mut self, lane: Lane, accounts: &Accounts) -> Option<&RingEntry> {
        self.rings[lane.index()].front(accounts)
    }

    /// Appends an account, whose former entry becomes stale.
    pub(super) fn push(&mut self, account: &Arc<str>, lane: Lane, accounts: &mut Accounts) {
        let Some(queue) = accounts.get_mut(account) else {
            return;
        };
        self.remove(&mut queue.queued);
        self.last_number += 1;
        queue.queued = Some((lane, self.last_number));
        let ring = &mut self.rings[lane.index()];
        ring.live += 1;
        let entry = RingEntry { account: Arc::clone(account), number: self.last_number };
        ring.entries.push_back(entry);
        ring.compact(accounts);
    }

    /// Takes an account out of its ring: its entry becomes stale.
    pub(super) fn remove(&mut self, place: &mut RingPlace) {
        if let Some((lane, _)) = place.take() {
            self.rings[lane.index()].live -= 1;
        }
    }

    /// A lower bound for the number of other accounts in a lane's ring that have a turn before a call of
    /// an account with this place: those in front of it, or all of them if other calls of the same account
    /// come first, since the account then queues again at the end.
    pub(super) fn accounts_ahead(
        &self,
        lane: Lane,
        place: RingPlace,
        is_behind_own: bool,
    ) -> usize {
        let ring = self.ring(lane);
        match place.filter(|(queued, _)| *queued == lane) {
            Some(_) if is_behind_own => ring.live.saturating_sub(1),
            Some((_, number)) => {
                let in_front = ring.entries.partition_point(|entry| entry.number < number);
                // Any of them may be stale. Counting those would refuse a call whose turn is near.
                in_front.saturating_sub(ring.entries.len() - ring.live)
            }
            None => ring.live,
        }
    }
}

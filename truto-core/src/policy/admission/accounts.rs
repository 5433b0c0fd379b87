//! The accounts of a client; idle ones are dropped.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use tokio::time::Instant;

use super::account_queue::AccountQueue;
use crate::policy::window::Limit;

/// The number of accounts up to which idle ones are not dropped. They take about 2 MB.
pub(super) const MIN_ACCOUNTS: usize = 1024;

/// The number of maps. One that grows moves its entries while all calls of the client wait for the lock:
/// a single map of a million accounts would stop them for a large part of a second.
const SHARDS: usize = 128;

/// The queues of some accounts. They are boxed, since a map moves its entries and allocates space for more.
type Shard = HashMap<Arc<str>, Box<AccountQueue>>;

/// The accounts that are in use.
#[derive(Debug)]
pub(super) struct Accounts {
    shards: Vec<Shard>,
    /// The known accounts in the order in which they are checked for idleness.
    ages: VecDeque<Arc<str>>,
    /// The number of accounts that the next call checks.
    idle_checks: usize,
    limit: Option<Limit>,
}

impl Accounts {
    pub(super) fn new(limit: Option<Limit>) -> Self {
        let shards = (0..SHARDS).map(|_| Shard::new()).collect();
        Self { shards, ages: VecDeque::new(), idle_checks: 0, limit }
    }

    /// Returns the queue of an account. For each new account, two others are checked and dropped if they
    /// are idle, so that no call has to check all accounts.
    pub(super) fn queue(&mut self, account: &Arc<str>, now: Instant) -> &mut AccountQueue {
        for _ in 0..std::mem::take(&mut self.idle_checks) {
            self.forget_idle(account, now);
        }
        match self.shards[shard_of(account)].entry(Arc::clone(account)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                self.ages.push_back(Arc::clone(account));
                self.idle_checks = if self.ages.len() > MIN_ACCOUNTS { 2 } else { 0 };
                new.insert(Box::new(AccountQueue::new(self.limit)))
            }
        }
    }

    fn forget_idle(&mut self, in_use: &Arc<str>, now: Instant) {
        let Some(oldest) = self.ages.pop_front() else {
            return;
        };
        let shard = &mut self.shards[shard_of(&oldest)];
        // The account in use would be created again at once.
        let is_idle = |queue: &mut Box<AccountQueue>| oldest != *in_use && queue.is_idle(now);
        if shard.get_mut(&oldest).is_some_and(is_idle) {
            shard.remove(&oldest);
        } else {
            self.ages.push_back(oldest);
        }
    }

    pub(super) fn get_mut(&mut self, account: &str) -> Option<&mut AccountQueue> {
        self.shards[shard_of(account)].get_mut(account).map(|queue| &mut **queue)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.shards.iter().map(Shard::len).sum()
    }

    #[cfg(test)]
    pub(super) fn all(&mut self) -> impl Iterator<Item = &mut AccountQueue> {
        self.shards.iter_mut().flat_map(Shard::values_mut).map(|queue| &mut **queue)
    }
}

/// The shard of an account, from the last characters of its key: those of a UUID are random, and a
/// second hash of the whole would cost each call more than it saves.
fn shard_of(account: &str) -> usize {
    let last = account.bytes().rev().take(4);
    last.fold(0, |hash: usize, byte| hash * 31 + usize::from(byte)) % SHARDS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_accounts_are_dropped_only_beyond_a_minimum() {
        // Every account is idle by then.
        let now = Instant::now() + std::time::Duration::from_secs(300);
        let mut accounts = Accounts::new(None);
        for number in 0..=MIN_ACCOUNTS {
            accounts.queue(&number.to_string().into(), now);
        }
        assert_eq!(accounts.len(), MIN_ACCOUNTS + 1);
        accounts.queue(&"another".into(), now);
        assert_eq!(accounts.len(), MIN_ACCOUNTS);
        assert!(accounts.get_mut("0").is_none() && accounts.get_mut("2").is_some());
    }

    #[test]
    fn accounts_are_spread_over_the_shards() {
        let mut counts = [0; SHARDS];
        for _ in 0..100 * SHARDS {
            counts[shard_of(&uuid::Uuid::new_v4().to_string())] += 1;
        }
        assert!(counts.iter().all(|count| (20..300).contains(count)), "{counts:?}");
        assert!(["", "a", "é"].iter().all(|short| shard_of(short) < SHARDS));
    }
}

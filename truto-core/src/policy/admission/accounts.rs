//! The accounts of a client, and when the idle ones are forgotten.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use tokio::time::Instant;

use super::account_queue::AccountQueue;
use crate::policy::window::Limit;

/// The number of accounts up to which idle ones are not dropped.
pub(super) const MIN_ACCOUNTS: usize = 1024;

/// The accounts that are in use.
#[derive(Debug)]
pub(super) struct Accounts {
    pub(super) queues: HashMap<Arc<str>, AccountQueue>,
    /// The known accounts in the order in which they are checked for idleness.
    ages: VecDeque<Arc<str>>,
    /// The number of accounts that the next call checks.
    to_look_at: usize,
    limit: Option<Limit>,
}

impl Accounts {
    pub(super) fn new(limit: Option<Limit>) -> Self {
        Self { queues: HashMap::new(), ages: VecDeque::new(), to_look_at: 0, limit }
    }

    /// Returns the queue of an account. For each new account, two others are checked and dropped if they
    /// are idle, so that no call has to check all accounts.
    pub(super) fn queue(&mut self, account: &Arc<str>, now: Instant) -> &mut AccountQueue {
        for _ in 0..std::mem::take(&mut self.to_look_at) {
            self.forget_idle(account, now);
        }
        match self.queues.entry(Arc::clone(account)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                self.ages.push_back(Arc::clone(account));
                self.to_look_at = if self.ages.len() > MIN_ACCOUNTS { 2 } else { 0 };
                new.insert(AccountQueue::new(self.limit))
            }
        }
    }

    fn forget_idle(&mut self, in_use: &Arc<str>, now: Instant) {
        let Some(oldest) = self.ages.pop_front() else {
            return;
        };
        let is_idle = |queue: &mut AccountQueue| oldest != *in_use && queue.is_idle(now);
        if self.queues.get_mut(&oldest).is_some_and(is_idle) {
            self.queues.remove(&oldest);
        } else {
            self.ages.push_back(oldest);
        }
    }

    pub(super) fn get_mut(&mut self, account: &str) -> Option<&mut AccountQueue> {
        self.queues.get_mut(account)
    }
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
        assert_eq!(accounts.queues.len(), MIN_ACCOUNTS + 1);
        accounts.queue(&"another".into(), now);
        assert_eq!(accounts.queues.len(), MIN_ACCOUNTS);
        assert!(accounts.get_mut("0").is_none() && accounts.get_mut("2").is_some());
    }
}

//! The turns of this process.
//!
//! While Redis is unavailable, they count towards this process's share of the limit, including those
//! that Redis granted before. Once Redis is available again, it gets those that it does not know.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

/// Turns of one account, or of the token, in ascending order.
#[derive(Debug, Default)]
struct Window {
    turns: VecDeque<(Instant, u64)>,
}

impl Window {
    /// The earliest turn at or after `from` that keeps every interval of length `span` within the
    /// limit.
    fn fit(&self, limit: usize, span: Duration, from: Instant) -> Instant {
        if limit >= UNLIMITED {
            return from;
        }
        let mut at = from;
        loop {
            let place = self.turns.partition_point(|(turn, _)| *turn <= at);
            // The groups of `limit` consecutive turns around the place, by their first turn. Finds the
            // last group that leaves no room.
            let groups = place.saturating_sub(limit)..=place;
            let blocking = groups.rev().find_map(|first| {
                let (last, _) = self.turns.get(first + limit - 1)?;
                let (first, _) = self.turns.get(first)?;
                let (start, end) = ((*first).min(at), (*last).max(at));
                (end.duration_since(start) < span).then_some(*first)
            });
            match blocking {
                // Later than before, since `at` was less than `span` after `first`: the loop ends.
                Some(first) => at = first + span,
                None => return at,
            }
        }
    }

    fn insert(&mut self, turn: (Instant, u64)) {
        let place = self.turns.partition_point(|other| *other <= turn);
        self.turns.insert(place, turn);
    }

    fn remove(&mut self, turn: (Instant, u64)) {
        if let Ok(place) = self.turns.binary_search(&turn) {
            self.turns.remove(place);
        }
    }
}

/// Limits of this process alone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Share {
    pub(crate) per_token: usize,
    /// The length of the interval to which `per_token` applies.
    pub(crate) token_span: Duration,
    pub(crate) per_account: usize,
}

/// The number that calculations use for "no limit".
pub(crate) const UNLIMITED: usize = usize::MAX >> 1;

/// Slots of one account: their numbers, and the times until they are free again.
pub(crate) type AccountSlots = (Arc<str>, Vec<(u64, Duration)>);

/// Invariant: each turn is in `turns`, in `token` and in the window of its account; no window is empty.
#[derive(Debug)]
pub(crate) struct Ledger {
    window: Duration,
    /// The longest time for which a slot is held.
    held: Duration,
    /// The longest time for which a turn counts.
    kept: Duration,
    token: Window,
    accounts: HashMap<Arc<str>, Window>,
    turns: HashMap<u64, (Instant, Arc<str>)>,
}

impl Ledger {
    pub(crate) fn new(window: Duration, held: Duration, kept: Duration) -> Self {
        let (token, accounts, turns) = Default::default();
        Self { window, held, kept, token, accounts, turns }
    }

    /// Takes a turn of the share; the error is the wait that would be too long.
    pub(crate) fn take(
        &mut self,
        (account, id): (&str, u64),
        share: Share,
        now: Instant,
        longest_wait: Duration,
    ) -> Result<Duration, Duration> {
        self.forget(now);
        let mut turn = now;
        loop {
            let own = self.accounts.get(account);
            let next = own.map_or(turn, |own| own.fit(share.per_account, self.held, turn));
            let next = self.token.fit(share.per_token, share.token_span, next);
            // Each window may move the turn to a time that the other does not allow, so both are asked until
            // neither moves it.
            if next == turn {
                break;
            }
            turn = next;
        }
        let wait = turn.duration_since(now);
        if wait > longest_wait {
            return Err(wait);
        }
        self.insert(id, turn, account.into());
        Ok(wait)
    }

    /// Records a turn that Redis granted.
    pub(crate) fn granted(&mut self, account: &str, id: u64, now: Instant) {
        self.forget(now);
        self.remove(id);
        self.insert(id, now, account.into());
    }

    /// Records that the request of a turn is sent much later than it was due.
    pub(crate) fn sent(&mut self, account: &str, id: u64, now: Instant) {
        self.granted(account, id, now);
    }

    /// Records that the head of the response arrived: the slot is free again one window later.
    pub(crate) fn head(&mut self, id: u64, now: Instant) {
        // On a system that started less than that ago, an earlier `Instant` may not exist; the turn
        // keeps its time.
        let Some(turn) = now.checked_sub(self.held.saturating_sub(self.window)) else { return };
        if self.turns.get(&id).is_some_and(|(at, _)| turn < *at) {
            if let Some((_, account)) = self.remove(id) {
                self.insert(id, turn, account);
            }
        }
    }

    /// Removes a turn whose request was not sent and will not be.
    pub(crate) fn remove(&mut self, id: u64) -> Option<(Instant, Arc<str>)> {
        let (at, account) = self.turns.remove(&id)?;
        self.token.remove((at, id));
        if let Some(own) = self.accounts.get_mut(&account) {
            own.remove((at, id));
            if own.turns.is_empty() {
                self.accounts.remove(&account);
            }
        }
        Some((at, account))
    }

    /// The slots that are not free yet, by account.
    pub(crate) fn slots(&mut self, now: Instant) -> Vec<AccountSlots> {
        self.forget(now);
        let free_in = |(at, id): &(Instant, u64)| {
            let left = (*at + self.held).duration_since(now);
            (!left.is_zero()).then_some((*id, left))
        };
        let slots = self.accounts.iter();
        slots
            .map(|(account, own)| (account.clone(), own.turns.iter().filter_map(free_in).collect()))
            .filter(|(_, slots): &AccountSlots| !slots.is_empty())
            .collect()
    }

    fn insert(&mut self, id: u64, turn: Instant, account: Arc<str>) {
        self.token.insert((turn, id));
        self.accounts.entry(Arc::clone(&account)).or_default().insert((turn, id));
        self.turns.insert(id, (turn, account));
    }

    fn forget(&mut self, now: Instant) {
        while let Some((turn, id)) = self.token.turns.front().copied() {
            if now.saturating_duration_since(turn) < self.kept {
                break;
            }
            self.remove(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{Ledger, Share};

    const SECOND: Duration = Duration::from_secs(1);
    const SHARE: Share =
        Share { per_token: 3, token_span: Duration::from_secs(10), per_account: 2 };
    const LONG: Duration = Duration::from_secs(1000);

    fn ledger() -> Ledger {
        Ledger::new(9 * SECOND, 10 * SECOND, 30 * SECOND)
    }

    fn waits(calls: &[(&str, u64)]) -> Vec<u64> {
        let (mut ledger, start) = (ledger(), Instant::now());
        let taken = calls.iter().zip(0..).map(|((account, after), id)| {
            let now = start + Duration::from_secs(*after);
            ledger.take((account, id), SHARE, now, LONG).expect("a turn").as_secs()
        });
        taken.collect()
    }

    #[test]
    fn no_window_exceeds_either_limit() {
        assert_eq!(waits(&[("a", 0), ("a", 0), ("a", 0)]), [0, 0, 10]);
        assert_eq!(waits(&[("a", 0), ("b", 0), ("c", 0), ("d", 0)]), [0, 0, 0, 10]);
        assert_eq!(waits(&[("a", 0), ("a", 4), ("a", 9), ("a", 9)]), [0, 0, 1, 5]);
    }

    #[test]
    fn the_queue_of_one_account_does_not_block_others() {
        // Two of every three of the token's turns go to `a`; the third is free in each window.
        let calls = [("a", 0), ("a", 0), ("a", 0), ("a", 0), ("a", 0), ("b", 0), ("b", 0)];
        assert_eq!(waits(&calls), [0, 0, 10, 10, 20, 0, 10]);
    }

    #[test]
    fn a_share_of_the_token_may_count_for_several_windows() {
        let (mut ledger, start) = (ledger(), Instant::now());
        let share = Share { per_token: 1, token_span: 28 * SECOND, per_account: 1 };
        let mut take = |id, after| {
            let wait = ledger.take(("a", id), share, start + after * SECOND, LONG);
            let slots: Vec<_> = ledger.slots(start + after * SECOND);
            (wait.expect("a turn").as_secs(), slots.iter().map(|(_, slots)| slots.len()).sum())
        };
        assert_eq!(take(0, 0), (0, 1));
        // The slot is free for the server, which has to learn of the new one alone.
        assert_eq!(take(1, 20), (8, 1));
        assert_eq!(take(2, 60), (0, 1));
    }

    #[test]
    fn a_denied_wait_takes_no_turn() {
        let (mut ledger, now) = (ledger(), Instant::now());
        for id in 0..2 {
            assert_eq!(ledger.take(("a", id), SHARE, now, SECOND), Ok(Duration::ZERO));
        }
        for id in 2..5 {
            assert_eq!(ledger.take(("a", id), SHARE, now, SECOND), Err(10 * SECOND));
        }
        assert_eq!(ledger.take(("b", 5), SHARE, now, SECOND), Ok(Duration::ZERO));
    }

    #[test]
    fn turns_granted_by_redis_count_for_the_share() {
        let (mut ledger, start) = (ledger(), Instant::now());
        for id in 0..5 {
            ledger.granted("a", id, start);
        }
        let now = start + 2 * SECOND;
        assert_eq!(ledger.take(("b", 5), SHARE, now, SECOND), Err(8 * SECOND));
        // Sent after a slow handshake, it counts from then on; responded to, for one window.
        ledger.sent("a", 0, now);
        ledger.head(1, start);
        for id in 2..5 {
            assert!(ledger.remove(id).is_some());
        }
        let slots = ledger.slots(now);
        assert_eq!(slots, [("a".into(), vec![(1, 7 * SECOND), (0, 10 * SECOND)])]);
    }

    #[test]
    fn expired_turns_and_accounts_are_dropped() {
        let (mut ledger, start) = (ledger(), Instant::now());
        for id in 0..1_000 {
            ledger.granted(&format!("account {id}"), id, start);
        }
        assert_eq!(ledger.slots(start + 10 * SECOND), []);
        assert_eq!(ledger.slots(start + 30 * SECOND), []);
        assert!(ledger.accounts.is_empty() && ledger.turns.is_empty());
    }
}

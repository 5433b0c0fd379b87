//! This process's share of the limit, while Redis is unavailable.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

/// Turns of one account, or of the token, in ascending order.
#[derive(Debug, Default)]
struct Window {
    turns: VecDeque<Instant>,
}

impl Window {
    fn forget(&mut self, now: Instant, span: Duration) {
        while self.turns.front().is_some_and(|turn| *turn + span <= now) {
            self.turns.pop_front();
        }
    }

    /// The earliest turn at or after `from` that keeps every stretch of `span` within the limit.
    fn fit(&self, limit: usize, span: Duration, from: Instant) -> Instant {
        let mut at = from;
        loop {
            let place = self.turns.partition_point(|turn| *turn <= at);
            // Groups of `limit` turns around the place, by their first; the last that leaves no room.
            let groups = place.saturating_sub(limit)..=place;
            let blocking = groups.rev().find_map(|first| {
                let last = self.turns.get(first + limit - 1)?;
                let first = self.turns.get(first)?;
                let (start, end) = ((*first).min(at), (*last).max(at));
                (end.duration_since(start) < span).then_some(*first)
            });
            match blocking {
                Some(first) => at = first + span,
                None => return at,
            }
        }
    }

    fn insert(&mut self, turn: Instant) {
        let place = self.turns.partition_point(|other| *other <= turn);
        self.turns.insert(place, turn);
    }
}

/// The windows that are used without Redis.
#[derive(Debug, Default)]
pub(crate) struct LocalWindows {
    token: Window,
    accounts: HashMap<String, Window>,
    /// How many accounts are kept before those whose window is empty are dropped.
    tidy_at: usize,
}

/// Accounts that are kept without looking which of them are idle.
const MIN_ACCOUNTS: usize = 1024;

/// Limits of this process alone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Share {
    pub(crate) per_token: usize,
    pub(crate) per_account: usize,
    /// The window, and a second for responses whose head is not seen.
    pub(crate) span: Duration,
}

impl LocalWindows {
    /// Takes a turn; the error is the wait that does not fit.
    pub(crate) fn take(
        &mut self,
        account: &str,
        share: Share,
        now: Instant,
        longest_wait: Duration,
    ) -> Result<Duration, Duration> {
        self.token.forget(now, share.span);
        if self.accounts.len() >= self.tidy_at.max(MIN_ACCOUNTS) {
            self.accounts.retain(|_, window| {
                window.forget(now, share.span);
                !window.turns.is_empty()
            });
            // Twice as many come before the next look, so that its cost is constant per call.
            self.tidy_at = 2 * self.accounts.len();
        }
        let own = self.accounts.entry(account.to_owned()).or_default();
        own.forget(now, share.span);
        let mut turn = now;
        loop {
            let next = own.fit(share.per_account, share.span, turn);
            let next = self.token.fit(share.per_token, share.span, next);
            if next == turn {
                break;
            }
            turn = next;
        }
        let wait = turn.duration_since(now);
        if wait > longest_wait {
            return Err(wait);
        }
        own.insert(turn);
        self.token.insert(turn);
        Ok(wait)
    }

    /// Forgets all turns.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{LocalWindows, Share};

    const SHARE: Share = Share { per_token: 3, per_account: 2, span: Duration::from_secs(10) };
    const LONG: Duration = Duration::from_secs(1000);

    fn waits(calls: &[(&str, u64)]) -> Vec<u64> {
        let (mut windows, start) = (LocalWindows::default(), Instant::now());
        let taken = calls.iter().map(|(account, after)| {
            let now = start + Duration::from_secs(*after);
            windows.take(account, SHARE, now, LONG).expect("a turn").as_secs()
        });
        taken.collect()
    }

    #[test]
    fn keeps_both_limits_in_every_stretch() {
        assert_eq!(waits(&[("a", 0), ("a", 0), ("a", 0)]), [0, 0, 10]);
        assert_eq!(waits(&[("a", 0), ("b", 0), ("c", 0), ("d", 0)]), [0, 0, 0, 10]);
        assert_eq!(waits(&[("a", 0), ("a", 4), ("a", 9), ("a", 9)]), [0, 0, 1, 5]);
    }

    #[test]
    fn a_queue_of_one_account_leaves_room_for_others() {
        // Two of every three of the token's turns go to `a`; the third is free in each window.
        let calls = [("a", 0), ("a", 0), ("a", 0), ("a", 0), ("a", 0), ("b", 0), ("b", 0)];
        assert_eq!(waits(&calls), [0, 0, 10, 10, 20, 0, 10]);
    }

    #[test]
    fn a_wait_that_does_not_fit_takes_no_turn() {
        let (mut windows, now) = (LocalWindows::default(), Instant::now());
        let second = Duration::from_secs(1);
        for _ in 0..2 {
            assert_eq!(windows.take("a", SHARE, now, second), Ok(Duration::ZERO));
        }
        for _ in 0..3 {
            assert_eq!(windows.take("a", SHARE, now, second), Err(Duration::from_secs(10)));
        }
        assert_eq!(windows.take("b", SHARE, now, second), Ok(Duration::ZERO));
    }
}

use std::time::Duration;

use tokio::time::Instant;

/// The length of one counting period; the budget counts the current and the previous one.
const PERIOD: Duration = Duration::from_secs(60);

/// Retries that are always available to an account within the two periods.
const ACCOUNT_RETRIES: u64 = 10;

/// Retries that are always available to a client: more, so that one failing account does not use up
/// those of the others.
const CLIENT_RETRIES: u64 = 100;

/// Calls that earn one retry.
const CALLS_PER_RETRY: u64 = 5;

/// Limits retries to the larger of a fixed number and a fifth of the calls.
///
/// Both are counted over the last one to three minutes. Otherwise, a long-lived client would accumulate
/// enough retries to overload a service that starts to fail.
#[derive(Debug)]
pub(super) struct Budget {
    always: u64,
    started: Instant,
    current: Counts,
    previous: Counts,
}

#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    calls: u64,
    retries: u64,
}

impl Budget {
    pub(super) fn for_account() -> Self {
        Self::new(ACCOUNT_RETRIES)
    }

    pub(super) fn for_client() -> Self {
        Self::new(CLIENT_RETRIES)
    }

    fn new(always: u64) -> Self {
        Self {
            always,
            started: Instant::now(),
            current: Counts::default(),
            previous: Counts::default(),
        }
    }

    /// Counts a call, which later earns a part of a retry.
    pub(super) fn deposit(&mut self, now: Instant) {
        self.turn(now);
        self.current.calls += 1;
    }

    /// Takes one retry; false if the budget is used up.
    pub(super) fn withdraw(&mut self, now: Instant) -> bool {
        self.turn(now);
        let calls = self.current.calls + self.previous.calls;
        let retries = self.current.retries + self.previous.retries;
        let allowed = retries < self.always.max(calls / CALLS_PER_RETRY);
        // A refused retry sends nothing, so it is not counted.
        self.current.retries += u64::from(allowed);
        allowed
    }

    /// Takes back a retry that was not made.
    pub(super) fn refund(&mut self) {
        // The period may have changed since the retry was withdrawn.
        let counts = match self.current.retries {
            0 => &mut self.previous,
            _ => &mut self.current,
        };
        // Saturates, since both periods may have ended meanwhile.
        counts.retries = counts.retries.saturating_sub(1);
    }

    /// Returns true if it can be dropped with no effect.
    pub(super) fn is_at_rest(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.started) >= 2 * PERIOD
    }

    fn turn(&mut self, now: Instant) {
        let age = now.saturating_duration_since(self.started);
        if age >= PERIOD {
            let previous = std::mem::take(&mut self.current);
            self.previous = if age < 2 * PERIOD { previous } else { Counts::default() };
            self.started = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retries(budget: &mut Budget, now: Instant) -> usize {
        std::iter::from_fn(|| budget.withdraw(now).then_some(())).take(1_000).count()
    }

    #[test]
    fn ten_retries_are_always_available() {
        let mut budget = Budget::for_account();
        let now = Instant::now();
        assert_eq!(retries(&mut budget, now), 10);
        assert_eq!(retries(&mut budget, now), 0);
    }

    #[test]
    fn a_fifth_of_many_calls_may_be_retried() {
        let mut budget = Budget::for_account();
        let now = Instant::now();
        (0..500).for_each(|_| budget.deposit(now));
        assert_eq!(retries(&mut budget, now), 100);
    }

    #[test]
    fn calls_of_past_periods_earn_no_retries() {
        let mut budget = Budget::for_account();
        let start = Instant::now();
        (0..500).for_each(|_| budget.deposit(start));
        assert_eq!(retries(&mut budget, start), 100);
        assert_eq!(retries(&mut budget, start + PERIOD), 0);
        assert_eq!(retries(&mut budget, start + 3 * PERIOD), 10);
    }

    #[test]
    fn a_refunded_retry_is_available_again() {
        let mut budget = Budget::for_account();
        let now = Instant::now();
        for _ in 0..100 {
            assert!(budget.withdraw(now));
            budget.refund();
        }
        assert_eq!(retries(&mut budget, now), 10);
    }

    #[test]
    fn retries_count_for_two_periods_of_a_minute() {
        let start = Instant::now();
        for (age, expected) in [
            (Duration::from_millis(59_999), 0),
            (PERIOD, 0),
            (Duration::from_millis(119_999), 0),
            (2 * PERIOD, 10),
        ] {
            let mut budget = Budget::for_account();
            budget.started = start;
            assert_eq!(retries(&mut budget, start), 10);
            assert_eq!(retries(&mut budget, start + age), expected, "{age:?}");
        }
    }

    #[test]
    fn the_previous_period_earns_retries_too() {
        let mut budget = Budget::for_account();
        let start = budget.started;
        (0..100).for_each(|_| budget.deposit(start));
        (0..100).for_each(|_| budget.deposit(start + PERIOD));
        assert_eq!(retries(&mut budget, start + PERIOD), 40);
    }

    #[test]
    fn a_refund_goes_to_the_period_of_its_retry() {
        let mut budget = Budget::for_account();
        let start = budget.started;
        assert_eq!(retries(&mut budget, start), 10);
        assert!(!budget.withdraw(start + PERIOD));
        budget.refund();
        assert_eq!(retries(&mut budget, start + PERIOD), 1);
    }

    #[test]
    fn a_client_has_a_hundred_retries() {
        let now = Instant::now();
        assert_eq!(retries(&mut Budget::for_client(), now), 100);
    }

    #[test]
    fn a_budget_is_idle_after_two_periods() {
        let budget = Budget::for_account();
        let start = budget.started;
        assert!(!budget.is_at_rest(start + Duration::from_millis(119_999)));
        assert!(budget.is_at_rest(start + 2 * PERIOD));
    }
}

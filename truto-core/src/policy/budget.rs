use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The length of one counting period; the budget looks at the current and the one before.
const PERIOD: Duration = Duration::from_secs(60);

/// Retries that are always allowed within the two periods.
const MIN_RETRIES: u64 = 10;

/// Calls that earn one retry.
const CALLS_PER_RETRY: u64 = 5;

/// Limits the retries of all clones of a client to the larger of 10 and a fifth of the calls.
///
/// Counted over the last one to two minutes: counted forever, a long-lived client would save up
/// enough retries to storm a service that starts to fail.
#[derive(Debug)]
pub(crate) struct Budget(Mutex<Periods>);

#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    calls: u64,
    retries: u64,
}

#[derive(Debug)]
struct Periods {
    started: Instant,
    current: Counts,
    previous: Counts,
}

impl Budget {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Periods {
            started: Instant::now(),
            current: Counts::default(),
            previous: Counts::default(),
        }))
    }

    /// Counts a call, which later earns a part of a retry.
    pub(crate) fn deposit(&self, now: Instant) {
        self.with(now, |periods| periods.current.calls += 1);
    }

    /// Takes one retry; false if the budget is used up.
    pub(crate) fn withdraw(&self, now: Instant) -> bool {
        self.with(now, |periods| {
            let calls = periods.current.calls + periods.previous.calls;
            let retries = periods.current.retries + periods.previous.retries;
            let allowed = retries < MIN_RETRIES.max(calls / CALLS_PER_RETRY);
            periods.current.retries += u64::from(allowed);
            allowed
        })
    }

    fn with<R>(&self, now: Instant, count: impl FnOnce(&mut Periods) -> R) -> R {
        // Counters are never left half written, so a poisoned lock is as good as any.
        let mut periods = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let age = now.saturating_duration_since(periods.started);
        if age >= PERIOD {
            let previous = std::mem::take(&mut periods.current);
            periods.previous = if age < 2 * PERIOD {
                previous
            } else {
                Counts::default()
            };
            periods.started = now;
        }
        count(&mut periods)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retries(budget: &Budget, now: Instant) -> usize {
        std::iter::from_fn(|| budget.withdraw(now).then_some(()))
            .take(1_000)
            .count()
    }

    #[test]
    fn ten_retries_are_always_there() {
        let budget = Budget::new();
        let now = Instant::now();
        assert_eq!(retries(&budget, now), 10);
        assert_eq!(retries(&budget, now), 0);
    }

    #[test]
    fn a_fifth_of_many_calls() {
        let budget = Budget::new();
        let now = Instant::now();
        (0..500).for_each(|_| budget.deposit(now));
        assert_eq!(retries(&budget, now), 100);
    }

    #[test]
    fn periods_pass() {
        let budget = Budget::new();
        let start = Instant::now();
        (0..500).for_each(|_| budget.deposit(start));
        assert_eq!(retries(&budget, start), 100);
        assert_eq!(retries(&budget, start + PERIOD), 0);
        assert_eq!(retries(&budget, start + 3 * PERIOD), 10);
    }
}

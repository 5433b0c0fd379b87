//! Summarizes warnings that a failing service would repeat hundreds of times per second.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::{Instant, sleep_until};

use crate::sync::lock;

/// The time within which only the first of several similar warnings is logged.
const STORM_WINDOW: Duration = Duration::from_secs(1);

/// The number of entries at which old ones are removed.
const MAX_STORMS: usize = 1_024;

/// Summarizes warnings: one is logged per account per second, and the next one states how many were left
/// out. Those become DEBUG events. If no warning follows within a second, the number is logged on its
/// own.
#[derive(Debug, Default)]
pub(crate) struct StormLog(Arc<Mutex<Windows>>);

type Windows = HashMap<(Arc<str>, Storm), StormWindow>;

/// The kinds of warnings that may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Storm {
    Retries,
    Waits,
}

impl Storm {
    /// The message of these warnings.
    fn message(self) -> &'static str {
        match self {
            Self::Retries => "attempt failed, retrying",
            Self::Waits => "delayed by a rate limit",
        }
    }
}

#[derive(Debug)]
struct StormWindow {
    began: Instant,
    left_out: i64,
}

impl StormLog {
    /// Returns `Some` if the warning is to be logged, with the number of those left out before it.
    /// `label` is the user's label of the account.
    pub(crate) fn admit(
        &self,
        account: &Arc<str>,
        label: Option<Arc<str>>,
        storm: Storm,
    ) -> Option<i64> {
        let now = Instant::now();
        let is_over = |window: &StormWindow| now.duration_since(window.began) >= STORM_WINDOW;
        let mut windows = lock(&self.0);
        if let Some(window) = windows.get_mut(&(Arc::clone(account), storm)) {
            if is_over(window) {
                window.began = now;
                return Some(std::mem::take(&mut window.left_out));
            }
            window.left_out += 1;
            let (is_first, began) = (window.left_out == 1, window.began);
            // A runtime that was shut down drops the task within `spawn`, which takes this lock.
            drop(windows);
            // A call that is dropped outside of its runtime leaves the number to the next warning.
            if let (true, Ok(runtime)) = (is_first, Handle::try_current()) {
                let key = (Arc::clone(account), storm);
                let last = LastCount { windows: Arc::clone(&self.0), key, began, label };
                runtime.spawn(last.write_later());
            }
            return None;
        }
        if windows.len() >= MAX_STORMS {
            // At most once per `MAX_STORMS` new accounts, unless all of them are in a storm.
            windows.retain(|_, window| !is_over(window) || window.left_out > 0);
            if windows.len() >= MAX_STORMS {
                // All accounts are in a storm. Losing their counts is better than unbounded growth.
                windows.clear();
            }
        }
        windows.insert((Arc::clone(account), storm), StormWindow { began: now, left_out: 0 });
        Some(0)
    }
}

/// Logs how many warnings a window left out, unless a later warning states it.
struct LastCount {
    windows: Arc<Mutex<Windows>>,
    key: (Arc<str>, Storm),
    began: Instant,
    label: Option<Arc<str>>,
}

impl LastCount {
    /// Waits for a second after the window, within which a further warning would state the number.
    async fn write_later(self) {
        sleep_until(self.began + 2 * STORM_WINDOW).await;
        drop(self);
    }
}

/// Logs on drop, so that the number is not lost when the runtime shuts down.
impl Drop for LastCount {
    fn drop(&mut self) {
        let left_out = match lock(&self.windows).get_mut(&self.key) {
            Some(window) if window.began == self.began => std::mem::take(&mut window.left_out),
            _ => 0,
        };
        if left_out > 0 {
            tracing::warn!(
                truto.account = self.label.as_deref(),
                similar = left_out,
                "{}",
                self.key.1.message()
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_warning_per_account_and_second() {
        let log = StormLog::default();
        let (a, b): (Arc<str>, Arc<str>) = ("a".into(), "b".into());
        let admitted = (0..500).filter_map(|_| log.admit(&a, None, Storm::Retries)).count();
        assert_eq!(admitted, 1);
        assert_eq!(log.admit(&b, None, Storm::Retries), Some(0));
        assert_eq!(log.admit(&a, None, Storm::Waits), Some(0));
        tokio::time::advance(STORM_WINDOW).await;
        assert_eq!(log.admit(&a, None, Storm::Retries), Some(499));
        assert_eq!(log.admit(&a, None, Storm::Retries), None);
    }

    /// Counts the warnings about attempts, and adds up the numbers of those left out.
    #[derive(Clone, Default)]
    struct Counts(Arc<Mutex<(u32, i64)>>);

    impl tracing::field::Visit for Counts {
        fn record_i64(&mut self, field: &tracing::field::Field, value: i64) {
            if field.name() == "similar" {
                lock(&self.0).1 += value;
            }
        }

        fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
            if field.name() == "message" && format!("{value:?}") == "attempt failed, retrying" {
                lock(&self.0).0 += 1;
            }
        }
    }

    impl tracing::Subscriber for Counts {
        fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
            true
        }

        fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
            tracing::span::Id::from_u64(1)
        }

        fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

        fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

        fn event(&self, event: &tracing::Event<'_>) {
            event.record(&mut self.clone());
        }

        fn enter(&self, _: &tracing::span::Id) {}

        fn exit(&self, _: &tracing::span::Id) {}
    }

    #[test]
    fn the_last_suppressed_count_of_a_storm_is_logged() {
        let runtime = || {
            let mut builder = tokio::runtime::Builder::new_current_thread();
            builder.enable_time().start_paused(true).build().expect("a runtime")
        };
        let key: Arc<str> = "a".into();
        let storm_in = |log: &StormLog, calls: usize| {
            (0..calls).filter_map(|_| log.admit(&key, None, Storm::Retries)).sum::<i64>()
        };
        // Once without a subscriber: tracing may lose the events of a call site that another thread reaches
        // for the first time while a subscriber is registered.
        runtime().block_on(async { storm_in(&StormLog::default(), 2) });
        let counts = Counts::default();
        let seen = || *lock(&counts.0);
        let _guard = tracing::subscriber::set_default(counts.clone());
        let log = StormLog::default();
        let storm = |calls: usize| storm_in(&log, calls);
        let first = runtime();
        first.block_on(async {
            assert_eq!(storm(500), 0);
            tokio::time::sleep(3 * STORM_WINDOW).await;
            assert_eq!(seen(), (1, 499));
            // The next warning includes the number, if there is one in time.
            assert_eq!(storm(10), 0);
            tokio::time::sleep(STORM_WINDOW * 3 / 2).await;
            assert_eq!(storm(1), 9);
            tokio::time::sleep(3 * STORM_WINDOW).await;
            assert_eq!(seen(), (1, 499));
            // A single one counts, too.
            assert_eq!(storm(2), 0);
            tokio::time::sleep(3 * STORM_WINDOW).await;
            assert_eq!(seen(), (2, 500));
            // Each number waits for the end of its own window.
            storm(2);
            tokio::time::sleep(STORM_WINDOW * 3 / 2).await;
            assert_eq!(storm(4), 1);
            tokio::time::sleep(STORM_WINDOW).await;
            assert_eq!(seen(), (2, 500));
            tokio::time::sleep(3 * STORM_WINDOW).await;
            assert_eq!(seen(), (3, 503));
            storm(5);
        });
        // A runtime that shuts down writes it at once.
        drop(first);
        assert_eq!(seen(), (4, 507));
    }

    /// A full table keeps the accounts that have just had a warning or still have a number to log.
    #[tokio::test(start_paused = true)]
    async fn a_full_table_keeps_accounts_with_recent_warnings() {
        let log = StormLog::default();
        let admit = |account: usize| log.admit(&account.to_string().into(), None, Storm::Retries);
        let half = MAX_STORMS / 2;
        (0..half).for_each(|account| assert_eq!(admit(account), Some(0)));
        assert_eq!(admit(0), None);
        tokio::time::advance(STORM_WINDOW).await;
        (half..MAX_STORMS).for_each(|account| assert_eq!(admit(account), Some(0)));
        assert_eq!(admit(MAX_STORMS), Some(0));
        assert_eq!(lock(&log.0).len(), 1 + half + 1);
        assert_eq!(admit(half), None, "it was warned of just now");
    }

    #[tokio::test(start_paused = true)]
    async fn the_table_of_storms_is_bounded() {
        let log = StormLog::default();
        for account in 0..10 * MAX_STORMS {
            log.admit(&account.to_string().into(), None, Storm::Retries);
        }
        assert!(log.0.lock().expect("no panic").len() <= MAX_STORMS);
    }
}

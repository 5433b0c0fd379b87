//! Summarizes warnings that a failing service would repeat hundreds of times a second.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::Instant;

use crate::sync::lock;

/// The time in which only the first of similar warnings is written.
const STORM_WINDOW: Duration = Duration::from_secs(1);

/// The accounts beyond which old entries are removed.
const MAX_STORMS: usize = 1_024;

/// Summarizes warnings: per account and second one is written, and the next one has the number of those
/// that were not. The others are DEBUG events.
#[derive(Debug, Default)]
pub(crate) struct StormLog(Mutex<HashMap<(Arc<str>, Storm), StormWindow>>);

/// Warnings that a storm repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Storm {
    Retries,
    Waits,
}

#[derive(Debug)]
struct StormWindow {
    began: Instant,
    left_out: i64,
}

impl StormLog {
    /// `Some` if the warning is to be written, with the number of those left out before.
    pub(crate) fn admit(&self, account: &Arc<str>, storm: Storm) -> Option<i64> {
        let now = Instant::now();
        let is_over = |window: &StormWindow| now.duration_since(window.began) >= STORM_WINDOW;
        let mut windows = lock(&self.0);
        if let Some(window) = windows.get_mut(&(Arc::clone(account), storm)) {
            if is_over(window) {
                window.began = now;
                return Some(std::mem::take(&mut window.left_out));
            }
            window.left_out += 1;
            return None;
        }
        if windows.len() >= MAX_STORMS {
            // At most once per `MAX_STORMS` new accounts, unless all of them are in a storm.
            windows.retain(|_, window| !is_over(window));
            if windows.len() >= MAX_STORMS {
                windows.clear();
            }
        }
        windows.insert((Arc::clone(account), storm), StormWindow { began: now, left_out: 0 });
        Some(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_warning_per_account_and_second() {
        let log = StormLog::default();
        let (a, b): (Arc<str>, Arc<str>) = ("a".into(), "b".into());
        let admitted = (0..500).filter_map(|_| log.admit(&a, Storm::Retries)).count();
        assert_eq!(admitted, 1);
        assert_eq!(log.admit(&b, Storm::Retries), Some(0));
        assert_eq!(log.admit(&a, Storm::Waits), Some(0));
        tokio::time::advance(STORM_WINDOW).await;
        assert_eq!(log.admit(&a, Storm::Retries), Some(499));
        assert_eq!(log.admit(&a, Storm::Retries), None);
    }

    #[tokio::test(start_paused = true)]
    async fn accounts_that_are_over_are_forgotten() {
        let log = StormLog::default();
        for account in 0..10 * MAX_STORMS {
            log.admit(&account.to_string().into(), Storm::Retries);
        }
        assert!(log.0.lock().expect("no panic").len() <= MAX_STORMS);
    }
}

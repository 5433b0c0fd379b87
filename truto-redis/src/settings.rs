//! The settings of a limiter.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use crate::breaker::PATIENCE;

/// Truto has counted a request by this time after sending began, however late it responds.
const COUNTED_AFTER: Duration = Duration::from_secs(1);

/// A request that is sent within this time of its turn needs no report.
pub(crate) const SENDS_WITHIN: Duration = Duration::from_millis(100);

/// The maximum number of windows that share one call, so that their total length cannot overflow a
/// clock.
const MAX_WINDOWS: u32 = 1_000;

/// The longest window.
const MAX_WINDOW: Duration = Duration::from_secs(86_400);

#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) prefix: String,
    pub(crate) token: String,
    pub(crate) per_token: u32,
    pub(crate) per_account: u32,
    pub(crate) window: Duration,
    pub(crate) processes: u32,
    pub(crate) patience: Duration,
    pub(crate) skew_us: Arc<AtomicI64>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            prefix: "truto".to_owned(),
            token: "default".to_owned(),
            per_token: 500,
            per_account: 50,
            window: Duration::from_secs(10),
            processes: 1,
            patience: PATIENCE,
            skew_us: Arc::default(),
        }
    }
}

impl Settings {
    /// Braces would change which part of a key is its hash tag, and an empty tag does not count as one.
    pub(crate) fn with_names(mut self, prefix: &str, token: &str) -> Self {
        self.prefix = prefix.replace(['{', '}'], "");
        self.token = token.replace(['{', '}'], "");
        if self.token.is_empty() {
            "default".clone_into(&mut self.token);
        }
        self
    }

    pub(crate) fn with_window(mut self, window: Duration) -> Self {
        self.window = window.min(MAX_WINDOW);
        self
    }

    /// The longest time from a turn until its slot is free again, if no head of a response arrives.
    pub(crate) fn held(&self) -> Duration {
        self.window.saturating_add(COUNTED_AFTER + SENDS_WITHIN)
    }

    /// The number of calls that this process may make on all accounts without Redis, and the length of the
    /// interval in which it may make them. A share of less than one call per window is one call in several
    /// windows.
    pub(crate) fn token_share(&self) -> (u32, Duration) {
        let windows = match self.per_token {
            0 => 1,
            limit => self.processes.div_ceil(limit).min(MAX_WINDOWS),
        };
        let calls = u64::from(self.per_token) * u64::from(windows) / u64::from(self.processes);
        let more = self.window.saturating_mul(windows - 1);
        (u32::try_from(calls.max(1)).unwrap_or(u32::MAX), self.held().saturating_add(more))
    }

    pub(crate) fn skew_us(&self) -> i64 {
        self.skew_us.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::Settings;

    #[test]
    fn shares_of_the_token_never_exceed_its_limit() {
        for (per_token, processes, expected) in [
            (500, 1, (500, 1)),
            (500, 8, (62, 1)),
            (500, 500, (1, 1)),
            (500, 501, (1, 2)),
            (500, 1_000, (1, 2)),
            (500, 1_200, (1, 3)),
            (7, 10, (1, 2)),
            (1, u32::MAX, (1, 1_000)),
            (0, 8, (1, 1)),
        ] {
            let settings = Settings { per_token, processes, ..Settings::default() };
            let (calls, windows) = expected;
            let span = settings.held().saturating_add(settings.window.saturating_mul(windows - 1));
            assert_eq!(settings.token_share(), (calls, span), "{per_token} {processes}");
        }
    }
}

//! The settings of a limiter.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use crate::breaker::PATIENCE;

/// A server has counted a request this long after sending began, however late it responds.
const COUNTED_AFTER: Duration = Duration::from_secs(1);

/// The time from a turn to the sending of its request that is not worth a report.
pub(crate) const SENDS_WITHIN: Duration = Duration::from_millis(100);

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
    /// Braces would change which part of a key is its hash tag, and an empty tag is none.
    pub(crate) fn with_names(mut self, prefix: &str, token: &str) -> Self {
        self.prefix = prefix.replace(['{', '}'], "");
        self.token = token.replace(['{', '}'], "");
        if self.token.is_empty() {
            "default".clone_into(&mut self.token);
        }
        self
    }

    /// The longest time from a turn until its slot is free again, if the head of no response comes.
    pub(crate) fn held(&self) -> Duration {
        self.window.saturating_add(COUNTED_AFTER + SENDS_WITHIN)
    }

    pub(crate) fn skew_us(&self) -> i64 {
        self.skew_us.load(Ordering::Relaxed)
    }
}

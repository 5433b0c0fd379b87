//! The settings of a limiter.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use crate::RedisLimiter;
use crate::breaker::PATIENCE;

/// A server has counted a request this long after sending began, however late it responds.
const COUNTED_AFTER: Duration = Duration::from_secs(1);

/// The time from a turn to the sending of its request that is not worth a report.
pub(crate) const SENDS_WITHIN: Duration = Duration::from_millis(100);

/// Settings of a [`RedisLimiter`]; see [`RedisLimiter::builder`].
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until it is built"]
pub struct Builder<C> {
    connection: C,
    settings: Settings,
}

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

impl<C> RedisLimiter<C> {
    /// Settings with Truto's limits: 500 calls per token and 50 per account in any 10 seconds.
    pub fn builder(connection: C) -> Builder<C> {
        Builder { connection, settings: Settings::default() }
    }
}

impl<C> Builder<C> {
    /// The beginning of all keys. Default `truto`. Braces are left out.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.settings = self.settings.clone().with_names(&prefix.into(), &self.settings.token);
        self
    }

    /// A name for the API token that the client uses, the same in all processes. Default `default`, also
    /// for an empty name.
    ///
    /// The token itself never reaches the limiter. Two tokens need two names, since Truto counts them
    /// apart. Braces are left out: the name is the hash tag of a cluster.
    pub fn token_name(mut self, name: impl Into<String>) -> Self {
        self.settings = self.settings.clone().with_names(&self.settings.prefix, &name.into());
        self
    }

    /// Calls of all accounts together in any window. Default 500; 0 for none.
    pub fn per_token(mut self, calls: u32) -> Self {
        self.settings.per_token = calls;
        self
    }

    /// Calls of one account in any window. Default 50; 0 for none.
    pub fn per_account(mut self, calls: u32) -> Self {
        self.settings.per_account = calls;
        self
    }

    /// The window. Default 10 s, as Truto's.
    pub fn window(mut self, window: Duration) -> Self {
        self.settings.window = window;
        self
    }

    /// Processes that share the limit. Default 1. Each uses its share while Redis is unavailable, at
    /// least one call per window.
    pub fn processes(mut self, processes: u32) -> Self {
        self.settings.processes = processes.max(1);
        self
    }

    /// The longest time that a call waits for an answer of Redis before the breaker opens. Default 100 ms.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.settings.patience = patience;
        self
    }

    /// Microseconds that are added to Redis's clock, so that a test can let it jump.
    #[doc(hidden)]
    pub fn clock_skew_for_tests(mut self, microseconds: Arc<AtomicI64>) -> Self {
        self.settings.skew_us = microseconds;
        self
    }

    /// The limiter, for [`ClientBuilder::limiter`](truto_core::ClientBuilder::limiter).
    pub fn build(self) -> RedisLimiter<C> {
        RedisLimiter::new(self.connection, self.settings)
    }
}

//! The builder of a limiter.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use crate::limiter::RedisLimiter;
use crate::link::Link;
use crate::settings::Settings;

/// The settings of a [`RedisLimiter`]; see [`RedisLimiter::builder`].
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct Builder<C> {
    connection: C,
    settings: Settings,
}

impl<C> RedisLimiter<C> {
    /// Returns a builder with Truto's limits: 500 calls per token and 50 per account in any 10 seconds.
    pub fn builder(connection: C) -> Builder<C> {
        Builder { connection, settings: Settings::default() }
    }
}

impl<C> Builder<C> {
    /// Sets the prefix of all keys. Default `truto`. Braces are removed.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.settings = self.settings.clone().with_names(&prefix.into(), &self.settings.token);
        self
    }

    /// Sets a name for the API token that the client uses, the same in all processes. Default `default`,
    /// which also replaces an empty name.
    ///
    /// The limiter never receives the token itself. Two tokens need two names, since Truto counts their
    /// calls separately. Braces are removed, since the name is the hash tag of a cluster.
    pub fn token_name(mut self, name: impl Into<String>) -> Self {
        self.settings = self.settings.clone().with_names(&self.settings.prefix, &name.into());
        self
    }

    /// Sets the maximum number of calls in any window, for all accounts together. Default 500; 0 for no
    /// limit.
    pub fn per_token(mut self, calls: u32) -> Self {
        self.settings.per_token = calls;
        self
    }

    /// Sets the maximum number of calls of one account in any window. Default 50; 0 for no limit.
    pub fn per_account(mut self, calls: u32) -> Self {
        self.settings.per_account = calls;
        self
    }

    /// Sets the length of the window. Default 10 s, like Truto's; at most a day.
    pub fn window(mut self, window: Duration) -> Self {
        self.settings = self.settings.clone().with_window(window);
        self
    }

    /// Sets the number of processes that share the limit. Default 1. While Redis is unavailable, each
    /// process uses its share of the calls. With more processes than calls, a share of the token's limit is
    /// one call in several windows; a share of an account's limit is never less than one call per window.
    pub fn processes(mut self, processes: u32) -> Self {
        self.settings.processes = processes.max(1);
        self
    }

    /// Sets the longest time that a call waits for a response from Redis before the breaker opens.
    /// Default 100 ms.
    ///
    /// Choose a longer time if Redis or the processes may get no CPU for that long: a process whose
    /// breaker opens uses its share in addition to what the others take from Redis. On a machine whose
    /// load was ten times its number of CPUs, 3 to 4% of all calls were refused with the default, and
    /// none with 2 s.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.settings.patience = patience;
        self
    }

    /// Microseconds that are added to Redis's clock, so that a test can make it jump.
    #[doc(hidden)]
    pub fn clock_skew_for_tests(mut self, microseconds: Arc<AtomicI64>) -> Self {
        self.settings.skew_us = microseconds;
        self
    }

    /// Builds the limiter, for [`ClientBuilder::limiter`](truto_core::ClientBuilder::limiter).
    pub fn build(self) -> RedisLimiter<C> {
        RedisLimiter::new(Link::new(self.connection, self.settings))
    }
}

//! The limiter and its settings.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::RedisError;
use redis::aio::ConnectionLike;
use tokio::time::{Instant, timeout};
use truto_core::{Denied, LimitedCall, Limiter, Observation, Turn};

use crate::breaker::{Breaker, PATIENCE, Passage};
use crate::local::{LocalWindows, Share};
use crate::scripts::{Answer, Keys, MAX_MARGIN, Scripts, Settlement, TurnRequest};

/// The longest wait that is reserved for a call without a deadline.
const LONGEST_WAIT: Duration = Duration::from_secs(5 * 60);

/// Slots whose response is awaited, per account; the oldest are forgotten beyond it.
const MAX_IN_FLIGHT: usize = 4096;

/// Settings of a [`RedisLimiter`]; see [`RedisLimiter::builder`].
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until it is built"]
pub struct Builder<C> {
    connection: C,
    prefix: String,
    token: String,
    per_token: u32,
    per_account: u32,
    window: Duration,
    processes: u32,
    patience: Duration,
    skew_us: i64,
}

impl<C> Builder<C> {
    /// What all keys begin with. Default `truto`.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// A name for the API token that the client uses, the same in all processes. Default `default`.
    ///
    /// The token itself never reaches the limiter. Two tokens need two names, since Truto counts them
    /// apart. Braces are left out: the name is the hash tag of a cluster.
    pub fn token_name(mut self, name: impl Into<String>) -> Self {
        self.token = name.into().replace(['{', '}'], "");
        self
    }

    /// Calls of all accounts together in any window. Default 500; 0 is no limit.
    pub fn per_token(mut self, calls: u32) -> Self {
        self.per_token = calls;
        self
    }

    /// Calls of one account in any window. Default 50; 0 is no limit.
    pub fn per_account(mut self, calls: u32) -> Self {
        self.per_account = calls;
        self
    }

    /// The window. Default 10 s, as Truto's.
    pub fn window(mut self, window: Duration) -> Self {
        self.window = window;
        self
    }

    /// Processes that share the limit. Default 1. Each uses its share while Redis is unavailable, at
    /// least one call per window.
    pub fn processes(mut self, processes: u32) -> Self {
        self.processes = processes.max(1);
        self
    }

    /// The longest time that a call waits for Redis before the breaker opens. Default 100 ms.
    ///
    /// The client itself waits for a limiter for at most half a second.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Adds to Redis's clock, so that a test can let it jump.
    #[doc(hidden)]
    pub fn clock_skew_for_tests(mut self, microseconds: i64) -> Self {
        self.skew_us = microseconds;
        self
    }

    /// The limiter, for [`ClientBuilder::limiter`](truto_core::ClientBuilder::limiter).
    pub fn build(self) -> RedisLimiter<C> {
        RedisLimiter {
            inner: Arc::new(Inner {
                settings: self,
                scripts: Scripts::new(),
                breaker: Breaker::default(),
                state: Mutex::default(),
            }),
        }
    }
}

/// A rate limit that a fleet shares through Redis.
///
/// `C` is an asynchronous connection of the crate `redis` that can be cloned: a `ConnectionManager`, a
/// `MultiplexedConnection` or a cluster's connection. Cloning the limiter shares its state.
///
/// The sorted sets take about 110 bytes of Redis's memory for each call of the last window, twice: in
/// the account's window and in the token's.
pub struct RedisLimiter<C> {
    inner: Arc<Inner<C>>,
}

struct Inner<C> {
    settings: Builder<C>,
    scripts: Scripts,
    breaker: Breaker,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Turns whose response has not arrived, by account, the oldest first.
    in_flight: HashMap<String, VecDeque<Slot>>,
    margin: Margin,
    local: LocalWindows,
}

/// A turn that was taken in Redis.
#[derive(Debug, Clone)]
struct Slot {
    id: Arc<str>,
    /// The earliest time that it can be in Redis's clock: the wait counts from when Redis was asked.
    turn: Instant,
}

/// The longest time from a turn to the head of its response within the last two periods, so that one
/// slow response does not lower the throughput for long.
///
/// A period covers whole windows, since calls come in bursts when a window opens: the first responses of
/// a burst say nothing about its last ones.
#[derive(Debug, Default)]
struct Margin {
    /// Of the period before; `None` until one has ended.
    before: Option<Duration>,
    current: Duration,
    ends: Option<Instant>,
}

impl Margin {
    /// The most there can be within the first period, and half as much again as was seen afterwards.
    fn get(&self) -> Duration {
        let Some(before) = self.before else { return MAX_MARGIN };
        let longest = before.max(self.current);
        (longest + longest / 2).min(MAX_MARGIN)
    }

    fn record(&mut self, took: Duration, now: Instant, period: Duration) {
        match self.ends {
            Some(ends) if now < ends => {}
            Some(_) => {
                self.before = Some(std::mem::take(&mut self.current));
                self.ends = Some(now + period);
            }
            None => self.ends = Some(now + period),
        }
        self.current = self.current.max(took.min(MAX_MARGIN));
    }
}

impl<C> RedisLimiter<C> {
    /// Settings with Truto's limits: 500 calls per token and 50 per account in any 10 seconds.
    pub fn builder(connection: C) -> Builder<C> {
        Builder {
            connection,
            prefix: "truto".to_owned(),
            token: "default".to_owned(),
            per_token: 500,
            per_account: 50,
            window: Duration::from_secs(10),
            processes: 1,
            patience: PATIENCE,
            skew_us: 0,
        }
    }
}

impl<C> Inner<C> {
    fn keys(&self, account_hash: &str) -> Keys {
        Keys::new(&self.settings.prefix, &self.settings.token, account_hash)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No step under the lock can leave the state half written.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn request(&self, call: &LimitedCall) -> TurnRequest {
        let limit = |calls: u32| match call.is_background() {
            true if calls > 0 => (calls - calls.div_ceil(5)).max(1),
            _ => calls,
        };
        TurnRequest {
            window: self.settings.window,
            margin: self.lock().margin.get(),
            longest_wait: call.remaining().unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT),
            per_token: limit(self.settings.per_token),
            per_account: limit(self.settings.per_account),
        }
    }

    /// A turn of this process's own share.
    fn take_locally(&self, call: &LimitedCall, request: TurnRequest) -> Result<Turn, Denied> {
        let share = |limit: u32| match limit {
            0 => usize::MAX >> 1,
            limit => (limit / self.settings.processes).max(1) as usize,
        };
        let share = Share {
            per_token: share(request.per_token),
            per_account: if call.account_hash().is_empty() {
                usize::MAX >> 1
            } else {
                share(request.per_account)
            },
            span: request.window + MAX_MARGIN,
        };
        let now = Instant::now();
        let taken = self.lock().local.take(call.account_hash(), share, now, request.longest_wait);
        taken.map(Turn::after).map_err(Denied::retry_after)
    }

    fn failed(&self, error: &str) {
        if self.breaker.failed(Instant::now()) {
            tracing::warn!(
                error,
                processes = self.settings.processes,
                "Redis unavailable; using this process's share of the limit"
            );
        }
    }

    fn succeeded(&self) {
        if self.breaker.succeeded() {
            self.lock().local.clear();
            tracing::info!("Redis available again");
        }
    }

    /// The response to the oldest turn of the account. Which of several it is does not matter: each
    /// response ends one.
    fn arrived(&self, account_hash: &str) -> Option<(Slot, Duration)> {
        let mut state = self.lock();
        let slots = state.in_flight.get_mut(account_hash)?;
        let now = Instant::now();
        let slot = slots.front().filter(|slot| slot.turn <= now).cloned()?;
        slots.pop_front();
        if slots.is_empty() {
            state.in_flight.remove(account_hash);
        }
        let took = now.duration_since(slot.turn);
        state.margin.record(took, now, 2 * self.settings.window);
        Some((slot, took))
    }

    fn remember(&self, account_hash: &str, slot: Slot) {
        let mut state = self.lock();
        let slots = state.in_flight.entry(account_hash.to_owned()).or_default();
        let place = slots.partition_point(|other| other.turn <= slot.turn);
        slots.insert(place, slot);
        if slots.len() > MAX_IN_FLIGHT {
            slots.pop_front();
        }
    }

    fn forget(&self, account_hash: &str, id: &str) {
        let mut state = self.lock();
        let Some(slots) = state.in_flight.get_mut(account_hash) else { return };
        slots.retain(|slot| &*slot.id != id);
        if slots.is_empty() {
            state.in_flight.remove(account_hash);
        }
    }
}

impl<C: ConnectionLike + Clone + Send + Sync + 'static> RedisLimiter<C> {
    /// Asks Redis for a turn.
    async fn ask(&self, keys: &Keys, id: &str, request: TurnRequest) -> Result<Answer, RedisError> {
        let inner = &self.inner;
        let mut connection = inner.settings.connection.clone();
        let skew = inner.settings.skew_us;
        inner.scripts.acquire(&mut connection, keys, id, request, skew).await
    }

    /// Reports in a task, so that no call waits for it. A report that is lost costs at most a second of
    /// one slot.
    fn settle(&self, account_hash: &str, id: Arc<str>, settlement: Settlement) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (inner, keys) = (Arc::clone(&self.inner), self.inner.keys(account_hash));
        runtime.spawn(async move {
            let mut connection = inner.settings.connection.clone();
            let skew = inner.settings.skew_us;
            let report = inner.scripts.settle(&mut connection, &keys, &id, settlement, skew);
            // The next call that asks finds out by itself whether Redis is there.
            let _ = timeout(MAX_MARGIN, report).await;
        });
    }

    /// Looks whether Redis is back, with a command that changes nothing.
    fn probe(&self) {
        let limiter = self.clone();
        tokio::spawn(async move {
            let mut connection = limiter.inner.settings.connection.clone();
            let command = redis::cmd("TIME");
            let answer = timeout(
                limiter.inner.settings.patience,
                command.query_async::<redis::Value>(&mut connection),
            );
            if let Ok(Ok(_)) = answer.await {
                limiter.inner.succeeded();
            }
        });
    }

    fn turn(&self, account_hash: &str, id: Arc<str>, asked: Instant, wait: Duration) -> Turn {
        let slot = Slot { id: Arc::clone(&id), turn: asked + wait };
        self.inner.remember(account_hash, slot);
        let (limiter, account) = (self.clone(), account_hash.to_owned());
        Turn::after(wait).on_unused(move || {
            limiter.inner.forget(&account, &id);
            limiter.settle(&account, id, Settlement::Unused);
        })
    }
}

impl<C: ConnectionLike + Clone + Send + Sync + 'static> Limiter for RedisLimiter<C> {
    async fn acquire(&self, call: &LimitedCall) -> Result<Turn, Denied> {
        let inner = &self.inner;
        let request = inner.request(call);
        match inner.breaker.passage(Instant::now()) {
            Passage::Ask => {}
            Passage::Skip => return inner.take_locally(call, request),
            Passage::Probe => {
                self.probe();
                return inner.take_locally(call, request);
            }
        }
        let (keys, id) = (inner.keys(call.account_hash()), slot_id());
        // A turn that Redis hands out after the future was dropped is given back as well.
        let account = call.account_hash();
        let mut unclaimed = GiveBack { limiter: self, account, id: Some(Arc::clone(&id)) };
        let (asked, patience) = (Instant::now(), inner.settings.patience);
        let error = match timeout(patience, self.ask(&keys, &id, request)).await {
            Ok(Ok(answer)) => {
                unclaimed.id = None;
                inner.succeeded();
                return match answer {
                    Answer::Wait(wait) => Ok(self.turn(account, id, asked, wait)),
                    Answer::Denied(wait) => Err(Denied::retry_after(wait)),
                };
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("no answer within {patience:?}"),
        };
        inner.failed(&error);
        inner.take_locally(call, request)
    }

    fn observe(&self, call: &LimitedCall, _: &Observation) {
        if let Some((slot, took)) = self.inner.arrived(call.account_hash()) {
            self.settle(call.account_hash(), slot.id, Settlement::Head(took));
        }
    }
}

/// Gives a turn back that nobody received.
struct GiveBack<'a, C: ConnectionLike + Clone + Send + Sync + 'static> {
    limiter: &'a RedisLimiter<C>,
    account: &'a str,
    id: Option<Arc<str>>,
}

impl<C: ConnectionLike + Clone + Send + Sync + 'static> Drop for GiveBack<'_, C> {
    fn drop(&mut self) {
        if let Some(id) = self.id.take() {
            self.limiter.settle(self.account, id, Settlement::Unused);
        }
    }
}

fn slot_id() -> Arc<str> {
    format!("{:032x}", fastrand::u128(..)).into()
}

impl<C> Clone for RedisLimiter<C> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<C> fmt::Debug for RedisLimiter<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = &self.inner.settings;
        f.debug_struct("RedisLimiter")
            .field("prefix", &settings.prefix)
            .field("token_name", &settings.token)
            .field("per_token", &settings.per_token)
            .field("per_account", &settings.per_account)
            .field("window", &settings.window)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{MAX_MARGIN, Margin};

    #[test]
    fn the_margin_follows_whole_periods() {
        let (mut margin, start) = (Margin::default(), Instant::now());
        let (period, ms) = (Duration::from_secs(20), Duration::from_millis);
        let mut record = |took, after| {
            margin.record(ms(took), start + Duration::from_secs(after), period);
            margin.get()
        };
        assert_eq!(record(2, 0), MAX_MARGIN);
        assert_eq!(record(200, 10), MAX_MARGIN);
        assert_eq!(record(2, 20), ms(300));
        assert_eq!(record(400, 30), ms(600));
        assert_eq!(record(2, 41), ms(600));
        assert_eq!(record(2, 62), ms(3));
        assert_eq!(record(5_000, 63), MAX_MARGIN);
    }
}

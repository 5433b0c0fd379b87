//! The communication with Redis: requests, reports, and probes while Redis is unavailable.

use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::RedisError;
use redis::aio::ConnectionLike;
use tokio::sync::Notify;
use tokio::time::error::Elapsed;
use tokio::time::{Instant, timeout};

use crate::breaker::{Breaker, TurnSource};
use crate::eviction::warn_if_evicting;
use crate::fleet_clock::FleetClock;
use crate::ledger::{AccountSlots, Ledger};
use crate::scripts::{Answer, Ask, Keys, Scripts, Stamp, Step, Verdict};
use crate::settings::Settings;

/// The time limit of a report.
const REPORTS_WITHIN: Duration = Duration::from_secs(1);

/// Slots that one script call restores. A script blocks Redis, so a large restoration is split.
const RESTORED_AT_ONCE: usize = 1000;

/// The connection to Redis, and this process's turns for the times in which Redis is unavailable. Clones
/// share their state.
pub(crate) struct Link<C> {
    inner: Arc<Inner<C>>,
}

struct Inner<C> {
    connection: C,
    settings: Settings,
    scripts: Scripts,
    breaker: Breaker,
    /// Wakes the calls that wait in Redis when the breaker opens.
    opened: Notify,
    /// Held by the probe that is under way.
    probing: Arc<tokio::sync::Mutex<()>>,
    /// Names this process in the ids of its slots.
    process: u64,
    next_id: AtomicU64,
    /// Set once its eviction policy has been checked.
    is_examined: AtomicBool,
    state: Mutex<State>,
}

struct State {
    ledger: Ledger,
    clock: FleetClock,
}

impl<C> Link<C> {
    pub(crate) fn new(connection: C, settings: Settings) -> Self {
        let ledger = Ledger::new(settings.window, settings.held(), settings.token_share().1);
        Self {
            inner: Arc::new(Inner {
                connection,
                settings,
                scripts: Scripts::new(),
                breaker: Breaker::default(),
                opened: Notify::new(),
                probing: Arc::default(),
                // Random, since the processes have no other way to agree on distinct numbers.
                process: fastrand::u64(..),
                next_id: AtomicU64::new(0),
                is_examined: AtomicBool::new(false),
                state: Mutex::new(State { ledger, clock: FleetClock::default() }),
            }),
        }
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// A number for a slot, unique in this process.
    pub(crate) fn next_id(&self) -> u64 {
        // Only distinct numbers matter, not their order relative to other memory.
        self.inner.next_id.fetch_add(1, Ordering::Relaxed)
    }

    /// False if a turn that Redis granted is not enough; see [`Breaker::takes_grants`].
    pub(crate) fn takes_grants(&self, has_share: bool) -> bool {
        self.inner.breaker.takes_grants(has_share)
    }

    /// Accesses the turns of this process under the lock.
    pub(crate) fn with_ledger<T>(&self, work: impl FnOnce(&mut Ledger) -> T) -> T {
        work(&mut self.inner.lock().ledger)
    }
}

impl<C> Inner<C> {
    fn lock(&self) -> MutexGuard<'_, State> {
        // No step under the lock can leave the state half written.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stamp(&self) -> Stamp {
        let fleet_time = self.lock().clock.time_at(Instant::now());
        Stamp { fleet_time, skew_us: self.settings.skew_us() }
    }

    fn record_answer(&self, time: u64, epoch: &str) {
        self.lock().clock.record_answer(time, epoch, Instant::now());
    }

    /// The name of a slot in Redis.
    fn slot(&self, id: u64) -> String {
        format!("{:016x}{id:x}", self.process)
    }

    fn failed(&self, error: &str) {
        if self.breaker.failed(Instant::now()) {
            self.opens(error);
        }
    }

    /// Called each time the breaker opens. Probes are a second apart, so a Redis that answers nothing but
    /// probes causes at most one log line per second.
    fn opens(&self, error: &str) {
        self.opened.notify_waiters();
        tracing::warn!(
            error,
            processes = self.settings.processes,
            "Redis unavailable; using this process's share of the limit"
        );
    }
}

impl<C: ConnectionLike + Clone + Send + Sync + 'static> Link<C> {
    /// The source of the turn of a call that arrives now. Sends a probe if one is due.
    pub(crate) fn turn_source(&self) -> TurnSource {
        let (source, closes) = self.inner.breaker.turn_source(Instant::now());
        if closes {
            tracing::info!("Redis available again");
        }
        if source == TurnSource::Probe {
            self.probe();
        }
        source
    }

    /// Asks Redis for a slot. `None` if it does not answer in time, or has lost its data: the breaker is
    /// open then.
    pub(crate) async fn ask(&self, keys: &Keys, id: u64, ask: Ask) -> Option<Answer> {
        let inner = &*self.inner;
        let (mut connection, stamp) = (inner.connection.clone(), inner.stamp());
        let (settings, slot) = (&inner.settings, inner.slot(id));
        let asked = inner.scripts.acquire(&mut connection, (settings, &stamp), keys, &slot, ask);
        // A connection without a timeout would otherwise hold the call for as long as Redis is silent.
        let answer = match within(settings.patience, asked).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => {
                inner.failed(&error.to_string());
                return None;
            }
            Err(_) => {
                inner.failed(&format!("no response within {:?}", settings.patience));
                return None;
            }
        };
        inner.record_answer(answer.time, &answer.epoch);
        // Relaxed suffices: a single swap returns false, and nothing else is ordered by it.
        if !inner.is_examined.swap(true, Ordering::Relaxed) {
            tokio::spawn(warn_if_evicting(inner.connection.clone()));
        }
        if answer.verdict == Verdict::Lost {
            if inner.breaker.lost(Instant::now()) {
                inner.opens("Redis lost its data");
            }
            return None;
        }
        Some(answer)
    }

    /// Reports a step of an attempt in a task, so that no call waits for it. A lost report of a head or of an unused
    /// turn holds its slot for longer than needed. A lost report of a late request would free it too early, so it
    /// opens the breaker: the restoration after that reports the slot again.
    pub(crate) fn settle(&self, keys: &Arc<Keys>, id: u64, step: Step) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (inner, keys) = (Arc::clone(&self.inner), Arc::clone(keys));
        runtime.spawn(async move {
            let (mut connection, stamp) = (inner.connection.clone(), inner.stamp());
            let (settings, slot) = (&inner.settings, inner.slot(id));
            let report =
                inner.scripts.settle(&mut connection, (settings, &stamp), &keys, &slot, step);
            // A slow Redis still takes a report that was sent to it, so only an error counts as its loss.
            let time = if step == Step::Sent { settings.held() } else { REPORTS_WITHIN };
            let report = timeout(time, report).await;
            if let (Step::Sent, Ok(Err(error))) = (step, report) {
                inner.failed(&error.to_string());
            }
        });
    }

    /// Reports a turn of this process's share, so that the other processes see it if Redis is only
    /// slow.
    pub(crate) fn report_share(&self, account: &str, id: u64) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (link, account) = (self.clone(), account.to_owned());
        let slot = [(id, self.inner.settings.held())];
        runtime.spawn(async move {
            let _ = timeout(REPORTS_WITHIN, link.restore(&account, &slot)).await;
        });
    }

    /// Waits until a call in Redis's queue may ask again. Ends early if the breaker opens.
    pub(crate) async fn wait(&self, time: Duration) {
        let opened = self.inner.opened.notified();
        // Checked after subscribing, since the breaker may have opened before.
        if !self.inner.breaker.is_open() {
            let _ = timeout(time, opened).await;
        }
    }

    /// Checks if Redis is available again, and adds the slots that it does not know. Only one probe runs
    /// at a time.
    fn probe(&self) {
        let Ok(turn) = Arc::clone(&self.inner.probing).try_lock_owned() else { return };
        let link = self.clone();
        tokio::spawn(async move {
            let _turn = turn;
            let inner = &link.inner;
            // Restores nothing: it only checks that Redis answers in time.
            let answer = timeout(inner.settings.patience, link.restore("", &[])).await;
            if !matches!(answer, Ok(Ok(()))) {
                return;
            }
            // From now on each call asks Redis, so the turns below are complete.
            inner.breaker.returns();
            let mut restoring = Restoring { inner, is_done: false };
            let slots = link.with_ledger(|ledger| ledger.slots(Instant::now()));
            restoring.is_done = link.restore_all(slots).await;
        });
    }

    /// Returns false if Redis did not accept all of them.
    async fn restore_all(&self, slots: Vec<AccountSlots>) -> bool {
        for (account, slots) in slots {
            for slots in slots.chunks(RESTORED_AT_ONCE) {
                let restored = timeout(REPORTS_WITHIN, self.restore(&account, slots)).await;
                if !matches!(restored, Ok(Ok(()))) {
                    return false;
                }
            }
        }
        true
    }

    async fn restore(&self, account: &str, slots: &[(u64, Duration)]) -> Result<(), RedisError> {
        let inner = &self.inner;
        let (mut connection, stamp) = (inner.connection.clone(), inner.stamp());
        let keys = Keys::new(&inner.settings, account);
        let slots: Vec<_> = slots.iter().map(|(id, free_in)| (inner.slot(*id), *free_in)).collect();
        let restored =
            inner.scripts.restore(&mut connection, (&inner.settings, &stamp), &keys, &slots);
        let (time, epoch) = restored.await?;
        inner.record_answer(time, &epoch);
        Ok(())
    }
}

/// The restoration of this process's turns. If it is dropped before it is complete, for example with its
/// runtime, it opens the breaker.
struct Restoring<'a, C> {
    inner: &'a Inner<C>,
    is_done: bool,
}

impl<C> Drop for Restoring<'_, C> {
    fn drop(&mut self) {
        if self.is_done {
            self.inner.breaker.restored(Instant::now());
        } else {
            self.inner.failed("the turns of this process cannot be restored");
        }
    }
}

/// Waits for the future while this process runs: time in which the process got no CPU does not count
/// against Redis.
async fn within<F: Future>(patience: Duration, future: F) -> Result<F::Output, Elapsed> {
    const STEPS: u32 = 10;
    let mut future = std::pin::pin!(future);
    for _ in 1..STEPS {
        if let Ok(output) = timeout(patience / STEPS, &mut future).await {
            return Ok(output);
        }
    }
    timeout(patience / STEPS, future).await
}

impl<C> Clone for Link<C> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

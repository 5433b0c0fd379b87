//! HTTP connections: one pool per tokio runtime.
//!
//! A connection is driven by a task of the runtime that opened it, and makes no progress while that
//! runtime is not driven. So each runtime has its own pool, which lives as long as the runtime.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use http::Version;
use tokio::runtime::{Handle, Id};
use tokio::task::AbortHandle;

use super::transport::Transport;
use crate::Error;
use crate::sync::lock;
use crate::timer::RuntimeEnded;

/// The pools of one client.
pub(crate) struct RuntimePools {
    transport: Transport,
    table: Arc<Mutex<PoolTable>>,
}

#[derive(Default)]
struct PoolTable {
    /// One entry per live runtime that has made a call.
    entries: HashMap<Id, PoolEntry>,
    /// Built together with the client, for the first runtime that asks.
    spare: Option<reqwest::Client>,
}

struct PoolEntry {
    pool: Arc<Pool>,
    watch: RuntimeWatch,
}

/// The connections of one runtime.
pub(crate) struct Pool {
    pub(crate) client: reqwest::Client,
    runtime: Id,
    /// True if the server speaks HTTP/1, where a call that times out closes its connection.
    is_http1: AtomicBool,
    /// Set once the runtime was shut down.
    ended: Arc<AtomicBool>,
}

impl Pool {
    fn new(client: reqwest::Client, runtime: Id, ended: Arc<AtomicBool>) -> Arc<Self> {
        Arc::new(Self { client, runtime, is_http1: AtomicBool::new(false), ended })
    }

    /// Polls a request of this pool's client. `is_started` returns true once a connection begins to write
    /// it.
    ///
    /// A panic of the HTTP client becomes an error of this call instead of ending the task that polls it: tokio
    /// reports a runtime without an I/O driver only by a panic, at the first connection. It also panics if a timer
    /// of a runtime that was shut down is polled, such as the time limit for connecting, so a request that
    /// has not started is then no longer polled.
    pub(crate) fn poll_sent<S>(
        &self,
        sent: &mut S,
        is_started: impl Fn() -> bool,
        cx: &mut Context<'_>,
    ) -> Poll<Result<reqwest::Response, SendFailure>>
    where
        S: Future<Output = Result<reqwest::Response, reqwest::Error>> + Unpin,
    {
        if self.ended.load(Ordering::Acquire) && !is_started() {
            return Poll::Ready(Err(SendFailure::RuntimeEnded));
        }
        match catch_unwind(AssertUnwindSafe(|| Pin::new(sent).poll(cx))) {
            Ok(polled) => polled.map_err(SendFailure::Http),
            // The runtime ended after the check above: its timers panic only once this is set.
            Err(_) if self.ended.load(Ordering::Acquire) => {
                Poll::Ready(Err(SendFailure::RuntimeEnded))
            }
            Err(_) => Poll::Ready(Err(SendFailure::Panicked)),
        }
    }

    /// Records the version of a response.
    pub(crate) fn seen(&self, version: Version) {
        // Relaxed, since it is only a hint for `suspect`.
        self.is_http1.store(version < Version::HTTP_2, Ordering::Relaxed);
    }
}

/// The reason why there is no response.
pub(crate) enum SendFailure {
    Http(reqwest::Error),
    /// The HTTP client panicked.
    Panicked,
    /// The runtime was shut down while the HTTP client was connecting.
    RuntimeEnded,
}

impl RuntimePools {
    /// Builds the first pool immediately, so that `build` reports invalid settings.
    pub(super) fn new(transport: Transport) -> Result<Self, Error> {
        let spare = Some(transport.client()?);
        let table = PoolTable { spare, ..PoolTable::default() };
        Ok(Self { transport, table: Arc::new(Mutex::new(table)) })
    }

    pub(crate) fn is_custom(&self) -> bool {
        self.transport.is_custom()
    }

    /// Host and port of the proxy that connections go through.
    pub(crate) fn proxy(&self) -> Option<&str> {
        self.transport.proxy()
    }

    /// Refuses a call outside a tokio runtime, or in one that was shut down or has no timer, which all
    /// waits of a call need. Opens the pool of a runtime that has none, since that checks it.
    pub(crate) fn check_runtime(&self) -> Result<(), Error> {
        self.lease().map(drop)
    }

    /// The pool of the current runtime.
    pub(crate) fn lease(&self) -> Result<Arc<Pool>, Error> {
        let handle = Handle::try_current().map_err(|_| {
            Error::invalid(
                "no tokio runtime is running here: call from within one, or use `send_blocking` \
                 (feature `blocking`)",
            )
        })?;
        if let Some(entry) = lock(&self.table).entries.get(&handle.id()) {
            return Ok(Arc::clone(&entry.pool));
        }
        self.open(&handle)
    }

    /// Opens a pool for a runtime. The lock is not held while its HTTP client is built.
    fn open(&self, handle: &Handle) -> Result<Arc<Pool>, Error> {
        let runtime = handle.id();
        // Before the lock: a runtime that was shut down drops the task here, which takes the lock.
        let watch = RuntimeWatch::start(handle, Arc::downgrade(&self.table));
        if watch.is_ended() {
            return Err(RuntimeEnded.into());
        }
        check_timer()?;
        let spare = lock(&self.table).spare.take();
        let client = match spare {
            Some(client) => client,
            None => self.transport.client()?,
        };
        let pool = Pool::new(client, runtime, Arc::clone(&watch.ended));
        let mut table = lock(&self.table);
        match table.entries.entry(runtime) {
            // Another thread of the runtime was faster.
            Entry::Occupied(entry) => Ok(Arc::clone(&entry.get().pool)),
            // Checked under the lock: a watch that ends later finds the entry and removes it.
            Entry::Vacant(_) if watch.is_ended() => Err(RuntimeEnded.into()),
            Entry::Vacant(entry) => Ok(Arc::clone(&entry.insert(PoolEntry { pool, watch }).pool)),
        }
    }

    /// Replaces a pool after a timeout: an HTTP/2 connection would stay in its pool although it may be
    /// dead. The next call opens a new connection; calls on the old ones continue.
    pub(crate) fn suspect(&self, suspected: &Arc<Pool>) {
        if self.is_custom() || suspected.is_http1.load(Ordering::Relaxed) {
            return;
        }
        let is_current = |entry: &PoolEntry| Arc::ptr_eq(&entry.pool, suspected);
        let runtime = suspected.runtime;
        if !lock(&self.table).entries.get(&runtime).is_some_and(is_current) {
            return;
        }
        // Made without the lock, so that calls on other runtimes do not wait for it.
        let Ok(client) = self.transport.client() else { return };
        let fresh = Pool::new(client, runtime, Arc::clone(&suspected.ended));
        if let Some(entry) = lock(&self.table).entries.get_mut(&runtime) {
            if is_current(entry) {
                entry.pool = fresh;
            }
        }
    }
}

/// Refuses a runtime without a timer, which the deadline of a call needs. Tokio reports a missing timer
/// only by a panic, so the timer is used here once per runtime, before the call does anything else.
fn check_timer() -> Result<(), Error> {
    catch_unwind(|| drop(tokio::time::sleep(Duration::ZERO))).map_err(|_| {
        Error::invalid("this tokio runtime has no timer: build it with `enable_all()`")
    })
}

/// An idle task on the runtime of a pool. The runtime drops it when it shuts down, and the drop removes
/// the pool; tokio has no other notification of the end of a runtime.
struct RuntimeWatch {
    task: AbortHandle,
    ended: Arc<AtomicBool>,
}

impl RuntimeWatch {
    /// A runtime that was shut down drops the task at once.
    fn start(handle: &Handle, table: Weak<Mutex<PoolTable>>) -> Self {
        let ended = Arc::new(AtomicBool::new(false));
        let on_end = RemoveOnDrop { table, runtime: handle.id(), ended: Arc::clone(&ended) };
        let task = handle.spawn(async move {
            let _on_end = on_end;
            std::future::pending::<()>().await;
        });
        Self { task: task.abort_handle(), ended }
    }

    fn is_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }
}

impl Drop for RuntimeWatch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct RemoveOnDrop {
    table: Weak<Mutex<PoolTable>>,
    runtime: Id,
    ended: Arc<AtomicBool>,
}

impl Drop for RemoveOnDrop {
    fn drop(&mut self) {
        // Set before the lock is taken, as `open` relies on.
        self.ended.store(true, Ordering::Release);
        let Some(table) = self.table.upgrade() else { return };
        let mut guard = lock(&table);
        let is_own = |entry: &PoolEntry| Arc::ptr_eq(&entry.watch.ended, &self.ended);
        let removed = if guard.entries.get(&self.runtime).is_some_and(is_own) {
            guard.entries.remove(&self.runtime)
        } else {
            None
        };
        drop(guard);
        // Closes connections, which is not done under the lock.
        drop(removed);
    }
}

#[cfg(test)]
mod tests;

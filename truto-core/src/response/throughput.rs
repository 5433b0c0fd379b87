//! Checks the minimum throughput of a stream over the time in which its reader waited for the server.

use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use tokio::time::Instant;

use crate::sync::lock;

pub(super) struct Throughput {
    /// Bytes per second.
    minimum: u64,
    /// Waits since the last check, and the bytes received by then.
    waited: Duration,
    received: u64,
    clock: Arc<WakeClock>,
}

/// Records the time when data arrived, which may be long before a busy reader polls again.
#[derive(Default)]
struct WakeClock {
    reader: Mutex<Option<Waker>>,
    woken: Mutex<Option<Instant>>,
}

impl Wake for WakeClock {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        lock(&self.woken).get_or_insert_with(Instant::now);
        // Both locks are free before the reader is woken, since it may be polled within the call.
        let reader = lock(&self.reader).take();
        if let Some(reader) = reader {
            reader.wake();
        }
    }
}

impl Throughput {
    pub(super) fn new(minimum: u64) -> Self {
        Self { minimum, waited: Duration::ZERO, received: 0, clock: Arc::default() }
    }

    /// A waker that records the time and wakes the reader.
    pub(super) fn waker(&self, cx: &Context<'_>) -> Waker {
        *lock(&self.clock.reader) = Some(cx.waker().clone());
        Arc::clone(&self.clock).into()
    }

    /// Discards a wake-up that brought no data.
    pub(super) fn still_waiting(&self) {
        lock(&self.clock.woken).take();
    }

    /// Adds a wait that began at `since` and ended when the reader was woken.
    pub(super) fn add_wait(&mut self, since: Instant) {
        // A wake-up of an earlier wait would make this one too short.
        let woken = lock(&self.clock.woken).take().filter(|woken| *woken >= since);
        self.waited += woken.unwrap_or_else(Instant::now).saturating_duration_since(since);
    }

    /// Once per `stretch` of waiting, returns the time waited if too few bytes arrived in it.
    pub(super) fn check(&mut self, received: u64, stretch: Duration) -> Option<Duration> {
        if self.waited < stretch {
            return None;
        }
        // In 128 bits: bytes times 1,000 do not fit 64 bits for every stream.
        let bytes = u128::from(received - self.received);
        let is_slow = bytes * 1_000 < u128::from(self.minimum) * self.waited.as_millis();
        let waited = std::mem::take(&mut self.waited);
        self.received = received;
        is_slow.then_some(waited)
    }
}

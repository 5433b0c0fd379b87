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

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn throughput_is_measured_per_stretch_of_waiting() {
        let mut throughput = Throughput::new(100);
        let mut wait = async |seconds, received| {
            let since = Instant::now();
            tokio::time::advance(seconds * SECOND).await;
            throughput.add_wait(since);
            throughput.check(received, 5 * SECOND)
        };
        assert_eq!(wait(4, 0).await, None);
        // Exactly the minimum, after exactly the stretch.
        assert_eq!(wait(1, 500).await, None);
        assert_eq!(wait(4, 500).await, None);
        assert_eq!(wait(1, 999).await, Some(5 * SECOND));
        assert_eq!(wait(7, 1_698).await, Some(7 * SECOND));
        assert_eq!(wait(7, 2_398).await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_ends_when_data_wakes_the_reader() {
        let waits = async |wakes: &[u32], is_discarded: bool| {
            let mut throughput = Throughput::new(1);
            let before = Instant::now();
            let waker = throughput.waker(&Context::from_waker(Waker::noop()));
            waker.wake_by_ref();
            tokio::time::advance(SECOND).await;
            let since = Instant::now();
            if is_discarded {
                throughput.still_waiting();
            }
            for &pause in wakes {
                tokio::time::advance(pause * SECOND).await;
                waker.wake_by_ref();
            }
            tokio::time::advance(10 * SECOND).await;
            throughput.add_wait(since);
            assert_eq!(since - before, SECOND);
            throughput.waited
        };
        // Without a wake-up, or with one from before the wait, the wait lasts until now.
        assert_eq!(waits(&[], true).await, 10 * SECOND);
        assert_eq!(waits(&[], false).await, 10 * SECOND);
        assert_eq!(waits(&[3], true).await, 3 * SECOND);
        assert_eq!(waits(&[3, 2], true).await, 3 * SECOND);
        assert_eq!(waits(&[0], true).await, Duration::ZERO);
    }
}

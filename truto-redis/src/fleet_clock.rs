//! The time of the fleet, reckoned by this process's monotonic clock.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

/// The last answer of Redis.
#[derive(Debug, Default)]
pub(crate) struct FleetClock {
    seen: Option<Seen>,
}

#[derive(Debug)]
struct Seen {
    /// Microseconds, when the answer was made.
    time: u64,
    /// When it was received, so that the reckoned time is never too late a time.
    received: Instant,
    epoch: Arc<str>,
}

impl Seen {
    fn reckon(&self, at: Instant) -> u64 {
        self.time.saturating_add(micros(at.saturating_duration_since(self.received)))
    }
}

impl FleetClock {
    /// The time at `at`, at the earliest; `None` before the first answer.
    pub(crate) fn reckon(&self, at: Instant) -> Option<u64> {
        self.seen.as_ref().map(|seen| seen.reckon(at))
    }

    /// The name that is gone once Redis has lost its data.
    pub(crate) fn epoch(&self) -> Option<Arc<str>> {
        self.seen.as_ref().map(|seen| Arc::clone(&seen.epoch))
    }

    /// Takes an answer in. Answers may come in any order: of one epoch the latest time counts.
    pub(crate) fn saw(&mut self, time: u64, epoch: &str, received: Instant) {
        match &mut self.seen {
            Some(seen) if *seen.epoch == *epoch => {
                if seen.reckon(received) < time {
                    (seen.time, seen.received) = (time, received);
                }
            }
            seen => *seen = Some(Seen { time, received, epoch: epoch.into() }),
        }
    }
}

/// Redis's Lua has doubles: exact for 285 years in microseconds.
pub(crate) fn micros(time: Duration) -> u64 {
    const MAX: u64 = 1 << 53;
    u64::try_from(time.as_micros()).map_or(MAX, |time| time.min(MAX))
}

#[cfg(test)]
mod tests {
    use super::{FleetClock, micros};
    use std::time::Duration;
    use tokio::time::Instant;

    #[test]
    fn the_latest_answer_of_an_epoch_counts() {
        let (mut clock, start) = (FleetClock::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!((clock.reckon(start), clock.epoch()), (None, None));
        clock.saw(5_000_000, "a", at(0));
        assert_eq!(clock.reckon(at(2)), Some(7_000_000));
        // An older answer that was slow.
        clock.saw(6_000_000, "a", at(3));
        assert_eq!(clock.reckon(at(3)), Some(8_000_000));
        clock.saw(9_000_000, "a", at(3));
        assert_eq!(clock.reckon(at(4)), Some(10_000_000));
        clock.saw(1_000_000, "b", at(4));
        assert_eq!((clock.reckon(at(4)), clock.epoch().as_deref()), (Some(1_000_000), Some("b")));
    }

    #[test]
    fn times_stay_exact_in_doubles() {
        assert_eq!(micros(Duration::from_secs(10)), 10_000_000);
        assert_eq!(micros(Duration::MAX), 1 << 53);
    }
}

//! The shared time of all processes, computed with this process's monotonic clock.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

/// A clock gains or loses less than one part in this many: NTP slews by at most 500 parts in a million, and an
/// oscillator is off by 100.
const DRIFT: u64 = 1_000;

/// The epoch is kept in Redis for a day after the last call of any process, so within an hour it can
/// disappear only together with the data.
const FORGETS_AFTER: Duration = Duration::from_secs(3_600);

/// The last answer of Redis.
#[derive(Debug, Default)]
pub(crate) struct FleetClock {
    seen: Option<Seen>,
}

#[derive(Debug)]
struct Seen {
    /// Microseconds, when the answer was made.
    time: u64,
    /// When the answer was received: after it was made, so the computed time is never ahead of Redis.
    received: Instant,
    epoch: Arc<str>,
}

/// The time of the fleet, as this process computes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FleetTime {
    /// Microseconds.
    pub(crate) time: u64,
    /// The part of `time` that this process's clock may be ahead by, in microseconds.
    pub(crate) slack: u64,
    /// A random name in Redis, which is lost with its data.
    pub(crate) epoch: Arc<str>,
}

impl Seen {
    fn time_at(&self, at: Instant) -> FleetTime {
        let age = micros(at.saturating_duration_since(self.received));
        FleetTime {
            time: self.time.saturating_add(age),
            slack: age / DRIFT,
            epoch: Arc::clone(&self.epoch),
        }
    }
}

impl FleetClock {
    /// The time at `at`; `None` before the first answer, and once the last one is too old.
    pub(crate) fn time_at(&self, at: Instant) -> Option<FleetTime> {
        let seen = self.seen.as_ref()?;
        (at.saturating_duration_since(seen.received) < FORGETS_AFTER).then(|| seen.time_at(at))
    }

    /// Applies a response of Redis. Responses may arrive in any order, so one of the same epoch that is
    /// older than the computed time allows is ignored.
    pub(crate) fn record_answer(&mut self, time: u64, epoch: &str, received: Instant) {
        let known = self.time_at(received).filter(|known| *known.epoch == *epoch);
        // Cannot underflow: `time` includes the age, and `slack` is a fraction of the age.
        if known.is_none_or(|known| known.time - known.slack < time) {
            self.seen = Some(Seen { time, received, epoch: epoch.into() });
        }
    }
}

/// Microseconds, at most 2^53 (285 years): Redis's Lua has doubles, which are exact up to there.
pub(crate) fn micros(time: Duration) -> u64 {
    const MAX: u64 = 1 << 53;
    u64::try_from(time.as_micros()).map_or(MAX, |time| time.min(MAX))
}

#[cfg(test)]
mod tests {
    use super::{FORGETS_AFTER, FleetClock, micros};
    use std::time::Duration;
    use tokio::time::Instant;

    #[test]
    fn the_latest_answer_of_an_epoch_sets_the_clock() {
        let (mut clock, start) = (FleetClock::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        let time_at = |clock: &FleetClock, seconds| {
            clock.time_at(at(seconds)).map(|now| (now.time, now.slack, now.epoch.to_string()))
        };
        let seen = |time, slack, epoch: &str| Some((time, slack, epoch.to_owned()));
        assert_eq!(time_at(&clock, 0), None);
        clock.record_answer(5_000_000, "a", at(0));
        assert_eq!(time_at(&clock, 2), seen(7_000_000, 2_000, "a"));
        // An older answer that was slow.
        clock.record_answer(6_000_000, "a", at(3));
        assert_eq!(time_at(&clock, 3), seen(8_000_000, 3_000, "a"));
        clock.record_answer(9_000_000, "a", at(3));
        assert_eq!(time_at(&clock, 4), seen(10_000_000, 1_000, "a"));
        clock.record_answer(1_000_000, "b", at(4));
        assert_eq!(time_at(&clock, 4), seen(1_000_000, 0, "b"));
    }

    #[test]
    fn an_answer_within_the_drift_adjusts_the_clock() {
        let (mut clock, start) = (FleetClock::default(), Instant::now());
        clock.record_answer(0, "a", start);
        // A thousand seconds later, this process's clock is ahead by half a second.
        let later = start + Duration::from_secs(1_000);
        clock.record_answer(999_500_000, "a", later);
        let now = clock.time_at(later).expect("a time");
        assert_eq!((now.time, now.slack), (999_500_000, 0));
    }

    #[test]
    fn an_hour_without_an_answer_resets_the_clock() {
        let (mut clock, start) = (FleetClock::default(), Instant::now());
        clock.record_answer(5_000_000, "a", start);
        let before = start + FORGETS_AFTER - Duration::from_millis(1);
        assert!(clock.time_at(before).is_some());
        assert_eq!(clock.time_at(start + FORGETS_AFTER), None);
        // The time of Redis may have been set back meanwhile.
        clock.record_answer(1_000_000, "a", start + FORGETS_AFTER);
        let now = clock.time_at(start + FORGETS_AFTER).expect("a time");
        assert_eq!((now.time, now.slack, &*now.epoch), (1_000_000, 0, "a"));
    }

    #[test]
    fn times_fit_exactly_into_doubles() {
        assert_eq!(micros(Duration::from_secs(10)), 10_000_000);
        assert_eq!(micros(Duration::MAX), 1 << 53);
    }
}

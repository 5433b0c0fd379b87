//! Keeps a Redis that is down or slow from delaying calls.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The longest time that one call waits for Redis, unless set otherwise.
pub(crate) const PATIENCE: Duration = Duration::from_millis(100);

/// The time between two probes of a Redis that failed.
const PROBE_EVERY: Duration = Duration::from_secs(1);

/// The time within which the other processes notice that Redis is back and report the turns of their
/// shares.
pub(crate) const RETURNS_FOR: Duration = Duration::from_secs(2);

/// Closed while Redis answers.
#[derive(Debug, Default)]
pub(crate) struct Breaker(Mutex<State>);

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Closed,
    Open {
        next_probe: Instant,
    },
    /// Redis is back; other processes may not know it yet.
    Returning {
        /// `None` until the turns of this process are restored.
        until: Option<Instant>,
    },
}

/// The source of a call's turn: Redis, this process's share, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TurnSource {
    /// It asks Redis, and waits for the answer.
    Redis,
    /// It asks Redis, within this process's share.
    ShareOfRedis,
    /// It proceeds without Redis.
    Share,
    /// It proceeds without Redis, and sends a probe that no call waits for.
    Probe,
}

impl Breaker {
    /// Returns the source of a call's turn, and true for the call that closes the breaker, which is logged.
    pub(crate) fn turn_source(&self, now: Instant) -> (TurnSource, bool) {
        let mut state = self.lock();
        let source = match *state {
            State::Closed => TurnSource::Redis,
            State::Returning { until } if until.is_none_or(|until| now < until) => {
                TurnSource::ShareOfRedis
            }
            State::Returning { .. } => {
                *state = State::Closed;
                return (TurnSource::Redis, true);
            }
            State::Open { next_probe } if now < next_probe => TurnSource::Share,
            State::Open { .. } => {
                // Set before the probe ends, so that one call per `PROBE_EVERY` waits for it.
                *state = State::Open { next_probe: now + PROBE_EVERY };
                TurnSource::Probe
            }
        };
        (source, false)
    }

    /// Records that Redis did not respond in time. Returns true if this opened the breaker, so that the
    /// waiting calls must be woken.
    pub(crate) fn failed(&self, now: Instant) -> bool {
        self.open(now + PROBE_EVERY)
    }

    /// Redis has lost its data. The next call sends the probe that restores it.
    pub(crate) fn lost(&self, now: Instant) -> bool {
        self.open(now)
    }

    fn open(&self, next_probe: Instant) -> bool {
        let mut state = self.lock();
        let planned = match *state {
            State::Open { next_probe } => Some(next_probe),
            State::Closed | State::Returning { .. } => None,
        };
        // A later failure does not postpone the probe: reports that fail all the time would keep it away.
        let next_probe = planned.map_or(next_probe, |planned| planned.min(next_probe));
        *state = State::Open { next_probe };
        planned.is_none()
    }

    /// Redis answered a probe.
    pub(crate) fn returns(&self) {
        let mut state = self.lock();
        if matches!(*state, State::Open { .. }) {
            *state = State::Returning { until: None };
        }
    }

    /// Redis knows the turns of this process again.
    pub(crate) fn restored(&self, now: Instant) {
        let mut state = self.lock();
        if matches!(*state, State::Returning { .. }) {
            *state = State::Returning { until: Some(now + RETURNS_FOR) };
        }
    }

    /// True if a turn that was requested from Redis earlier may be used now.
    pub(crate) fn takes_grants(&self, has_share: bool) -> bool {
        match *self.lock() {
            State::Closed => true,
            State::Returning { .. } => has_share,
            State::Open { .. } => false,
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        matches!(*self.lock(), State::Open { .. })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is one value, never half written.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{Breaker, PROBE_EVERY, RETURNS_FOR, TurnSource};
    use std::time::Duration;
    use tokio::time::Instant;

    #[test]
    fn opens_probes_every_second_and_closes_after_a_recovery() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        assert_eq!(breaker.turn_source(now), (TurnSource::Redis, false));
        assert!(breaker.failed(now));
        assert!(!breaker.failed(now));
        assert_eq!(breaker.turn_source(now), (TurnSource::Share, false));
        let later = now + PROBE_EVERY;
        assert_eq!(breaker.turn_source(later), (TurnSource::Probe, false));
        assert_eq!(breaker.turn_source(later), (TurnSource::Share, false));
        breaker.returns();
        assert_eq!(breaker.turn_source(later + RETURNS_FOR), (TurnSource::ShareOfRedis, false));
        breaker.restored(later);
        assert_eq!(breaker.turn_source(later), (TurnSource::ShareOfRedis, false));
        // It flaps: calls that asked Redis meanwhile wait in its queue, and have to be woken as well.
        assert!(breaker.failed(later));
        assert!(!breaker.failed(later));
        assert_eq!(breaker.turn_source(later), (TurnSource::Share, false));
        // The report of a restoration that began before it flapped changes nothing.
        breaker.restored(later);
        assert_eq!(breaker.turn_source(later), (TurnSource::Share, false));
        breaker.returns();
        breaker.restored(later);
        let closes = later + RETURNS_FOR;
        let before = closes - Duration::from_millis(1);
        assert_eq!(breaker.turn_source(before), (TurnSource::ShareOfRedis, false));
        assert_eq!(breaker.turn_source(closes), (TurnSource::Redis, true));
        assert_eq!(breaker.turn_source(closes), (TurnSource::Redis, false));
        assert!(breaker.failed(closes));
    }

    #[test]
    fn a_late_grant_counts_only_with_a_turn_of_the_share() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        let takes = |breaker: &Breaker| [false, true].map(|share| breaker.takes_grants(share));
        assert_eq!(takes(&breaker), [true, true]);
        breaker.failed(now);
        assert_eq!(takes(&breaker), [false, false]);
        breaker.returns();
        assert_eq!(takes(&breaker), [false, true]);
    }

    #[test]
    fn a_later_failure_does_not_postpone_the_probe() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        assert!(breaker.failed(now));
        assert!(!breaker.failed(now + PROBE_EVERY / 2));
        assert_eq!(breaker.turn_source(now + PROBE_EVERY), (TurnSource::Probe, false));
        assert!(!breaker.lost(now + PROBE_EVERY));
        assert_eq!(breaker.turn_source(now + PROBE_EVERY), (TurnSource::Probe, false));
    }

    #[test]
    fn lost_data_triggers_a_probe_at_once() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        assert!(breaker.lost(now));
        assert_eq!(breaker.turn_source(now), (TurnSource::Probe, false));
    }
}

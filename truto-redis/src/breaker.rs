//! Keeps a Redis that is down or slow from delaying calls.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The longest time that one call waits for Redis, unless set otherwise.
pub(crate) const PATIENCE: Duration = Duration::from_millis(100);

/// The time between two probes of a Redis that failed.
const PROBE_EVERY: Duration = Duration::from_secs(1);

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
}

/// What a call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passage {
    /// It asks Redis, and waits for the answer.
    Ask,
    /// It proceeds without Redis.
    Skip,
    /// It proceeds without Redis, and sends a probe that no call waits for.
    Probe,
}

impl Breaker {
    pub(crate) fn passage(&self, now: Instant) -> Passage {
        let mut state = self.lock();
        match *state {
            State::Closed => Passage::Ask,
            State::Open { next_probe } if now < next_probe => Passage::Skip,
            State::Open { .. } => {
                *state = State::Open { next_probe: now + PROBE_EVERY };
                Passage::Probe
            }
        }
    }

    /// Redis did not answer in time. True for the failure that opened the breaker, which alone is logged.
    pub(crate) fn failed(&self, now: Instant) -> bool {
        let mut state = self.lock();
        let was_closed = *state == State::Closed;
        *state = State::Open { next_probe: now + PROBE_EVERY };
        was_closed
    }

    /// Redis answered. True if the breaker was open.
    pub(crate) fn succeeded(&self) -> bool {
        std::mem::take(&mut *self.lock()) != State::Closed
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is one value, never half written.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{Breaker, PROBE_EVERY, Passage};
    use tokio::time::Instant;

    #[test]
    fn opens_once_probes_each_second_and_closes_on_an_answer() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        assert_eq!(breaker.passage(now), Passage::Ask);
        assert!(breaker.failed(now));
        assert!(!breaker.failed(now));
        assert_eq!(breaker.passage(now), Passage::Skip);
        let later = now + PROBE_EVERY;
        assert_eq!(breaker.passage(later), Passage::Probe);
        assert_eq!(breaker.passage(later), Passage::Skip);
        assert!(breaker.succeeded());
        assert!(!breaker.succeeded());
        assert_eq!(breaker.passage(later), Passage::Ask);
    }
}

//! The pauses before another request to a source whose fresh tokens Truto refuses.

use std::time::Duration;

use tokio::time::Instant;

/// The number of fresh tokens in a row that Truto may refuse before the source is asked less often.
const FREE_REFUSALS: u32 = 5;

/// The longest time between two tokens that are requested because the one before was refused.
const MAX_REFUSAL_PAUSE: Duration = Duration::from_secs(60);

/// Bounds the requests to a source whose fresh tokens are refused.
#[derive(Default)]
pub(super) struct Refusals {
    in_a_row: u32,
    not_before: Option<Instant>,
}

impl Refusals {
    /// Returns true if a new token may be requested for one that was refused at this age.
    pub(super) fn admit(&mut self, age: Duration, now: Instant) -> bool {
        if self.not_before.is_some_and(|not_before| now < not_before) {
            return false;
        }
        // A token that worked for a while was revoked, which does not mean that the next one is
        // refused.
        self.in_a_row = if age > MAX_REFUSAL_PAUSE { 1 } else { self.in_a_row + 1 };
        let beyond = self.in_a_row.saturating_sub(FREE_REFUSALS);
        self.not_before = (beyond > 0).then(|| {
            let seconds = 2_u64.saturating_pow(beyond - 1);
            now + Duration::from_secs(seconds).min(MAX_REFUSAL_PAUSE)
        });
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NANOSECOND: Duration = Duration::from_nanos(1);

    #[test]
    fn each_pause_is_twice_as_long_as_the_one_before() {
        let mut refusals = Refusals::default();
        let mut now = Instant::now();
        for number in 0..5 {
            assert!(refusals.admit(Duration::ZERO, now), "request {number} is free");
        }
        for seconds in [0, 1, 2, 4, 8, 16, 32, 60, 60] {
            let due = now + Duration::from_secs(seconds);
            if seconds > 0 {
                assert!(!refusals.admit(Duration::ZERO, due - NANOSECOND), "before {seconds} s");
            }
            assert!(refusals.admit(Duration::ZERO, due), "after {seconds} s");
            now = due;
        }
    }

    #[test]
    fn a_token_that_worked_for_more_than_a_minute_ends_the_pauses() {
        let second = Duration::from_secs(1);
        for (age, has_pause) in [(60 * second, true), (60 * second + NANOSECOND, false)] {
            let (mut refusals, now) = (Refusals::default(), Instant::now());
            for _ in 0..5 {
                assert!(refusals.admit(Duration::ZERO, now));
            }
            assert!(refusals.admit(age, now));
            assert_eq!(refusals.admit(Duration::ZERO, now), !has_pause, "{age:?}");
        }
    }
}

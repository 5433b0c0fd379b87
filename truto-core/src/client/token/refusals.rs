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

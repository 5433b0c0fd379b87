//! Doubling, by which the gate returns to a faster rate.

use std::time::Duration;

/// The number of waits without a refusal after which the gate tries a rate that is 5 % higher.
pub(super) const WAITS_BEFORE_GROWTH: u32 = 20;

/// The number of waits without a refusal after which a rate that few calls lowered doubles. A smaller one
/// costs a server that has become slower more refusals than it saves time where others used up the limit.
const WAITS_BEFORE_DOUBLING: u32 = 4;

/// The steps back to the rate that rounds of few calls lowered.
#[derive(Debug)]
pub(super) struct Doubling {
    /// The spacing before the rate was lowered.
    target: Duration,
    /// The number of waits without a refusal before the first step; it doubles with each refusal, so that
    /// a server that has become slower refuses few calls.
    pub(super) first: u32,
    /// True after the first step, until a call is refused.
    is_under_way: bool,
}

impl Doubling {
    pub(super) fn waits(&self) -> u32 {
        if self.is_under_way { 1 } else { self.first }
    }

    /// The next spacing, and the steps that remain.
    pub(super) fn grow(mut self, spacing: Duration) -> (Duration, Option<Self>) {
        if spacing <= self.target {
            return (spacing, None);
        }
        if std::mem::replace(&mut self.is_under_way, true) {
            self.first = WAITS_BEFORE_DOUBLING;
        }
        ((spacing / 2).max(self.target), Some(self))
    }

    /// A round of few calls lowered the rate, again or for the first time.
    pub(super) fn after(former: Option<Self>, spacing: Duration) -> Self {
        match former {
            Some(former) => Self {
                first: (2 * former.first).min(WAITS_BEFORE_GROWTH),
                is_under_way: false,
                ..former
            },
            None => Self { target: spacing, first: WAITS_BEFORE_DOUBLING, is_under_way: false },
        }
    }
}

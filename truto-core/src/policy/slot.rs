//! A place in a line of calls that are spread out.

use std::time::Duration;

use tokio::time::Instant;

/// When its call may go, and how far the next one is behind it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    pub(super) at: Instant,
    pub(super) spacing: Duration,
}

impl Slot {
    /// The end of the line without this place.
    pub(super) fn before(self, end: Instant) -> Instant {
        end.checked_sub(self.spacing).unwrap_or(end)
    }
}

//! Keeps below the limit that the server states, without knowing who else draws on it.

use std::time::Duration;

use tokio::time::Instant;

use super::slot::Slot;
use crate::RateLimit;

/// The pace that the last response suggests.
///
/// What remains is spread over the time until the window ends. Several processes that do so slow down
/// together as the rest gets smaller, so they share it without knowing of each other.
#[derive(Debug, Default)]
pub(super) struct Pace {
    known: Option<Known>,
    /// The next free place in line.
    next: Option<Instant>,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    /// Calls that are left, but for a reserve.
    remaining: u64,
    /// When the window ends.
    ends: Instant,
    /// The spacing of a whole window's calls, for the time before the next response.
    even: Duration,
}

impl Pace {
    pub(super) fn learn(&mut self, limit: RateLimit, now: Instant) {
        // Others may be on their way while this response was; a twelfth is left to them.
        let reserve = (limit.limit / 12).max(1);
        let window = limit.window.unwrap_or(limit.reset).max(limit.reset);
        let calls = u32::try_from(limit.limit.max(1)).unwrap_or(u32::MAX);
        let Some(ends) = now.checked_add(limit.reset) else {
            return;
        };
        self.known = Some(Known {
            remaining: limit.remaining.saturating_sub(reserve),
            ends,
            even: window / calls,
        });
    }

    /// A place in line, if there is one.
    pub(super) fn place(&mut self, now: Instant) -> Option<Slot> {
        let known = self.known?;
        let mut place = self.next.unwrap_or(now).max(now);
        if place < known.ends && known.remaining == 0 {
            // Those who wait for the same window do not begin it in step.
            place = known.ends + known.even.mul_f64(10.0 * fastrand::f64());
        }
        let spacing = match u32::try_from(known.remaining).unwrap_or(u32::MAX) {
            remaining @ 1.. if place < known.ends => {
                known.ends.saturating_duration_since(place) / remaining
            }
            _ => known.even,
        };
        self.next = Some(place + spacing);
        Some(Slot { at: place, spacing })
    }

    /// The place is given up. Whoever comes next may come sooner.
    pub(super) fn give_back(&mut self, slot: Slot) {
        self.next = self.next.map(|next| slot.before(next));
    }

    /// Whether nothing remains by now, so that a call whose place has come needs another one.
    pub(super) fn is_used_up(&self, now: Instant) -> bool {
        self.known.is_some_and(|known| known.remaining == 0 && now < known.ends)
    }

    /// A call goes out.
    pub(super) fn send(&mut self) {
        if let Some(known) = &mut self.known {
            known.remaining = known.remaining.saturating_sub(1);
        }
    }

    pub(super) fn is_at_rest(&self, now: Instant) -> bool {
        self.known.is_none_or(|known| now >= known.ends) && self.next.is_none_or(|next| now >= next)
    }
}

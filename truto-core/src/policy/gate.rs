//! Holds back calls after a 429, and lets them through spread out.

use std::time::Duration;

use tokio::time::Instant;

use super::slot::Slot;

/// How far apart calls are let through, where nothing better is known.
const FIRST_SPACING: Duration = Duration::from_millis(20);
const MAX_SPACING: Duration = Duration::from_secs(1);

/// How long calls are spread out after the opening.
const MAX_RELEASE: Duration = Duration::from_secs(10);

/// Closed until a time; then open, one call after the other.
#[derive(Debug)]
pub(super) struct Gate {
    opens: Instant,
    /// Until when calls are spread out.
    rests: Instant,
    /// The next free place behind the opening.
    next: Instant,
    spacing: Duration,
}

impl Gate {
    /// A gate that opens at a time.
    pub(super) fn new(opens: Instant) -> Self {
        Self { opens, rests: opens, next: opens, spacing: FIRST_SPACING }
    }

    /// A 429: the gate is closed for at least as long. `pace` is the spacing that the server's own
    /// words suggest.
    pub(super) fn close(&mut self, now: Instant, wait: Duration, pace: Option<Duration>) {
        if now > self.opens && now < self.rests {
            // Those that were let through came too fast.
            self.spacing = (self.spacing * 2).min(MAX_SPACING);
        }
        if let Some(pace) = pace {
            self.spacing = pace.min(MAX_SPACING);
        }
        self.opens = self.opens.max(now + wait);
        self.rests = self.rests.max(self.opens + wait.min(MAX_RELEASE));
        self.next = self.next.max(self.opens);
    }

    /// A place in the line behind the gate.
    pub(super) fn place(&mut self, now: Instant) -> Slot {
        let slot = Slot { at: self.next.max(now), spacing: self.spacing };
        self.next = slot.at + slot.spacing;
        slot
    }

    /// The place is given up. Whoever comes next may come sooner.
    pub(super) fn give_back(&mut self, slot: Slot) {
        self.next = slot.before(self.next).max(self.opens);
    }

    pub(super) fn opens(&self) -> Instant {
        self.opens
    }

    pub(super) fn is_at_rest(&self, now: Instant) -> bool {
        now >= self.next && now >= self.rests
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_let_through_spread_out() {
        let now = Instant::now();
        let second = Duration::from_secs(1);
        let mut gate = Gate::new(now);
        gate.close(now, second, None);
        gate.close(now, second / 2, None);
        assert_eq!(gate.place(now).at, now + second);
        assert_eq!(gate.place(now).at, now + second + FIRST_SPACING);
        let later = now + second + second / 2;
        assert_eq!(gate.place(later).at, later);
        assert_eq!(gate.place(later).at, later + FIRST_SPACING);
        gate.close(later, second, None);
        let opens = later + second;
        assert_eq!(gate.place(later).at, opens);
        assert_eq!(gate.place(later).at, opens + 2 * FIRST_SPACING);
        assert!(!gate.is_at_rest(opens + second / 2));
        assert!(gate.is_at_rest(opens + second));
        gate.close(opens, second, Some(Duration::from_millis(200)));
        gate.place(opens);
        assert_eq!(gate.spacing, Duration::from_millis(200));
    }
}

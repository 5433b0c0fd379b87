//! The calls of the last ten seconds, from which a gate learns the rate that the server accepts.

use std::time::Duration;

use tokio::time::Instant;

/// Length of the trail, in seconds: that of Truto's own windows.
const SECONDS: usize = 10;
/// After a pause of this length, the trail begins again: a time without demand shows nothing about the
/// limit.
const PAUSE: Duration = Duration::from_secs(1);

/// The calls of each second, since the last pause.
#[derive(Debug, Default)]
pub(super) struct SendTrail {
    /// The first call of the trail, and the last one.
    span: Option<(Instant, Instant)>,
    /// The number of calls per second since the first call, modulo the length.
    sent: [u32; SECONDS],
}

impl SendTrail {
    pub(super) fn add(&mut self, now: Instant) {
        match &mut self.span {
            Some((first, last)) if now.saturating_duration_since(*last) < PAUSE => {
                let second = second(*first, now);
                // Less than a second has passed, so at most one second is new.
                if second != self::second(*first, *last) {
                    self.sent[second] = 0;
                }
                self.sent[second] += 1;
                *last = now;
            }
            _ => {
                self.span = Some((now, now));
                self.sent = [0; SECONDS];
                self.sent[0] = 1;
            }
        }
    }

    /// The last call was not sent after all.
    pub(super) fn cancel(&mut self) {
        if let Some((first, last)) = self.span {
            let newest = &mut self.sent[second(first, last)];
            // Saturates, since the call may have been counted in an earlier second, or before a pause.
            *newest = newest.saturating_sub(1);
        }
    }

    /// Returns the number of calls up to the last one, and the time in which they were sent: since the
    /// trail began, and at most its length.
    ///
    /// The seconds before demand rose are left out: like a pause, a few calls before many show nothing
    /// about the limit. Of all periods that end with the last call, the one with the highest rate is
    /// used, where three standard deviations are subtracted from each rate so that chance alone does not
    /// select a shorter period of a steady demand.
    pub(super) fn recent(&self) -> (u32, Duration) {
        let Some((first, last)) = self.span else { return (0, Duration::ZERO) };
        let length = last.saturating_duration_since(first);
        let newest = second(first, last);
        let part = Duration::from_nanos(length.subsec_nanos().into());
        let (mut sent, mut best, mut highest) = (0, (0, Duration::ZERO), f64::NEG_INFINITY);
        for back in 0..SECONDS {
            sent += self.sent[(newest + SECONDS - back) % SECONDS];
            // The whole seconds before the current one, plus the part of the current one that has passed.
            let stretch = (part + PAUSE * u32::try_from(back).unwrap_or(0)).min(length);
            let certain = f64::from(sent) - 3.0 * f64::from(sent).sqrt();
            let rate = certain.max(0.0) / stretch.max(PAUSE).as_secs_f64();
            if rate >= highest {
                (best, highest) = ((sent, stretch), rate);
            }
            if stretch == length {
                break;
            }
        }
        best
    }
}

fn second(first: Instant, now: Instant) -> usize {
    let seconds = now.saturating_duration_since(first).as_secs() % SECONDS as u64;
    usize::try_from(seconds).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Calls, the time between them, a pause before the last one, and what is seen, in milliseconds.
    #[test]
    fn counts_recent_calls_since_the_last_pause() {
        for (calls, apart, pause, expected) in [
            (1, 0, 0, (1, 0)),
            (300, 0, 0, (300, 0)),
            (10, 100, 0, (10, 900)),
            (100, 100, 0, (100, 9_900)),
            (5, 999, 0, (5, 3_996)),
            (5, 1_000, 0, (1, 0)),
            // 10 calls per second: the trail covers 9 whole seconds and a half.
            (1_006, 100, 0, (96, 9_500)),
            (1_006, 100, 800, (86, 9_300)),
            (1_000, 100, 1_000, (1, 0)),
        ] {
            let mut now = Instant::now();
            let mut trail = SendTrail::default();
            for number in 1..=calls {
                if number == calls {
                    now += Duration::from_millis(pause);
                }
                trail.add(now);
                now += Duration::from_millis(apart);
            }
            let (sent, length) = trail.recent();
            assert_eq!((sent, length.as_millis()), expected, "{calls} {apart} {pause}");
        }
    }

    #[test]
    fn canceled_calls_are_not_counted() {
        let now = Instant::now();
        let mut trail = SendTrail::default();
        trail.cancel();
        assert_eq!(trail.recent(), (0, Duration::ZERO));
        (0..5).for_each(|_| trail.add(now));
        (0..2).for_each(|_| trail.cancel());
        assert_eq!(trail.recent(), (3, Duration::ZERO));
        (0..5).for_each(|_| trail.cancel());
        assert_eq!(trail.recent(), (0, Duration::ZERO));
    }

    /// Calls, the time between them in milliseconds, the calls that are made at once after them, and what
    /// is seen.
    #[test]
    fn a_trickle_before_a_storm_is_ignored() {
        for (calls, apart, storm, expected) in [
            (30, 700, 300, (300, 200)),
            (100, 250, 300, (300, 200)),
            // Hardly more than before.
            (100, 100, 10, (100, 9_200)),
            // Too few to tell a storm from chance.
            (10, 700, 3, (13, 7_200)),
        ] {
            let mut now = Instant::now();
            let mut trail = SendTrail::default();
            for _ in 0..calls {
                trail.add(now);
                now += Duration::from_millis(apart);
            }
            now += Duration::from_millis(200);
            (0..storm).for_each(|_| trail.add(now));
            let (sent, length) = trail.recent();
            assert_eq!((sent, length.as_millis()), expected, "{calls} {apart} {storm}");
        }
    }
}

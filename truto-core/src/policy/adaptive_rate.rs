//! Stays below the limit that the server states, even while other processes use it.

use std::time::Duration;

use tokio::time::Instant;

use super::lane::Lane;
use super::reservations::{LAPSES_AFTER, ReservationId, Reservations};
use crate::RateLimit;

/// The random delay before a process begins a new window is at most ten times this.
const MAX_JITTER: Duration = Duration::from_secs(1);

/// The rate that the last response suggests.
///
/// The remaining calls are spread over the time until the window ends. As fewer remain, all processes
/// slow down together, so they share the limit without communicating. Background calls are spaced a
/// quarter further apart and do not use the last fifth of the limit.
#[derive(Debug, Default)]
pub(super) struct AdaptiveRate {
    stated: Option<Stated>,
    /// The time at which the next call of each lane may be sent.
    next: [Option<Instant>; Lane::COUNT],
    reserved: Reservations,
}

#[derive(Debug, Clone, Copy)]
struct Stated {
    limit: u64,
    /// The remaining calls, minus a reserve.
    remaining: u64,
    ends: Instant,
    /// The time at which calls resume if none remains. It has a random part, so that processes that wait
    /// for the same window do not begin it simultaneously.
    resumes: Instant,
    /// The spacing of the calls of a whole window, used until the next response.
    even: Duration,
}

impl AdaptiveRate {
    /// `max_wait` limits the wait for the end of a window; after it, one call is sent to learn the
    /// state.
    pub(super) fn learn(&mut self, limit: RateLimit, max_wait: Duration, now: Instant) {
        // A twelfth is left for calls that other processes sent while this response was in flight.
        let reserve = (limit.limit / 12).max(1);
        // A window is at least as long as the time that is left of it.
        let window = limit.window.unwrap_or(limit.reset).max(limit.reset);
        let even = window / u32::try_from(limit.limit.max(1)).unwrap_or(u32::MAX);
        let Some(ends) = now.checked_add(limit.reset) else {
            return;
        };
        // Up to ten spacings, so that processes that wait for the same window do not resume together.
        let jitter = even.min(MAX_JITTER).mul_f64(10.0 * fastrand::f64());
        self.stated = Some(Stated {
            limit: limit.limit,
            remaining: limit.remaining.saturating_sub(reserve),
            ends,
            resumes: ends.min(now + max_wait) + jitter,
            even,
        });
        for lane in Lane::ALL {
            // If the rate rose, the next call may be sent sooner.
            let soonest = now + self.spacing(lane, now);
            let next = &mut self.next[lane.index()];
            *next = next.map(|next| next.min(soonest));
        }
    }

    pub(super) fn ready_at(&mut self, lane: Lane, now: Instant) -> Instant {
        while self.reserved.pop_older(LAPSES_AFTER, now).is_some() {}
        let next = self.next[lane.index()].unwrap_or(now).max(now);
        match self.stated {
            Some(stated) if now < stated.ends && self.free(stated, lane) == 0 => {
                next.max(stated.resumes)
            }
            _ => next,
        }
    }

    /// A lower bound for the turn of any call.
    pub(super) fn estimate(&mut self, lane: Lane, now: Instant) -> Instant {
        match self.stated {
            Some(stated) if now < stated.ends && self.free(stated, lane) == 0 => {
                stated.ends.min(stated.resumes).max(now)
            }
            _ => now,
        }
    }

    pub(super) fn reserve(&mut self, now: Instant) -> ReservationId {
        // Both lanes move: a call of either one uses up the same limit.
        for lane in Lane::ALL {
            let spacing = self.spacing(lane, now);
            let next = &mut self.next[lane.index()];
            *next = Some(next.unwrap_or(now).max(now) + spacing);
        }
        self.reserved.insert(now)
    }

    pub(super) fn commit(&mut self, id: ReservationId) {
        self.reserved.remove(id);
        // Until now the reservation was subtracted from `remaining`; from here the call itself is.
        if let Some(stated) = &mut self.stated {
            stated.remaining = stated.remaining.saturating_sub(1);
        }
    }

    pub(super) fn cancel(&mut self, id: ReservationId, now: Instant) {
        self.reserved.remove(id);
        // Approximate: the spacing may have changed since the reservation.
        for lane in Lane::ALL {
            let spacing = self.spacing(lane, now);
            let next = &mut self.next[lane.index()];
            *next = next.and_then(|next| next.checked_sub(spacing));
        }
    }

    pub(super) fn is_idle(&self, now: Instant) -> bool {
        self.stated.is_none_or(|stated| now >= stated.ends)
            && self.next.iter().flatten().all(|next| now >= *next)
    }

    fn free(&self, stated: Stated, lane: Lane) -> u64 {
        let kept = match lane {
            Lane::Interactive => 0,
            Lane::Background => stated.limit / 5,
        };
        stated.remaining.saturating_sub(self.reserved.len() as u64).saturating_sub(kept)
    }

    fn spacing(&self, lane: Lane, now: Instant) -> Duration {
        let Some(stated) = self.stated else {
            return Duration::ZERO;
        };
        let free = self.free(stated, Lane::Interactive);
        let spacing = match u32::try_from(free).unwrap_or(u32::MAX) {
            free @ 1.. if now < stated.ends => stated.ends.saturating_duration_since(now) / free,
            // The window has ended, or is used up: its remaining time says nothing about the next one.
            _ => stated.even,
        };
        match lane {
            Lane::Interactive => spacing,
            Lane::Background => spacing * 5 / 4,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learned(remaining: u64, now: Instant) -> AdaptiveRate {
        let mut rate = AdaptiveRate::default();
        let reset = Duration::from_secs(10);
        let limit = RateLimit { limit: 60, remaining, reset, window: None };
        rate.learn(limit, Duration::from_secs(300), now);
        rate
    }

    /// Calls that remain, and the spacing of each lane in milliseconds.
    #[test]
    fn remaining_calls_are_spread_over_the_window() {
        for (remaining, interactive, background) in
            [(55, 200, 250), (25, 500, 625), (17, 833, 10_000)]
        {
            let now = Instant::now();
            for (lane, expected) in
                [(Lane::Interactive, interactive), (Lane::Background, background)]
            {
                let mut rate = learned(remaining, now);
                assert_eq!(rate.ready_at(Lane::Interactive, now), now);
                rate.reserve(now);
                let apart = (rate.ready_at(lane, now) - now).as_millis();
                assert!(apart >= expected, "{remaining} {lane:?}: {apart}");
                assert!(apart <= expected * 12 / 10, "{remaining} {lane:?}: {apart}");
            }
        }
    }

    #[test]
    fn the_wait_for_a_new_window_is_bounded() {
        let now = Instant::now();
        let mut rate = AdaptiveRate::default();
        let day = Duration::from_secs(86_400);
        let limit = RateLimit { limit: 100, remaining: 0, reset: day, window: None };
        rate.learn(limit, Duration::from_secs(300), now);
        let wait = rate.ready_at(Lane::Interactive, now) - now;
        assert!((300..=310).contains(&wait.as_secs()), "{wait:?}");
        assert!(rate.estimate(Lane::Interactive, now) <= now + Duration::from_secs(310));
    }

    #[test]
    fn no_call_is_sent_when_none_remains() {
        let now = Instant::now();
        let mut rate = learned(6, now);
        let id = rate.reserve(now);
        assert!(rate.ready_at(Lane::Interactive, now) >= now + Duration::from_secs(10));
        rate.cancel(id, now);
        assert_eq!(rate.ready_at(Lane::Interactive, now), now);
        // An unused reservation lapses.
        rate.reserve(now);
        let later = now + LAPSES_AFTER;
        assert!(rate.ready_at(Lane::Interactive, later) <= now + Duration::from_secs(10));
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_sent_call_lowers_the_remaining_number() {
        let now = Instant::now();
        // Five of the sixty are left to others, so one call remains.
        let mut rate = learned(6, now);
        let id = rate.reserve(now);
        assert_eq!(rate.free(rate.stated.expect("stated"), Lane::Interactive), 0);
        rate.commit(id);
        assert_eq!(rate.stated.expect("stated").remaining, 0);
        assert!(rate.ready_at(Lane::Interactive, now) >= now + 10 * SECOND);
    }

    #[test]
    fn the_estimate_for_a_used_up_window_is_its_end() {
        let now = Instant::now();
        let ends = now + 10 * SECOND;
        let mut used_up = learned(5, now);
        assert_eq!(used_up.estimate(Lane::Interactive, now), ends);
        assert_eq!(used_up.estimate(Lane::Interactive, ends), ends);
        assert_eq!(used_up.estimate(Lane::Interactive, ends + SECOND), ends + SECOND);
        // Seventeen are enough for interactive calls only.
        let mut low = learned(17, now);
        assert_eq!(low.estimate(Lane::Interactive, now), now);
        assert_eq!(low.estimate(Lane::Background, now), ends);
        assert_eq!(AdaptiveRate::default().estimate(Lane::Interactive, now), now);
    }

    #[test]
    fn a_new_window_restores_all_calls() {
        let now = Instant::now();
        let ends = now + 10 * SECOND;
        let mut rate = learned(5, now);
        assert!(rate.ready_at(Lane::Interactive, ends - SECOND) >= ends);
        assert_eq!(rate.ready_at(Lane::Interactive, ends), ends);
        // Spread as a whole window's calls, since what the new one has is not known yet.
        assert_eq!(rate.spacing(Lane::Interactive, ends), 10 * SECOND / 60);
        assert_eq!(learned(55, now).spacing(Lane::Interactive, ends), 10 * SECOND / 60);
    }

    #[test]
    fn an_adaptive_rate_is_idle_after_its_window_and_spacing() {
        let now = Instant::now();
        let ends = now + 10 * SECOND;
        assert!(AdaptiveRate::default().is_idle(now));
        let mut rate = learned(55, now);
        assert!(!rate.is_idle(now) && rate.is_idle(ends));
        for lane in &mut rate.next {
            *lane = Some(ends + SECOND);
        }
        assert!(!rate.is_idle(ends) && rate.is_idle(ends + SECOND));
    }
}

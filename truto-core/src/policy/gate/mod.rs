//! Delays calls after a 429, then releases them at the rate that the server was found to accept.
//!
//! A 429 states when to send again, but not how many calls will be accepted then. The gate learns that
//! from rounds: a round begins when the gate opens and ends with the first refusal. The number of
//! accepted calls, divided by the length of the round (at least by the wait that the server asked for,
//! which is about its window), is a rate that the server accepts; the next round stays 5 % below it. Of
//! a long round only the last ten seconds count, since a time of little demand shows nothing about the
//! limit. A round without accepted calls shows nothing either: the gate then probes slowly, and each
//! accepted call speeds it up, so that a server that recovers is used again soon.
//!
//! A round of few calls shows little: others may have used up the limit before it, or the gate opened
//! earlier than the server's window, so that only a few slots were free. While no rate is known, such
//! rounds are added up, however many calls they refused. Such a round at most halves a known rate. After
//! several waits without a refusal, the rate doubles until it is back at its former value, since the
//! others may have stopped.

mod doubling;
#[cfg(test)]
mod tests;

use std::time::Duration;

use tokio::time::Instant;

use doubling::{Doubling, WAITS_BEFORE_GROWTH};

/// The time between calls if nothing else is known: 500 calls in 10 s, Truto's limit per token.
const FIRST_SPACING: Duration = Duration::from_millis(20);
/// The maximum time between released calls.
const MAX_SPACING: Duration = Duration::from_secs(1);
/// The maximum time between calls while none is accepted.
const MAX_PROBE_SPACING: Duration = Duration::from_millis(250);
/// The minimum time between calls while no limit is known.
const MIN_SPACING: Duration = Duration::from_millis(1);

/// The maximum time for which calls are spread out after the opening while none of them waits.
const MAX_RELEASE: Duration = Duration::from_secs(10);

/// A round in which fewer calls than this passed shows little about the rate.
const ENOUGH_TO_LEARN: u32 = 10;

/// The number of such rounds after which the few calls that passed determine the rate.
const MAX_FEW: u32 = 5;

/// If the trail is shorter than this, the whole round counts.
const LEAST_TRAIL: Duration = Duration::from_secs(9);

/// Closed until a point in time, then releases one call after another.
#[derive(Debug)]
pub(super) struct RetryAfterGate {
    opens: Instant,
    /// The time until which calls are spread out.
    rests: Instant,
    /// The time at which the next call may be sent.
    next: Instant,
    spacing: Duration,
    /// The spacing that the server was found to accept.
    learned: Option<Duration>,
    /// The wait that the last 429 asked for.
    wait: Duration,
    /// The time at which the rate was learned or raised.
    changed: Instant,
    doubling: Option<Doubling>,
    round: Round,
}

/// The calls between two refusals.
#[derive(Debug)]
struct Round {
    started: Instant,
    sent: u32,
    refused: u32,
    /// The rounds that were added up to this one.
    few: u32,
    /// The first refusal, and the trail at that time: calls, and the time in which they were sent.
    ended: Option<(Instant, (u32, Duration))>,
}

impl Round {
    fn new(now: Instant) -> Self {
        Self { started: now, sent: 0, refused: 0, few: 0, ended: None }
    }
}

impl RetryAfterGate {
    /// A gate for limits that sent `sent` calls in the last `length`.
    pub(super) fn new((sent, length): (u32, Duration), now: Instant) -> Self {
        let started = now.checked_sub(length).unwrap_or(now);
        Self {
            opens: now,
            rests: now,
            next: now,
            spacing: FIRST_SPACING,
            learned: None,
            wait: Duration::ZERO,
            changed: now,
            doubling: None,
            // At least the call that was refused, although the trail may not contain it any more.
            round: Round { sent: sent.max(1), ..Round::new(started) },
        }
    }

    /// Records a 429: the gate stays closed for at least `wait`. `stated` is the spacing that
    /// corresponds to the limit in the response, `trail` the latest calls and the time in which they
    /// were sent.
    pub(super) fn close(
        &mut self,
        now: Instant,
        wait: Duration,
        stated: Option<Duration>,
        trail: (u32, Duration),
    ) {
        self.begin_round(now);
        self.round.refused += 1;
        // The first refusal ends the round. Later ones are of calls that were already sent by then.
        self.round.ended.get_or_insert((now, trail));
        self.wait = wait;
        self.opens = self.opens.max(now + wait);
        self.rests = self.rests.max(self.opens + wait.min(MAX_RELEASE));
        self.next = self.next.max(self.opens);
        if let Some(stated) = stated {
            self.learned = Some(stated.min(MAX_SPACING));
            self.doubling = None;
        }
    }

    /// Records a response other than a 429 to a call that went through the gate.
    pub(super) fn pass(&mut self, now: Instant) {
        // This call was sent before the gate closed, so its success proves nothing about the time after.
        if now < self.opens {
            return;
        }
        self.begin_round(now);
        let pause = self.wait.clamp(Duration::from_secs(1), MAX_RELEASE);
        let waits = self.doubling.as_ref().map_or(WAITS_BEFORE_GROWTH, Doubling::waits);
        let may_grow = now.saturating_duration_since(self.changed) >= waits * pause;
        if let Some(learned) = self.learned.as_mut().filter(|_| may_grow) {
            if let Some(doubling) = self.doubling.take() {
                (*learned, self.doubling) = doubling.grow(*learned);
                // The slow time before this one shows nothing about the faster rate.
                self.round = Round::new(now);
            } else {
                *learned = learned.mul_f64(0.95);
            }
            self.changed = now;
        }
        let least = self.learned.unwrap_or(MIN_SPACING);
        self.spacing = self.spacing.mul_f64(0.9).max(least);
        // The next turn was computed with the old spacing; without this a faster rate applies one call late.
        self.next = self.next.min(now + self.spacing);
    }

    pub(super) fn ready_at(&mut self, now: Instant) -> Instant {
        self.begin_round(now);
        self.next.max(now)
    }

    pub(super) fn reserve(&mut self, now: Instant) {
        self.next = self.ready_at(now) + self.spacing;
        self.round.sent += 1;
    }

    /// The call of a reservation was not sent, so the next one may be sent sooner.
    pub(super) fn cancel(&mut self) {
        self.round.sent = self.round.sent.saturating_sub(1);
        let next = self.next.checked_sub(self.spacing).unwrap_or(self.next);
        self.next = next.max(self.opens);
    }

    pub(super) fn opens(&self) -> Instant {
        self.opens
    }

    pub(super) fn is_closed(&self, now: Instant) -> bool {
        now < self.opens
    }

    pub(super) fn rests(&self) -> Instant {
        self.rests
    }

    /// Returns true if this gate can be dropped with no effect on an account without waiting calls.
    pub(super) fn is_idle(&self, now: Instant) -> bool {
        now >= self.next && now >= self.rests
    }

    /// Learns from a round that ended, once the gate is open again.
    fn begin_round(&mut self, now: Instant) {
        let Some((ended, trail)) = self.round.ended.filter(|_| now >= self.opens) else {
            return;
        };
        let round = ended.saturating_duration_since(self.round.started);
        let (sent, length) = if round > trail.1 && trail.1 >= LEAST_TRAIL {
            trail
        } else {
            (self.round.sent, round)
        };
        // A burst that is refused within milliseconds would otherwise look like an enormous rate.
        let length = length.max(self.wait);
        let passed = sent.saturating_sub(self.round.refused);
        if passed == 0 {
            self.spacing = (self.spacing * 2).min(MAX_PROBE_SPACING);
        } else if self.learned.is_none() && passed < ENOUGH_TO_LEARN && self.round.few + 1 < MAX_FEW
        {
            // The next round adds to this one.
            self.round.few += 1;
            self.round.ended = None;
            return;
        } else {
            // 5 % slower than what passed, so that the next round stays below it.
            self.learn((length / passed).mul_f64(1.05), passed);
        }
        if let Some(learned) = self.learned {
            self.spacing = self.spacing.max(learned).min(learned.max(MAX_PROBE_SPACING));
            if self.round.sent > self.round.refused {
                self.spacing = learned;
            }
        }
        self.changed = now;
        self.round = Round::new(now);
    }

    /// Learns the spacing at which `passed` calls of a round passed.
    fn learn(&mut self, spacing: Duration, passed: u32) {
        // Few calls may have slipped through just before the server opened again. Taken as its rate, they
        // slowed 300 calls into a limit of 100 per 2 s to one per second: 156 were lost. Compared with a
        // known rate, even many calls may be few.
        let is_few =
            passed < ENOUGH_TO_LEARN || self.learned.is_some_and(|learned| spacing > 2 * learned);
        let most = self.learned.map_or(MAX_SPACING, |learned| (2 * learned).min(MAX_SPACING));
        let former = self.doubling.take();
        self.doubling =
            is_few.then(|| Doubling::after(former, self.learned.unwrap_or(FIRST_SPACING)));
        self.learned = Some(spacing.clamp(MIN_SPACING, most.max(MIN_SPACING)));
    }
}

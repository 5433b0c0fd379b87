use super::*;

const SECOND: Duration = Duration::from_secs(1);
const NO_TRAIL: (u32, Duration) = (0, Duration::ZERO);

#[test]
fn calls_pass_with_a_spacing_after_the_longest_wait() {
    let now = Instant::now();
    let mut gate = RetryAfterGate::new((1, Duration::ZERO), now);
    gate.close(now, SECOND, None, NO_TRAIL);
    gate.close(now, SECOND / 2, None, NO_TRAIL);
    assert_eq!(gate.ready_at(now), now + SECOND);
    assert!(gate.is_closed(now) && !gate.is_closed(now + SECOND));
    let opens = now + SECOND;
    gate.reserve(opens);
    assert!(gate.ready_at(opens) > opens);
    gate.cancel();
    assert_eq!(gate.ready_at(opens), opens);
    assert!(!gate.is_idle(opens) && gate.is_idle(now + 2 * SECOND));
}

/// The spacing before a round and the calls that passed in it, one every 500 ms; the spacing after it, and
/// whether the gate soon tries the former rate again.
#[test]
fn a_round_of_few_calls_at_most_doubles_the_learned_spacing() {
    let now = Instant::now();
    for (learned, passed, spacing, is_tried_again) in [
        (None, 1, 500, true),
        (None, 9, 500, true),
        (None, 10, 500, false),
        (Some(100), 9, 200, true),
        (Some(100), 10, 200, true),
        (Some(249), 10, 498, true),
        (Some(250), 9, 500, true),
        (Some(250), 10, 500, false),
        (Some(400), 9, 500, true),
    ] {
        let mut gate = RetryAfterGate::new((1, Duration::ZERO), now);
        gate.learned = learned.map(Duration::from_millis);
        gate.learn(Duration::from_millis(500), passed);
        let found = (gate.learned, gate.doubling.is_some());
        let expected = (Some(Duration::from_millis(spacing)), is_tried_again);
        assert_eq!(found, expected, "{learned:?} {passed}");
    }
}

/// Sent and refused calls of a round, its length in milliseconds, the wait asked for, and the spacing
/// of the next round in milliseconds.
#[test]
fn the_next_round_is_slower_than_the_rate_that_passed() {
    for (sent, refused, length, wait, spacing) in [
        (300, 280, 50, 1_000, 52),
        (300, 290, 50, 1_000, 105),
        (100, 1, 5_000, 1_000, 53),
        (400, 400, 50, 1_000, 40),
        (12, 2, 50, 60_000, 1_000),
        // Too few to learn from, however many were refused.
        (300, 291, 50, 1_000, 20),
        (10, 9, 50, 60_000, 20),
        (2, 1, 50, 60_000, 20),
    ] {
        let now = Instant::now();
        let trail = (sent, Duration::from_millis(length));
        let mut gate = RetryAfterGate::new(trail, now);
        for _ in 0..refused {
            gate.close(now, Duration::from_millis(wait), None, trail);
        }
        let opens = gate.opens();
        gate.reserve(opens);
        let apart = gate.ready_at(opens) - opens;
        assert_eq!(apart.as_millis(), spacing, "{sent} {refused}");
    }
}

#[test]
fn the_gate_speeds_up_within_seconds_after_a_recovery() {
    let mut now = Instant::now();
    let mut gate = RetryAfterGate::new((1, Duration::ZERO), now);
    for _ in 0..10 {
        gate.close(now, SECOND, None, NO_TRAIL);
        now = gate.ready_at(now);
        gate.reserve(now);
    }
    assert_eq!(gate.spacing, MAX_PROBE_SPACING);
    let recovered = now;
    for _ in 0..400 {
        gate.pass(now);
        now = gate.ready_at(now);
        gate.reserve(now);
    }
    assert!(now - recovered < 4 * SECOND, "{:?}", now - recovered);
}

#[test]
fn a_stated_spacing_is_kept_after_the_gate_opens() {
    let now = Instant::now();
    let mut gate = RetryAfterGate::new((1, Duration::ZERO), now);
    gate.close(now, SECOND, Some(Duration::from_millis(200)), (0, Duration::ZERO));
    let opens = gate.opens();
    gate.reserve(opens);
    assert!(gate.ready_at(opens) >= opens + Duration::from_millis(200));
}

#[test]
fn a_stated_spacing_is_at_most_a_second() {
    let now = Instant::now();
    let mut gate = RetryAfterGate::new((1, Duration::ZERO), now);
    gate.doubling = Some(Doubling::after(None, FIRST_SPACING));
    gate.close(now, SECOND, Some(60 * SECOND), NO_TRAIL);
    assert_eq!(gate.learned, Some(MAX_SPACING));
    assert!(gate.doubling.is_none(), "a rate that was learned does not replace it");
}

#[test]
fn an_opened_gate_spreads_calls_for_as_long_as_it_was_closed() {
    let now = Instant::now();
    for (wait, rests) in [(SECOND, 2 * SECOND), (60 * SECOND, 60 * SECOND + MAX_RELEASE)] {
        let mut gate = RetryAfterGate::new((1, Duration::ZERO), now);
        gate.close(now, wait, None, NO_TRAIL);
        assert_eq!((gate.opens(), gate.rests()), (now + wait, now + rests));
        assert!(!gate.is_idle(now + rests.mul_f64(0.99)));
        assert!(gate.is_idle(now + rests));
    }
}

#[test]
fn a_response_before_the_gate_opens_changes_nothing() {
    let now = Instant::now();
    let mut gate = RetryAfterGate::new((1, Duration::ZERO), now);
    gate.close(now, SECOND, None, NO_TRAIL);
    let before = (gate.spacing, gate.next);
    gate.pass(now + SECOND / 2);
    assert_eq!((gate.spacing, gate.next), before);
    gate.pass(now + SECOND);
    assert_ne!(gate.spacing, before.0);
}

#[test]
fn each_response_shortens_the_spacing_by_a_tenth_down_to_the_learned_one() {
    let now = Instant::now();
    let mut gate = RetryAfterGate::new((1, Duration::ZERO), now);
    (gate.spacing, gate.next) = (Duration::from_millis(100), now + SECOND);
    gate.pass(now);
    assert_eq!(gate.spacing, Duration::from_millis(90));
    assert_eq!(gate.next, now + Duration::from_millis(90));
    gate.learned = Some(Duration::from_millis(88));
    gate.pass(now);
    assert_eq!(gate.spacing, Duration::from_millis(88));
}

#[test]
fn a_learned_rate_grows_after_twenty_waits_without_a_refusal() {
    let now = Instant::now();
    for (wait, pause) in
        [(SECOND / 10, SECOND), (3 * SECOND, 3 * SECOND), (60 * SECOND, MAX_RELEASE)]
    {
        let mut gate = RetryAfterGate::new((1, Duration::ZERO), now);
        (gate.learned, gate.wait) = (Some(Duration::from_millis(100)), wait);
        let grows = now + WAITS_BEFORE_GROWTH * pause;
        gate.pass(now + (WAITS_BEFORE_GROWTH * pause).mul_f64(0.99));
        assert_eq!(gate.learned, Some(Duration::from_millis(100)), "{wait:?}");
        gate.pass(grows);
        assert_eq!(gate.learned, Some(Duration::from_millis(95)), "{wait:?}");
        assert_eq!(gate.changed, grows);
    }
}

#[test]
fn a_canceled_call_frees_its_turn_and_does_not_open_the_gate() {
    let now = Instant::now();
    let mut gate = RetryAfterGate::new((1, Duration::ZERO), now);
    gate.reserve(now);
    assert_eq!((gate.round.sent, gate.next), (2, now + FIRST_SPACING));
    gate.cancel();
    assert_eq!((gate.round.sent, gate.next), (1, now));
    gate.close(now, SECOND, None, NO_TRAIL);
    gate.cancel();
    assert_eq!((gate.round.sent, gate.next), (0, now + SECOND));
}

/// Calls sent and refused in a round, the spacing before it, and the one after it, in milliseconds.
#[test]
fn a_learned_rate_is_kept_while_no_call_passes() {
    for (sent, refused, before, after) in [(3, 3, 200, 250), (3, 3, 40, 100), (0, 0, 200, 250)] {
        let now = Instant::now();
        let mut gate = RetryAfterGate::new((sent, Duration::ZERO), now);
        gate.spacing = Duration::from_millis(before);
        gate.learned = Some(Duration::from_millis(100));
        gate.round.refused = refused;
        gate.round.sent = sent;
        gate.round.ended = Some((now, NO_TRAIL));
        gate.begin_round(now);
        assert_eq!(gate.spacing.as_millis(), after, "{sent} {refused} {before}");
        assert_eq!((gate.round.sent, gate.round.refused, gate.round.ended), (0, 0, None));
    }
}

#[test]
fn a_learned_rate_replaces_a_slower_probe() {
    let now = Instant::now();
    let mut gate = RetryAfterGate::new((21, SECOND), now);
    gate.spacing = Duration::from_millis(200);
    (gate.round.refused, gate.round.ended) = (1, Some((now, NO_TRAIL)));
    gate.begin_round(now);
    assert_eq!(gate.spacing.as_micros(), 52_500);
}

/// Calls that pass in each of two rounds after one of 20, and the spacing after it, in milliseconds.
#[test]
fn few_passing_calls_at_most_halve_a_learned_rate() {
    for (rounds, spacings) in
        [([1, 1], [105, 210]), ([9, 9], [105, 116]), ([10, 20], [105, 52]), ([15, 40], [69, 26])]
    {
        let mut now = Instant::now();
        let mut gate = RetryAfterGate::new((21, SECOND), now);
        gate.close(now, SECOND, None, NO_TRAIL);
        for (passed, spacing) in rounds.into_iter().zip(spacings) {
            now = gate.opens();
            assert_eq!(gate.ready_at(now), now);
            gate.round.sent = passed + 1;
            gate.close(now, SECOND, None, NO_TRAIL);
            gate.begin_round(now + SECOND);
            let learned = gate.learned.expect("a rate");
            assert_eq!(learned.as_millis(), spacing, "{rounds:?}");
        }
    }
}

/// The number of waits before each step back to a rate, while no call is refused.
#[test]
fn a_lowered_rate_doubles_after_more_waits_with_each_refusal() {
    let ms = Duration::from_millis;
    let mut doubling = Doubling::after(None, ms(50));
    for waits in [4, 8, 16, 20, 20] {
        assert_eq!(doubling.waits(), waits);
        doubling = Doubling::after(Some(doubling), ms(400));
    }
    let (spacing, rest) = doubling.grow(ms(400));
    let refused = Doubling::after(rest, ms(400));
    assert_eq!((spacing, refused.waits()), (ms(200), 20));
    let mut spacings = Vec::new();
    let (mut spacing, mut rest) = refused.grow(ms(400));
    while let Some(doubling) = rest {
        spacings.push((spacing.as_millis(), doubling.waits(), doubling.first));
        (spacing, rest) = doubling.grow(spacing);
    }
    assert_eq!(spacings, [(200, 1, 20), (100, 1, 4), (50, 1, 4)]);
    assert_eq!(spacing, ms(50));
}

#[test]
fn a_rate_that_few_calls_lowered_returns_within_seconds() {
    let mut now = Instant::now();
    let mut gate = RetryAfterGate::new((21, Duration::ZERO), now);
    gate.close(now, SECOND, None, NO_TRAIL);
    now = gate.opens();
    gate.begin_round(now);
    (gate.round.sent, gate.round.started) = (2, now);
    gate.close(now, SECOND, None, NO_TRAIL);
    now = gate.opens();
    gate.begin_round(now);
    let spacings = [(0, 105_000), (3, 105_000), (4, 52_500), (5, 52_500), (6, 52_500)];
    for (seconds, micros) in spacings {
        gate.pass(now + seconds * SECOND);
        let learned = gate.learned.map(|spacing| spacing.as_micros());
        assert_eq!(learned, Some(micros), "{seconds}");
    }
    assert!(gate.doubling.is_none());
    assert_eq!(gate.round.started, now + 5 * SECOND, "the slow time does not count");
}

/// While no rate is known, rounds in which few calls pass add up to one. Calls of a round, those that
/// pass, the number of rounds until a rate is known, and its spacing in milliseconds.
#[test]
fn rounds_with_few_passing_calls_are_merged() {
    for (sent, passed, enough, spacing) in [
        // Five passed in the four seconds up to the last refusal.
        (2, 1, 5, 840),
        (100, 1, 5, 840),
        (30, 4, 3, 174),
        (30, 9, 2, 58),
        (30, 10, 1, 105),
    ] {
        let mut now = Instant::now();
        let mut gate = RetryAfterGate::new((sent, Duration::ZERO), now);
        for round in 1..=enough {
            for _ in 0..sent - passed {
                gate.close(now, SECOND, None, NO_TRAIL);
            }
            now = gate.opens();
            assert!(gate.learned.is_none(), "{sent} {passed} {round}");
            gate.begin_round(now);
            gate.round.sent += sent;
        }
        let learned = gate.learned.map(|spacing| spacing.as_millis());
        assert_eq!(learned, Some(spacing), "{sent} {passed}");
    }
}

/// The length of the round and of the trail in seconds, and the spacing that is learned from 1,001
/// calls of the round or 101 of the trail, in milliseconds.
#[test]
fn a_long_round_is_judged_by_its_last_seconds() {
    for (round, trail, spacing) in
        [(100, 10, 105), (100, 9, 95), (100, 8, 105), (9, 9, 9), (10, 9, 95)]
    {
        let now = Instant::now();
        let mut gate = RetryAfterGate::new((1_001, round * SECOND), now);
        gate.round.refused = 1;
        gate.round.ended = Some((now, (101, trail * SECOND)));
        gate.begin_round(now);
        let learned = gate.learned.expect("a rate").as_micros() + 500;
        assert_eq!(learned / 1_000, spacing, "{round} {trail}");
    }
}

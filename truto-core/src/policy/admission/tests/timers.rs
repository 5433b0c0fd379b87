//! The times of turns: when calls are polled again, when an offer passes on, and how late a call would be.

use std::task::Waker;

use super::super::state::{Polled, Waiter};
use super::lanes::{background, used_up_by, waiting};
use super::*;

/// A state in which account "a" has sent the only call of this second, for each kind of limit.
fn used_up(now: Instant) -> [State; 2] {
    let limits = Throttle::none();
    let limits = [limits.per_account(1, SECOND), limits.per_token(1, SECOND)];
    limits.map(|limits| used_up_by(limits, "a", 1, now))
}

fn poll(state: &mut State, waiter: &Waiter, now: Instant) -> Polled {
    state.poll(waiter, Waker::noop(), now)
}

#[test]
fn a_turn_that_is_not_taken_passes_on_after_half_a_second() {
    let now = Instant::now();
    for mut state in used_up(now) {
        let _parked = waiting(&mut state, "a", until(None), now);
        let next = waiting(&mut state, "a", until(None), now);
        let offered = now + SECOND;
        assert!(matches!(poll(&mut state, &next, offered), Polled::Wait(_)));
        let passes = offered + SECOND / 2;
        let before = passes - Duration::from_millis(1);
        assert!(matches!(poll(&mut state, &next, before), Polled::Wait(_)));
        assert!(matches!(poll(&mut state, &next, passes), Polled::Admitted(_)));
    }
}

#[test]
fn a_turn_whose_slots_have_lapsed_is_not_taken() {
    let now = Instant::now();
    for mut state in used_up(now) {
        let late = waiting(&mut state, "a", until(None), now);
        let next = waiting(&mut state, "a", until(None), now);
        assert!(matches!(poll(&mut state, &next, now + SECOND), Polled::Wait(_)));
        let lapsed = now + 2 * SECOND;
        assert!(matches!(poll(&mut state, &late, lapsed), Polled::Wait(_)));
        assert!(matches!(poll(&mut state, &next, lapsed), Polled::Admitted(_)));
    }
}

/// The number of calls that wait, and the delay of the last one's timer in milliseconds.
#[test]
fn only_the_call_with_the_next_turn_has_a_timer_for_it() {
    let now = Instant::now();
    let limits = Throttle::none();
    let (account, token) = (limits.per_account(1, SECOND), limits.per_token(1, SECOND));
    for (limits, has_own_account, rows) in [
        (account, false, [(1, 1_000), (2, 1_250), (64, 1_250), (65, 1_500)]),
        // The account is in the ring as well.
        (token, false, [(1, 1_000), (2, 1_250), (63, 1_250), (64, 1_500)]),
        (token, true, [(1, 1_000), (2, 1_250), (63, 1_250), (64, 1_500)]),
    ] {
        for (calls, millis) in rows {
            let mut state = used_up_by(limits, "0", 1, now);
            let waiters = (0..calls).map(|number| {
                let account = if has_own_account { number } else { 0 };
                waiting(&mut state, &account.to_string(), until(None), now)
            });
            let last = waiters.last().expect("a call");
            let Polled::Wait(at) = poll(&mut state, &last, now) else {
                panic!("the turn comes in a second");
            };
            assert_eq!((at - now).as_millis(), millis, "{limits:?} {has_own_account} {calls}");
        }
    }
}

/// Four interactive calls and one of the background are in front: the turn comes with the second
/// window of five calls.
#[test]
fn a_background_call_waits_for_the_calls_of_both_lanes() {
    let now = Instant::now();
    let mut state = used_up_by(Throttle::none().per_account(5, SECOND), "a", 5, now);
    for _ in 0..4 {
        waiting(&mut state, "a", until(None), now);
    }
    waiting(&mut state, "a", background(), now);
    let mut last = waiting(&mut state, "a", background(), now);
    last.until = Some(now + SECOND + SECOND / 2);
    let Polled::Denied(denial) = poll(&mut state, &last, now) else {
        panic!("the turn comes too late");
    };
    assert_eq!(denial, Denial { wait: Some(2 * SECOND), by: DeniedBy::Throttle });
}

/// Four of the five calls per second may be background calls, so the fifth waits for the second window.
#[test]
fn a_background_call_waits_for_the_share_that_other_accounts_use() {
    let now = Instant::now();
    let mut state = State::new(Throttle::none().per_token(5, SECOND));
    for request in [background(), background(), background(), background(), until(None)] {
        let mut places = state.try_admit(&"sent".into(), &request, now).1.expect("a turn");
        state.commit(&"sent".into(), &mut places, now);
        state.settle(&"sent".into(), places, now);
    }
    for account in ["a", "b", "c", "d"] {
        waiting(&mut state, account, background(), now);
    }
    let mut last = waiting(&mut state, "e", background(), now);
    last.until = Some(now + SECOND + SECOND / 2);
    let Polled::Denied(denial) = poll(&mut state, &last, now) else {
        panic!("the turn comes too late");
    };
    assert_eq!(denial, Denial { wait: Some(2 * SECOND), by: DeniedBy::Throttle });
}

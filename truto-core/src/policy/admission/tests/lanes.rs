//! Interactive and background calls on one account.

use std::task::Waker;

use super::super::state::{Places, Polled, Waiter};
use super::*;
use crate::policy::lane::Lane;

pub(super) fn background() -> AdmissionRequest {
    AdmissionRequest { is_background: true, ..AdmissionRequest::default() }
}

/// Starts calls of the lane and returns when they had their turns, in milliseconds.
fn start(
    admission: &Admission,
    account: &str,
    request: AdmissionRequest,
    calls: usize,
) -> JoinSet<u128> {
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..calls {
        let (admission, account) = (admission.clone(), Arc::<str>::from(account));
        tasks.spawn(async move {
            let permit = admission.admit(&account, request).await.expect("a turn");
            permit.handle().commit();
            started.elapsed().as_millis()
        });
    }
    tasks
}

/// Background calls that wait, and how long an interactive call then waits.
#[tokio::test(start_paused = true)]
async fn interactive_calls_do_not_wait_behind_background_work() {
    let window = 2 * SECOND;
    for (limits, calls) in [
        (Throttle::none().per_account(50, window), 150),
        (Throttle::none().per_token(50, window), 150),
        (Throttle::none().per_account(50, window).per_token(50, window), 1_000),
        (Throttle::truto(), 1_000),
    ] {
        let admission = limited(limits);
        let work = start(&admission, "a", background(), calls);
        tokio::time::sleep(SECOND / 10).await;
        for account in ["a", "a", "b"] {
            let permit = admission.admit(&account.into(), until(None)).await.expect("a turn");
            assert_eq!(permit.waited(), Duration::ZERO, "{limits:?}");
            permit.handle().commit();
        }
        assert_eq!(work.join_all().await.len(), calls);
    }
}

#[tokio::test(start_paused = true)]
async fn background_calls_take_four_fifths_of_each_window() {
    let limits = Throttle::none();
    for limits in [limits.per_account(50, 10 * SECOND), limits.per_token(50, 10 * SECOND)] {
        let mut at = start(&limited(limits), "a", background(), 200).join_all().await;
        at.sort_unstable();
        assert_eq!(most_in_any(10_000, &at), 40);
        assert_eq!(at[199], 40_000);
    }
}

#[tokio::test(start_paused = true)]
async fn a_waiting_interactive_call_goes_first() {
    let admission = limited(Throttle::none().per_account(1, SECOND));
    admission.acquire("a").await;
    let work = start(&admission, "a", background(), 3);
    tokio::time::sleep(SECOND / 10).await;
    let calls = start(&admission, "a", AdmissionRequest::default(), 3);
    let (calls, mut work) = (calls.join_all().await, work.join_all().await);
    assert!(calls.iter().all(|at| *at <= 2_900), "{calls:?}");
    work.sort_unstable();
    assert_eq!(work, [4_000, 5_000, 6_000]);
}

/// Interactive calls that never end leave starved background calls one in five turns.
#[tokio::test(start_paused = true)]
async fn background_calls_are_not_starved() {
    for limits in [Throttle::none().per_account(5, SECOND), Throttle::none().per_token(5, SECOND)] {
        for interactive in ["a", "b"] {
            let admission = limited(limits);
            let calls = start(&admission, interactive, AdmissionRequest::default(), 500);
            tokio::time::sleep(SECOND / 10).await;
            let work = start(&admission, "a", background(), 10);
            let mut at = work.join_all().await;
            at.sort_unstable();
            assert!(at[0] <= 32_000 && at[9] <= 45_000, "{at:?}");
            calls.join_all().await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn background_calls_are_slower_at_an_adaptive_rate() {
    let limit = RateLimit { limit: 100, remaining: 88, reset: 8 * SECOND, window: None };
    let mut spans = Vec::new();
    for request in [AdmissionRequest::default(), background()] {
        let admission = limited(Throttle::none().adaptive(true));
        admission.observe(&"a".into(), &stated(limit));
        let at = start(&admission, "a", request, 20).join_all().await;
        spans.push(at.into_iter().max().unwrap_or_default());
    }
    let ratio = spans[1] * 100 / spans[0].max(1);
    assert!((110..=140).contains(&ratio), "{spans:?}");
}

#[tokio::test(start_paused = true)]
async fn interactive_calls_go_first_when_a_gate_opens() {
    let admission = Admission::new(None, true, Admission::MAX_GATE);
    admission.observe(&"a".into(), &refused(true));
    let work = start(&admission, "a", background(), 20);
    tokio::time::sleep(SECOND / 10).await;
    let calls = start(&admission, "a", AdmissionRequest::default(), 20);
    let calls = calls.join_all().await.into_iter().max();
    let work = work.join_all().await.into_iter().min();
    assert!(calls < work, "{calls:?} {work:?}");
}

/// A call that must wait, polled once.
pub(super) fn waiting(
    state: &mut State,
    account: &str,
    request: AdmissionRequest,
    now: Instant,
) -> Waiter {
    let (_, admitted) = state.try_admit(&account.into(), &request, now);
    let waiter = admitted.expect_err("no turn is free");
    assert!(matches!(state.poll(&waiter, Waker::noop(), now), Polled::Wait(_)), "{account}");
    waiter
}

pub(super) fn admitted(state: &mut State, account: &str, now: Instant) -> Result<Places, Waiter> {
    state.try_admit(&account.into(), &AdmissionRequest::default(), now).1
}

/// A client of five calls per second, all of which account "b" has sent.
fn used_up(now: Instant) -> State {
    used_up_by(Throttle::none().per_token(5, SECOND), "b", 5, now)
}

/// Limits within which an account has sent some calls.
pub(super) fn used_up_by(limits: Throttle, account: &str, calls: usize, now: Instant) -> State {
    let mut state = State::new(limits);
    for _ in 0..calls {
        let mut places = admitted(&mut state, account, now).expect("a turn");
        state.commit(&account.into(), &mut places, now);
        state.settle(&account.into(), places, now);
    }
    state
}

/// A call that can be sent at once takes no turn that is owed to a starved call of another account.
#[tokio::test(start_paused = true)]
async fn a_new_call_does_not_take_the_turn_of_a_starved_call() {
    let now = Instant::now();
    for (later, is_taken) in [(29 * SECOND, true), (30 * SECOND, false)] {
        let mut state = used_up(now);
        let _work = waiting(&mut state, "a", background(), now);
        assert_eq!(admitted(&mut state, "b", now + later).is_ok(), is_taken, "{later:?}");
    }
}

/// The background call's deadline in seconds, and whether it has its turn within it.
#[tokio::test(start_paused = true)]
async fn a_background_call_waits_for_its_share_within_its_deadline() {
    let limits = Throttle::none();
    for (limits, interactive) in [
        (limits.per_account(5, SECOND), "a"),
        (limits.per_token(5, SECOND), "a"),
        (limits.per_token(5, SECOND), "b"),
    ] {
        for (deadline, waits) in [(29, false), (60, true)] {
            let admission = limited(limits);
            let _calls = start(&admission, interactive, AdmissionRequest::default(), 500);
            tokio::time::sleep(SECOND / 10).await;
            let until = Some(Instant::now() + deadline * SECOND);
            let request = AdmissionRequest { until, ..background() };
            let admitted = admission.admit(&"a".into(), request).await;
            assert_eq!(admitted.is_ok(), waits, "{limits:?} {interactive} {deadline}");
        }
    }
}

/// A call is polled more often than its turn changes, as in a `select!` with other work.
#[tokio::test(start_paused = true)]
async fn accounts_that_join_later_do_not_delay_a_call() {
    let now = Instant::now();
    let mut state = used_up(now);
    let until = Some(now + SECOND + SECOND / 2);
    let request = AdmissionRequest { until, ..AdmissionRequest::default() };
    let first = waiting(&mut state, "first", request, now);
    let others: Vec<Waiter> = (0..50)
        .map(|number| {
            waiting(&mut state, &format!("other {number}"), AdmissionRequest::default(), now)
        })
        .collect();
    let later = now + SECOND / 10;
    assert!(matches!(state.poll(&first, Waker::noop(), later), Polled::Wait(_)));
    let comes = now + SECOND;
    assert!(matches!(state.poll(&first, Waker::noop(), comes), Polled::Admitted(_)));
    // Behind fifty others, the last one would have to wait for ten windows.
    let mut last = others.into_iter().next_back().expect("fifty");
    last.until = Some(comes + 8 * SECOND);
    assert!(matches!(state.poll(&last, Waker::noop(), comes), Polled::Denied(_)));
}

/// Calls that gave up no longer count as being in front of others.
#[tokio::test(start_paused = true)]
async fn canceled_calls_delay_no_other_account() {
    let now = Instant::now();
    let request = AdmissionRequest::default();
    for own_calls in [1, 2] {
        let mut state = used_up(now);
        let _first = waiting(&mut state, "first", request, now);
        let canceled: Vec<Waiter> = (0..50)
            .map(|number| waiting(&mut state, &format!("canceled {number}"), request, now))
            .collect();
        let own = (0..own_calls).map(|_| waiting(&mut state, "last", request, now));
        let mut last = own.last().expect("a call");
        last.until = Some(now + SECOND + SECOND / 2);
        assert!(matches!(state.poll(&last, Waker::noop(), now), Polled::Denied(_)));
        for waiter in &canceled {
            state.leave(waiter, now);
        }
        assert!(matches!(state.poll(&last, Waker::noop(), now), Polled::Wait(_)), "{own_calls}");
    }
}

/// A call that queues and gives up while another account's call is in front.
#[test]
fn canceled_calls_are_removed_from_the_ring() {
    let now = Instant::now();
    let mut state = used_up(now);
    let _first = waiting(&mut state, "first", AdmissionRequest::default(), now);
    for _ in 0..10_000 {
        let waiter = waiting(&mut state, "other", AdmissionRequest::default(), now);
        state.leave(&waiter, now);
        assert_eq!(state.client.rings.ring(Lane::Interactive).len(), 1);
    }
}

/// Calls that wait for the only slot per second of the token, one task per account, in this order.
async fn queue_calls(admission: &Arc<Admission>, accounts: &[&str]) -> JoinSet<()> {
    admission.acquire("first").await;
    let mut waiting = JoinSet::new();
    for &account in accounts {
        let (admission, account) = (Arc::clone(admission), account.to_owned());
        waiting.spawn(async move { admission.acquire(&account).await });
        tokio::task::yield_now().await;
    }
    waiting
}

/// Accounts take turns: a call waits for one call of each account in front of its own and, after another
/// call of its own account, for one call of every account.
#[tokio::test(start_paused = true)]
async fn a_denied_call_reports_the_wait_for_the_accounts_in_front() {
    for (waiting, account, seconds) in [
        (&[][..], "a", 1),
        (&["a"], "a", 2),
        (&["a", "b"], "c", 3),
        (&["a", "b", "c"], "a", 4),
        (&["a", "b", "c"], "c", 4),
        (&["a", "a", "b"], "a", 4),
    ] {
        let admission = Arc::new(limited(Throttle::none().per_token(1, SECOND)));
        let _waiting = queue_calls(&admission, waiting).await;
        let refused = admission.admit(&account.into(), until(Some(Instant::now()))).await;
        let expected = Denial { wait: Some(seconds * SECOND), by: DeniedBy::Throttle };
        assert_eq!(refused.map(drop), Err(expected.into()), "{waiting:?} {account}");
    }
}

/// Accounts that come later do not lengthen the wait of a call that is the first of its account.
#[tokio::test(start_paused = true)]
async fn accounts_that_join_later_do_not_get_a_call_denied() {
    let admission = Arc::new(limited(Throttle::none().per_token(1, SECOND)));
    let mut waiting = queue_calls(&admission, &["a"]).await;
    let started = Instant::now();
    let in_time = {
        let admission = Arc::clone(&admission);
        let deadline = until(Some(started + 5 * SECOND / 2));
        tokio::spawn(async move { admission.admit(&"b".into(), deadline).await.map(drop) })
    };
    tokio::task::yield_now().await;
    for account in ["c", "d"] {
        let admission = Arc::clone(&admission);
        waiting.spawn(async move { admission.acquire(account).await });
        tokio::task::yield_now().await;
    }
    assert_eq!(in_time.await.expect("no panic"), Ok(()));
    assert_eq!(started.elapsed(), 2 * SECOND);
}

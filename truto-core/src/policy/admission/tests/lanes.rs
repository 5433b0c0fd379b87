//! Interactive and background calls on one account.

use super::*;

fn background() -> AdmissionRequest {
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
            println!("{at:?}");
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
async fn behind_a_gate_interactive_calls_go_first() {
    let admission = Admission::new(None, true, Admission::MAX_GATE);
    admission.observe(&"a".into(), &refused(true));
    let work = start(&admission, "a", background(), 20);
    tokio::time::sleep(SECOND / 10).await;
    let calls = start(&admission, "a", AdmissionRequest::default(), 20);
    let calls = calls.join_all().await.into_iter().max();
    let work = work.join_all().await.into_iter().min();
    assert!(calls < work, "{calls:?} {work:?}");
}

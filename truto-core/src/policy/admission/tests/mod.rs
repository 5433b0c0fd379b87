use std::sync::atomic::AtomicBool;
use std::task::Wake;

use http::StatusCode;
use tokio::task::JoinSet;

mod denials;
mod events;
mod fleet;
mod lanes;
mod parked;
mod permits;
mod schedules;
mod server;
mod storms;
mod timers;

use super::accounts::MIN_ACCOUNTS;
use super::*;
use crate::RateLimit;

const SECOND: Duration = Duration::from_secs(1);

fn limited(limits: Throttle) -> Admission {
    Admission::new(Some(limits), true, Admission::MAX_GATE)
}

fn until(until: Option<Instant>) -> AdmissionRequest {
    AdmissionRequest { until, ..AdmissionRequest::default() }
}

fn stated(limit: RateLimit) -> Observation {
    let mut seen = Observation::new(StatusCode::OK);
    seen.rate_limit = Some(limit);
    seen
}

/// A waker that sets a flag.
#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Admission {
    /// Takes a turn, however long that takes.
    async fn acquire(&self, account: &str) {
        let permit = self.admit(&account.into(), until(None)).await;
        permit.expect("a turn").handle().commit();
    }
}

/// Sends calls for each account at once; returns the account and the time of each turn in milliseconds.
async fn turns(limits: Throttle, calls: &[(&str, usize)]) -> Vec<(String, u128)> {
    let throttle = Arc::new(limited(limits));
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for &(account, count) in calls {
        for _ in 0..count {
            let (throttle, account) = (Arc::clone(&throttle), account.to_owned());
            tasks.spawn(async move {
                throttle.acquire(&account).await;
                (account, started.elapsed().as_millis())
            });
        }
    }
    let mut turns = tasks.join_all().await;
    turns.sort_by_key(|(_, at)| *at);
    turns
}

fn most_in_any(window: u128, at: &[u128]) -> usize {
    at.iter()
        .map(|start| at.iter().filter(|at| (*start..start + window).contains(at)).count())
        .max()
        .unwrap_or(0)
}

#[tokio::test(start_paused = true)]
async fn no_window_holds_more_than_its_calls() {
    let turns = turns(Throttle::truto(), &[("a", 120)]).await;
    let at: Vec<u128> = turns.into_iter().map(|(_, at)| at).collect();
    assert_eq!((at[49], at[50], at[99], at[119]), (0, 10_000, 10_000, 20_000));
    assert_eq!(most_in_any(10_000, &at), 50);
}

#[tokio::test(start_paused = true)]
async fn accounts_share_the_limit_of_the_token_without_blocking_each_other() {
    let accounts: Vec<String> = (0..20).map(|at| at.to_string()).collect();
    let calls: Vec<(&str, usize)> = accounts.iter().map(|id| (&**id, 60)).collect();
    let all = turns(Throttle::truto(), &calls).await;
    let at: Vec<u128> = all.iter().map(|(_, at)| *at).collect();
    assert_eq!(all.len(), 1_200);
    assert_eq!(most_in_any(10_000, &at), 500);

    let limits = Throttle::none().per_token(10, SECOND).per_account(2, SECOND);
    let turns = turns(limits, &[("busy", 100), ("quiet", 1)]).await;
    let quiet = turns.iter().find(|(account, _)| account == "quiet");
    assert_eq!(quiet.map(|(_, at)| *at), Some(0));
}

#[tokio::test(start_paused = true)]
async fn calls_that_wait_at_both_limits_release_all_slots() {
    let limits = Throttle::none().per_token(3, 10 * SECOND).per_account(1, SECOND);
    let throttle = Arc::new(limited(limits));
    let mut tasks = JoinSet::new();
    // The second call of `a` waits for its account first, and so is the last one in the token's queue.
    for account in ["a", "a", "b", "c", "d", "e", "f", "g", "h"] {
        let throttle = Arc::clone(&throttle);
        tasks.spawn(async move { throttle.acquire(account).await });
        tokio::task::yield_now().await;
    }
    tasks.join_all().await;
    tokio::time::sleep(10 * SECOND).await;
    let started = Instant::now();
    for account in ["x", "y", "z"] {
        throttle.acquire(account).await;
    }
    assert_eq!(started.elapsed(), Duration::ZERO);
}

/// Calls of any account leave no state behind, whether they are sent, denied or canceled, in any order.
#[tokio::test(start_paused = true)]
async fn all_queues_are_empty_after_all_calls_end() {
    for seed in 0..20 {
        let mut random = fastrand::Rng::with_seed(seed);
        let limits = Throttle::none().per_token(7, SECOND).per_account(3, SECOND).adaptive(true);
        let throttle = Arc::new(limited(limits));
        let mut tasks = JoinSet::new();
        for _ in 0..200 {
            let (throttle, mut random) = (Arc::clone(&throttle), random.fork());
            tasks.spawn(async move {
                let mut millis = |most| Duration::from_millis(random.u64(0..most));
                tokio::time::sleep(millis(3_000)).await;
                let (patience, deadline) = (millis(5_000), Instant::now() + millis(8_000));
                let account: Arc<str> = random.u8(0..5).to_string().into();
                let admitted = throttle.admit(&account, until(Some(deadline)));
                let Ok(Ok(permit)) = tokio::time::timeout(patience, admitted).await else {
                    return;
                };
                let limit = RateLimit {
                    limit: 10,
                    remaining: random.u64(0..10),
                    reset: SECOND,
                    window: Some(SECOND),
                };
                match random.u8(0..4) {
                    0 => drop(permit),
                    1 => throttle.observe(&account, &refused(true)),
                    _ => throttle.observe(&account, &stated(limit)),
                }
            });
        }
        tasks.join_all().await;
        // Longer than any window, any 429 and the memory of the budgets.
        tokio::time::sleep(300 * SECOND).await;
        let now = Instant::now();
        let mut state = throttle.lock();
        assert!(state.client.stages.is_idle(now), "seed {seed}");
        assert!(state.has_no_offers(), "seed {seed}");
        let mut queues = state.accounts.all();
        assert!(queues.all(|queue| queue.is_idle(now)), "seed {seed}");
    }
}

#[tokio::test(start_paused = true)]
async fn canceled_calls_use_no_slot() {
    let throttle = limited(Throttle::none().per_account(1, SECOND));
    throttle.acquire("a").await;
    for _ in 0..5 {
        let given_up = tokio::time::timeout(SECOND / 10, throttle.acquire("a")).await;
        assert!(given_up.is_err());
    }
    let started = Instant::now();
    throttle.acquire("a").await;
    assert_eq!(started.elapsed(), SECOND / 2);
}

#[tokio::test(start_paused = true)]
async fn later_calls_move_up_when_earlier_ones_give_up() {
    for limits in [Throttle::none().per_account(1, SECOND), Throttle::none().per_token(1, SECOND)] {
        let throttle = Arc::new(limited(limits));
        throttle.acquire("a").await;
        let started = Instant::now();
        let mut tasks = JoinSet::new();
        for at in 0..10_u32 {
            let throttle = Arc::clone(&throttle);
            tasks.spawn(async move {
                let patience = if at < 8 { SECOND / 2 } else { 100 * SECOND };
                let turn = tokio::time::timeout(patience, throttle.acquire("a")).await;
                turn.is_ok().then(|| started.elapsed())
            });
            tokio::task::yield_now().await;
        }
        let mut turns: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
        turns.sort_unstable();
        assert_eq!(turns, [SECOND, 2 * SECOND]);
    }
}

#[tokio::test(start_paused = true)]
async fn idle_accounts_are_dropped() {
    let admission = limited(Throttle::none().per_account(1, SECOND));
    let known = || admission.lock().accounts.len();
    for at in 0..MIN_ACCOUNTS {
        admission.acquire(&at.to_string()).await;
    }
    for more in 1..=4 {
        admission.acquire(&format!("more {more}")).await;
        assert_eq!(known(), MIN_ACCOUNTS + more, "all are in use");
    }
    tokio::time::sleep(300 * SECOND).await;
    for at in 0..=MIN_ACCOUNTS {
        admission.acquire(&format!("new {at}")).await;
    }
    assert!(known() <= MIN_ACCOUNTS + 2, "the old ones are gone");
    let started = Instant::now();
    admission.acquire("new 1024").await;
    assert_eq!(started.elapsed(), SECOND);
}

#[tokio::test(start_paused = true)]
async fn an_endless_window_does_not_panic() {
    let admission = limited(Throttle::none().per_token(1, Duration::MAX));
    admission.acquire("a").await;
    let denied = admission.admit(&"a".into(), until(None)).await;
    let expected = Denial { wait: None, by: DeniedBy::Throttle };
    assert_eq!(denied.err(), Some(expected.into()));
}

#[tokio::test(start_paused = true)]
async fn a_wait_beyond_the_deadline_is_denied_at_once() {
    let admission = limited(Throttle::none().per_account(1, 10 * SECOND));
    admission.acquire("a").await;
    let started = Instant::now();
    let denied = admission.admit(&"a".into(), until(Some(started + SECOND))).await;
    let denied = denied.expect_err("no time");
    let expected = Denial { wait: Some(10 * SECOND), by: DeniedBy::Throttle };
    assert_eq!((denied, started.elapsed()), (expected.into(), Duration::ZERO));
    admission.admit(&"b".into(), until(Some(started + SECOND))).await.expect("another account");
}

#[tokio::test(start_paused = true)]
async fn an_unpolled_call_blocks_no_other() {
    let admission = limited(Throttle::none().per_account(1, SECOND));
    admission.acquire("a").await;
    let account = "a".into();
    let mut stuck = Box::pin(admission.admit(&account, until(None)));
    // Polled once, so that it is in the queue, and never again.
    let first = std::future::poll_fn(|cx| std::task::Poll::Ready(stuck.as_mut().poll(cx)));
    assert!(first.await.is_pending());
    let started = Instant::now();
    admission.acquire("a").await;
    assert!(started.elapsed() <= 2 * SECOND, "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_dropped_permit_frees_its_slot() {
    let admission = limited(Throttle::none().per_account(1, SECOND));
    let account = "a".into();
    for _ in 0..5 {
        let permit = admission.admit(&account, until(None)).await;
        drop(permit.expect("a turn"));
    }
    let started = Instant::now();
    admission.acquire("a").await;
    assert_eq!(started.elapsed(), Duration::ZERO);
}

fn refused(by_truto: bool) -> Observation {
    let mut seen = Observation::new(StatusCode::TOO_MANY_REQUESTS);
    (seen.retry_after, seen.is_own_429) = (Some(SECOND), by_truto);
    seen
}

#[tokio::test(start_paused = true)]
async fn after_a_429_calls_of_the_account_wait_and_are_spread_out() {
    let admission = Admission::new(None, true, Admission::MAX_GATE);
    let (a, b) = ("a".into(), "b".into());
    admission.observe(&a, &refused(true));
    let started = Instant::now();
    admission.admit(&b, until(None)).await.expect("another account");
    assert_eq!(started.elapsed(), Duration::ZERO);
    let all = (0..30).map(|_| admission.admit(&a, until(None)));
    let permits = futures_util::future::join_all(all).await;
    let mut at: Vec<Duration> =
        permits.iter().map(|p| p.as_ref().expect("a turn").waited()).collect();
    at.sort_unstable();
    assert!(at[0] >= SECOND, "{at:?}");
    assert!(at.windows(2).all(|pair| pair[0] < pair[1]), "{at:?}");
    assert!(at[29] < 3 * SECOND, "{at:?}");
}

/// Makes a thousand calls that are denied or canceled; returns the wait of the call after them.
async fn wait_after_a_crowd(
    admission: &Admission,
    deadline: Duration,
    patience: Duration,
) -> Duration {
    let account = "a".into();
    let ends = Instant::now() + deadline;
    let crowd = (0..1_000).map(|_| async {
        let admitted = tokio::time::timeout(patience, admission.admit(&account, until(Some(ends))));
        assert!(admitted.await.map_or(true, |admitted| admitted.is_err()));
    });
    futures_util::future::join_all(crowd).await;
    let permit = admission.admit(&account, until(None)).await;
    permit.expect("a turn").waited()
}

#[tokio::test(start_paused = true)]
async fn denied_and_canceled_calls_delay_no_other() {
    let closed = || {
        let admission = Admission::new(None, true, Admission::MAX_GATE);
        admission.observe(&"a".into(), &refused(true));
        admission
    };
    let used_up = || {
        let admission = limited(Throttle::none().adaptive(true));
        let seen = stated(RateLimit { limit: 10, remaining: 0, reset: SECOND, window: None });
        admission.observe(&"a".into(), &seen);
        admission
    };
    let half = SECOND / 2;
    // Denied at once, and canceled while they wait.
    assert_eq!(wait_after_a_crowd(&closed(), half, SECOND).await, SECOND);
    assert_eq!(wait_after_a_crowd(&closed(), 1_000 * SECOND, half).await, half);
    // Paced calls do not begin a window in step.
    let paced = [
        wait_after_a_crowd(&used_up(), half, SECOND).await,
        wait_after_a_crowd(&used_up(), 1_000 * SECOND, half).await,
    ];
    for wait in paced {
        assert!(wait >= half && wait <= 3 * SECOND, "{wait:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_429_of_truto_on_a_second_account_delays_the_whole_client() {
    for (by_truto, held) in [(true, true), (false, false)] {
        let admission = Admission::new(None, true, Admission::MAX_GATE);
        admission.observe(&"a".into(), &refused(by_truto));
        admission.observe(&"b".into(), &refused(by_truto));
        let started = Instant::now();
        admission.admit(&"c".into(), until(None)).await.expect("a turn");
        assert_eq!(started.elapsed() >= SECOND, held);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_denied_by_a_gate_names_the_gate() {
    let admission = limited(Throttle::none().per_account(1, 10 * SECOND));
    admission.observe(&"a".into(), &refused(true));
    let soon = until(Some(Instant::now() + SECOND / 2));
    let denied = admission.admit(&"a".into(), soon).await.expect_err("the gate is closed");
    assert_eq!(denied, Denial { wait: Some(SECOND), by: DeniedBy::Gate }.into());
    admission.admit(&"b".into(), soon).await.expect("another account");
}

#[tokio::test(start_paused = true)]
async fn the_gate_of_the_client_delays_every_account() {
    let admission = Admission::new(None, true, Admission::MAX_GATE);
    admission.observe(&"a".into(), &refused(true));
    admission.observe(&"b".into(), &refused(true));
    let soon = until(Some(Instant::now() + SECOND / 2));
    let denied = admission.admit(&"c".into(), soon).await.expect_err("the gate is closed");
    let NotAdmitted::Denied(denied) = denied else { panic!("the runtime runs") };
    assert_eq!(denied.by, DeniedBy::Gate);
}

#[tokio::test(start_paused = true)]
async fn responses_are_observed_only_while_a_gate_or_rate_needs_them() {
    let admission = limited(Throttle::truto());
    assert!(admission.waits_out_429() && !admission.follows_responses());
    admission.observe(&"a".into(), &refused(true));
    assert!(admission.follows_responses());
    // Closed for a second, then spread out for another.
    tokio::time::sleep(2 * SECOND).await;
    assert!(!admission.follows_responses(), "the gate rests");
    let before = format!("{admission:?}");
    admission.observe(&"a".into(), &Observation::new(StatusCode::OK));
    assert_eq!(format!("{admission:?}"), before, "a response that is not followed changes nothing");
    assert!(limited(Throttle::none().adaptive(true)).follows_responses());
}

#[tokio::test(start_paused = true)]
async fn the_gate_can_be_turned_off() {
    let admission = Admission::new(None, false, Admission::MAX_GATE);
    assert!(!admission.waits_out_429());
    admission.observe(&"a".into(), &refused(true));
    let permit = admission.admit(&"a".into(), until(None)).await.expect("a turn");
    assert_eq!(permit.waited(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn one_failing_account_leaves_retries_for_others() {
    let admission = Admission::new(None, true, Admission::MAX_GATE);
    let (dead, healthy) = ("dead".into(), "healthy".into());
    let count = |account: &Arc<str>| {
        std::iter::from_fn(|| admission.withdraw_retry(account).map(RetryPermit::commit)).count()
    };
    assert_eq!((count(&dead), count(&dead)), (10, 0));
    assert_eq!(count(&healthy), 10);
    let kept: Vec<_> = (0..20).map(|at| count(&at.to_string().into())).collect();
    assert_eq!(kept.iter().sum::<usize>(), 80, "the client's own limit");
}

#[tokio::test(start_paused = true)]
async fn an_unused_retry_permit_is_refunded() {
    let admission = Admission::new(None, true, Admission::MAX_GATE);
    for _ in 0..200 {
        assert!(admission.withdraw_retry(&"a".into()).is_some());
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::unchecked_time_subtraction,
    reason = "small numbers of a simulation"
)]
/// Ten processes that do not communicate, on one limit of 500 calls in 10 s.
#[tokio::test(start_paused = true)]
async fn adaptive_processes_settle_below_a_shared_limit() {
    const LIMIT: u64 = 500;
    let window = 10 * SECOND;
    let started = Instant::now();
    let server = Arc::new(Mutex::new((0_u64, 0_u64, 0_u64, 0_u64)));
    let mut tasks = JoinSet::new();
    for _ in 0..10 {
        let process = Arc::new(limited(Throttle::none().adaptive(true)));
        for _ in 0..20 {
            let (process, server) = (Arc::clone(&process), Arc::clone(&server));
            tasks.spawn(async move {
                let account: Arc<str> = "a".into();
                while started.elapsed() < 10 * window {
                    let permit = process.admit(&account, until(None)).await.expect("a turn");
                    permit.handle().commit();
                    tokio::time::sleep(SECOND / 20).await;
                    let elapsed = started.elapsed();
                    let number = (elapsed.as_millis() / window.as_millis()) as u64;
                    let reset = window * (number as u32 + 1) - elapsed;
                    let (remaining, refused) = {
                        let mut server = server.lock().expect("no panic");
                        if server.0 != number {
                            (server.0, server.1) = (number, 0);
                        }
                        let refused = server.1 >= LIMIT;
                        if refused {
                            server.3 += 1;
                        } else {
                            server.1 += 1;
                            server.2 += u64::from(number < 10);
                        }
                        (LIMIT - server.1, refused)
                    };
                    tokio::time::sleep(SECOND / 20).await;
                    let limit = RateLimit { limit: LIMIT, remaining, reset, window: Some(window) };
                    let mut seen = stated(limit);
                    if refused {
                        seen.status = StatusCode::TOO_MANY_REQUESTS;
                        seen.retry_after = Some(reset);
                        seen.is_own_429 = true;
                    }
                    process.observe(&account, &seen);
                }
            });
        }
    }
    tasks.join_all().await;
    let (_, _, taken, refused) = *server.lock().expect("no panic");
    let used = taken as f64 / (LIMIT * 10) as f64;
    let share = refused as f64 / (taken + refused) as f64;
    println!("{:.1}% of the limit used, {:.2}% of the calls refused", used * 100.0, share * 100.0);
    assert!(used > 0.85, "{used}");
    assert!(share < 0.02, "{share}");
}

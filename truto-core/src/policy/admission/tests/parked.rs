//! Futures that were polled once and never again, and the cost of many that wait.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

use super::*;

type Admitting = Pin<Box<dyn Future<Output = Result<Permit, NotAdmitted>> + Send>>;

fn admitting(admission: &Admission, account: &str, request: AdmissionRequest) -> Admitting {
    let (admission, account) = (admission.clone(), Arc::<str>::from(account));
    Box::pin(async move { admission.admit(&account, request).await })
}

/// Polls a future once.
async fn park(mut future: Admitting) -> (Admitting, Option<Permit>) {
    let polled = poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await;
    match polled {
        Poll::Ready(permit) => (future, permit.ok()),
        Poll::Pending => (future, None),
    }
}

/// Calls that are polled once, the window, and how long a new call then waits at most.
#[tokio::test(start_paused = true)]
async fn parked_calls_delay_a_new_call_only_briefly() {
    for (parked, calls, window) in [(50, 50, 10), (50, 5, 1), (30, 1, 1), (200, 5, 10)] {
        let limits = [
            Throttle::none().per_account(calls, window * SECOND),
            Throttle::none().per_token(calls, window * SECOND),
        ];
        for limits in limits {
            let admission = limited(limits);
            let mut kept = Vec::new();
            for _ in 0..parked {
                kept.push(park(admitting(&admission, "a", until(None))).await);
            }
            let started = Instant::now();
            admission.acquire("a").await;
            let took = started.elapsed();
            println!("{parked} parked, {calls} in {window} s: {took:?}");
            assert!(took <= 3 * SECOND, "{parked} parked, {calls} in {window} s: {took:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn parked_calls_deny_others_only_briefly() {
    let admission = limited(Throttle::none().per_account(5, 10 * SECOND));
    let mut kept = Vec::new();
    for _ in 0..50 {
        kept.push(park(admitting(&admission, "a", until(None))).await);
    }
    let patient = || until(Some(Instant::now() + 30 * SECOND));
    let denied = admission.admit(&"a".into(), patient()).await;
    assert!(denied.is_err(), "nothing shows yet that they are parked");
    tokio::time::sleep(3 * SECOND).await;
    let permit = admission.admit(&"a".into(), patient()).await.expect("a turn");
    assert!(permit.waited() <= SECOND, "{:?}", permit.waited());
}

#[tokio::test(start_paused = true)]
async fn a_call_that_loses_its_turn_returns_to_the_front_of_the_queue() {
    let admission = limited(Throttle::none().per_account(1, 2 * SECOND));
    admission.acquire("a").await;
    let (slow, _) = park(admitting(&admission, "a", until(None))).await;
    let others: Vec<_> =
        (0..3).map(|_| tokio::spawn(admitting(&admission, "a", until(None)))).collect();
    // Its turn comes after two seconds and passes to the first of the others.
    tokio::time::sleep(3 * SECOND).await;
    let permit = slow.await.expect("a turn");
    assert!(permit.waited() <= 5 * SECOND, "{:?}", permit.waited());
    permit.handle().commit();
    drop(permit);
    for other in others {
        other.await.expect("no panic").expect("a turn").handle().commit();
    }
}

#[tokio::test(start_paused = true)]
async fn an_unused_permit_loses_its_slot_after_a_second() {
    let admission = limited(Throttle::none().per_account(1, 10 * SECOND));
    let unused = admission.admit(&"a".into(), until(None)).await.expect("a turn");
    let next = admission.admit(&"a".into(), until(None)).await.expect("a turn");
    assert_eq!(next.waited(), SECOND);
    drop(next);
    let unused = unused.renew(until(None)).await.expect("a turn");
    assert_eq!(unused.waited(), Duration::ZERO, "the slot was free again");
    let renewed = unused.renew(until(None)).await.expect("its own");
    renewed.handle().commit();
    drop(renewed);
    let denied = admission.admit(&"a".into(), until(Some(Instant::now() + SECOND))).await;
    assert_eq!(
        denied.map(|_| ()),
        Err(Denial { wait: Some(10 * SECOND), by: DeniedBy::Throttle }.into())
    );
}

#[tokio::test(start_paused = true)]
async fn waiting_calls_are_rarely_polled() {
    const CALLS: usize = 10_000;
    let admission = limited(Throttle::truto());
    let polls = Arc::new(AtomicUsize::new(0));
    let mut tasks = JoinSet::new();
    for _ in 0..CALLS {
        let (mut waits, polls) = (admitting(&admission, "a", until(None)), Arc::clone(&polls));
        tasks.spawn(poll_fn(move |cx| {
            polls.fetch_add(1, Ordering::Relaxed);
            waits.as_mut().poll(cx).map(|permit| permit.expect("a turn").handle().commit())
        }));
    }
    tokio::time::sleep(SECOND).await;
    polls.store(0, Ordering::Relaxed);
    tokio::time::sleep(100 * SECOND).await;
    let per_second = polls.load(Ordering::Relaxed) / 100;
    println!("{per_second} polls per second");
    assert!(per_second < CALLS / 10, "{per_second} polls per second");
}

/// The time per event must not grow with the number of waiting calls or known accounts.
#[tokio::test(start_paused = true)]
async fn no_event_costs_linear_time() {
    let admission = limited(Throttle::truto());
    let mut waiting = Vec::new();
    for _ in 0..50_000 {
        waiting.push(park(admitting(&admission, "a", until(None))).await.0);
    }
    let started = std::time::Instant::now();
    // From the middle, where removing from a list would be slowest.
    for at in (0..waiting.len()).rev().step_by(2).chain(0..1) {
        drop(waiting.swap_remove(at));
    }
    drop(waiting);
    let canceled = started.elapsed();

    let admission = Admission::new(None, true, Admission::MAX_GATE);
    let accounts: Vec<Arc<str>> = (0..200_000).map(|at| at.to_string().into()).collect();
    for account in &accounts {
        drop(admission.admit(account, until(None)).await);
    }
    let started = std::time::Instant::now();
    for account in &accounts[..1_000] {
        admission.observe(account, &refused(true));
    }
    let refused = started.elapsed();
    println!("50,000 canceled: {canceled:?}; 1,000 429s with 200,000 accounts: {refused:?}");
    assert!(canceled < 5 * SECOND, "{canceled:?}");
    assert!(refused < SECOND, "{refused:?}");
}

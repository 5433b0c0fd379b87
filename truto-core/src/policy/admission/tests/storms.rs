//! Many calls against a server that refuses some.

use super::server::Server;
use super::*;

const MS: Duration = Duration::from_millis(1);

/// Calls, calls per window, the deadline, and the time that a perfect client would take.
#[tokio::test(start_paused = true)]
async fn the_gate_loses_no_call_and_wastes_little_time() {
    for (calls, limit, window, deadline, ideal) in [
        (300, 20, SECOND, 25 * SECOND, 14 * SECOND),
        (300, 5, SECOND, 120 * SECOND, 59 * SECOND),
        (100, 20, SECOND, 25 * SECOND, 4 * SECOND),
        (1_000, 100, SECOND, 25 * SECOND, 9 * SECOND),
        (300, 50, 2 * SECOND, 60 * SECOND, 10 * SECOND),
    ] {
        let server = Arc::new(Server::limited(limit, window, SECOND));
        let admission = Admission::new(None, true, Admission::MAX_GATE);
        let took = server.storm(&admission, calls, deadline).await;
        let log = server.log();
        let row =
            format!("{calls} calls, {limit} in {window:?}: {took:?}, {} refused", log.refused);
        println!("{row}");
        assert_eq!((log.lost, log.passed.len()), (0, calls), "{row}");
        assert!(took <= ideal.mul_f64(1.3) + SECOND / 2, "{row}");
    }
}

/// Calls, the time between them in milliseconds, the calls that are made at once then, calls per window,
/// the window, and the deadline.
#[tokio::test(start_paused = true)]
async fn a_gate_learns_no_rate_from_a_trickle_before_a_storm() {
    for (trickle, apart, calls, limit, window, deadline) in [
        (30, 900, 300, 20, SECOND, 25 * SECOND),
        (20, 500, 300, 20, SECOND, 25 * SECOND),
        (40, 250, 300, 20, SECOND, 25 * SECOND),
        // The gate opens a second before the window does, so that one round teaches nothing.
        (30, 900, 300, 100, 2 * SECOND, 25 * SECOND),
        (600, 900, 1_000, 100, SECOND, 25 * SECOND),
        (2, 999, 100, 20, SECOND, 25 * SECOND),
    ] {
        let server = Arc::new(Server::limited(limit, window, SECOND));
        let admission = Admission::new(None, true, Admission::MAX_GATE);
        for _ in 0..trickle {
            server.call(&admission, "a", deadline).await;
            tokio::time::sleep(apart * MS).await;
        }
        let began = server.elapsed();
        // An ideal client sends as soon as a slot is free again.
        let mut perfect = server.log().passed;
        for _ in 0..calls {
            let used = perfect.len().checked_sub(limit).map(|at| perfect[at] + window);
            perfect.push(used.unwrap_or_default().max(began));
        }
        let ideal = perfect.last().map_or(began, |last| *last).saturating_sub(began);
        let took = server.storm(&admission, calls, deadline).await.saturating_sub(began);
        let log = server.log();
        let row = format!(
            "{calls} calls after {trickle} every {apart} ms, {limit} in {window:?}: {took:?} instead \
             of {ideal:?}, {} refused",
            log.refused
        );
        println!("{row}");
        assert_eq!((log.lost, log.passed.len()), (0, trickle + calls), "{row}");
        assert!(took <= ideal.mul_f64(1.3), "{row}");
    }
}

/// Another process has used the limit up before the first calls, which shows nothing about the limit
/// itself.
#[tokio::test(start_paused = true)]
async fn a_few_calls_before_a_storm_do_not_lower_its_rate() {
    // First calls, those that pass, calls of the storm, calls per second, and the deadline.
    for (first, passes, calls, limit, deadline) in [
        (2, 1, 300, 20, 25 * SECOND),
        (9, 1, 300, 20, 25 * SECOND),
        (5, 4, 1_000, 100, 25 * SECOND),
        (2, 1, 100, 5, 60 * SECOND),
        (1, 0, 300, 20, 25 * SECOND),
        (10, 1, 300, 20, 25 * SECOND),
        (30, 3, 300, 20, 25 * SECOND),
        (30, 9, 1_000, 100, 25 * SECOND),
        (300, 1, 300, 20, 45 * SECOND),
        (15, 1, 100, 5, 60 * SECOND),
    ] {
        let rule = move |now: Duration, passed: &[Duration]| {
            let recent = passed.iter().rev().take_while(|at| now.saturating_sub(**at) < SECOND);
            let others = if now < SECOND / 10 { limit - passes } else { 0 };
            recent.count() + others < limit
        };
        let server = Arc::new(Server::new(rule, SECOND));
        let admission = Admission::new(None, true, Admission::MAX_GATE);
        let early = tokio::spawn({
            let (server, admission) = (Arc::clone(&server), admission.clone());
            async move { server.storm(&admission, first, deadline).await }
        });
        tokio::time::sleep(SECOND / 2).await;
        let took = server.storm(&admission, calls, deadline).await;
        early.await.expect("no panic");
        let log = server.log();
        let row = format!("{passes} of {first}, then {calls}: {took:?}, {} refused", log.refused);
        println!("{row}");
        assert_eq!((log.lost, log.passed.len()), (0, first + calls), "{row}");
        // A perfect client fills a window when the gate opens after a second.
        let windows = u32::try_from((first + calls).div_ceil(limit)).expect("few");
        assert!(took <= (SECOND * windows).mul_f64(1.3) + SECOND / 2, "{row}");
    }
}

/// Another process uses most slots for some seconds, which lowers the rate, and then ends.
#[tokio::test(start_paused = true)]
async fn a_limit_that_others_exhausted_is_used_fully_again() {
    // The seconds from and to which others use it, the slots that they leave, calls, calls per second, and
    // the time that a perfect client would take.
    for (from, to, left, calls, limit, ideal) in [
        (2, 6, 1, 600, 20, 34 * SECOND),
        (2, 12, 1, 600, 20, 40 * SECOND),
        (2, 62, 1, 600, 20, 87 * SECOND),
        (2, 6, 15, 4_000, 200, 24 * SECOND),
    ] {
        let rule = move |now: Duration, passed: &[Duration]| {
            let recent = passed.iter().rev().take_while(|at| now.saturating_sub(**at) < SECOND);
            let others = if now > from * SECOND && now < to * SECOND { limit - left } else { 0 };
            recent.count() + others < limit
        };
        let server = Arc::new(Server::new(rule, SECOND));
        let admission = Admission::new(None, true, Admission::MAX_GATE);
        let took = server.storm(&admission, calls, 400 * SECOND).await;
        let log = server.log();
        let row = format!(
            "others leave {left} of {limit} from {from} to {to} s: {took:?}, {} refused",
            log.refused
        );
        println!("{row}");
        assert_eq!((log.lost, log.passed.len()), (0, calls), "{row}");
        assert!(took <= ideal.mul_f64(2.5), "{row}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_recovers_serves_all_that_waited() {
    let server = Arc::new(Server::new(|now, _| now >= 6 * SECOND, SECOND));
    let admission = Admission::new(None, true, Admission::MAX_GATE);
    let took = server.storm(&admission, 400, 25 * SECOND).await;
    let log = server.log();
    println!("{took:?}, {} refused", log.refused);
    assert_eq!((log.lost, log.passed.len()), (0, 400));
    assert!(took < 12 * SECOND, "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_throttle_at_the_servers_limit_is_never_refused() {
    for handshake in [0, 30, 100] {
        let server = Server::limited(50, 10 * SECOND, 10 * SECOND);
        let server = Arc::new(server.with_handshake(handshake * MS));
        let took = server.storm(&limited(Throttle::truto()), 300, 200 * SECOND).await;
        let log = server.log();
        println!("{handshake} ms: {took:?}, {} refused", log.refused);
        assert_eq!((log.refused, log.passed.len()), (0, 300), "{handshake} ms");
        assert!(took < 55 * SECOND, "{handshake} ms: {took:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn calls_keep_their_order_when_the_gate_closes_again() {
    let admission = Admission::new(None, true, Admission::MAX_GATE);
    admission.observe(&"a".into(), &refused(true));
    let order = Arc::new(Mutex::new(Vec::new()));
    let mut tasks = JoinSet::new();
    for number in 0..200 {
        let (admission, order) = (admission.clone(), Arc::clone(&order));
        tasks.spawn(async move {
            let permit = admission.admit(&"a".into(), until(None)).await.expect("a turn");
            permit.handle().commit();
            order.lock().expect("no panic").push(number);
            if number % 30 == 7 {
                admission.observe(&"a".into(), &refused(true));
            }
        });
    }
    tasks.join_all().await;
    assert!(order.lock().expect("no panic").is_sorted());
}

#[tokio::test(start_paused = true)]
async fn a_retried_call_returns_to_the_front_of_the_queue() {
    let admission = limited(Throttle::none().per_account(1, SECOND));
    let account: Arc<str> = "a".into();
    let first = admission.admit(&account, until(None)).await.expect("a turn");
    let mut request = until(None);
    request.ticket = Some(first.ticket());
    first.handle().commit();
    drop(first);
    let later = tokio::spawn({
        let (admission, account) = (admission.clone(), Arc::clone(&account));
        async move { admission.admit(&account, until(None)).await.expect("a turn").waited() }
    });
    tokio::time::sleep(SECOND / 2).await;
    let retry = admission.admit(&account, request).await.expect("a turn");
    assert_eq!(retry.waited(), SECOND / 2);
    retry.handle().commit();
    drop(retry);
    assert_eq!(later.await.expect("no panic"), 2 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn no_response_closes_the_gate_for_longer_than_its_limit() {
    for (max, asked, held) in [(300, 86_400, 300), (300, 200, 200), (10, 60, 10)] {
        let admission = Admission::new(None, true, max * SECOND);
        let mut seen = refused(true);
        seen.retry_after = Some(asked * SECOND);
        admission.observe(&"a".into(), &seen);
        let permit = admission.admit(&"a".into(), until(None)).await.expect("a turn");
        assert_eq!(permit.waited(), held * SECOND);
        // Later calls are sent, and their responses show the current limit.
    }
}

#[tokio::test(start_paused = true)]
async fn a_busy_account_does_not_block_another_at_the_limit_of_the_token() {
    let admission = limited(Throttle::none().per_token(20, SECOND));
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..200 {
        let admission = admission.clone();
        tasks.spawn(async move { admission.acquire("a").await });
    }
    tokio::time::sleep(SECOND / 10).await;
    admission.acquire("b").await;
    assert!(started.elapsed() <= SECOND + SECOND / 10, "{:?}", started.elapsed());
    tasks.join_all().await;
    assert_eq!(started.elapsed(), 10 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn calls_of_a_gated_account_use_no_turns_of_the_token() {
    let admission = limited(Throttle::none().per_token(20, SECOND));
    let started = Instant::now();
    let mut seen = refused(false);
    seen.retry_after = Some(30 * SECOND);
    admission.observe(&"a".into(), &seen);
    let mut tasks = JoinSet::new();
    for _ in 0..200 {
        let admission = admission.clone();
        tasks.spawn(async move { admission.acquire("a").await });
    }
    tokio::time::sleep(SECOND / 10).await;
    for _ in 0..20 {
        admission.acquire("b").await;
    }
    assert_eq!(started.elapsed(), SECOND / 10);
}

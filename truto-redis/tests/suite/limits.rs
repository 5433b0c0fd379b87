//! The windows.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use truto_core::Limiter;

use crate::common::{
    AWAITED, Arrivals, Redis, WINDOW, answered, builder, call, denied, keep_calling, sent, turn,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_window_holds_more_than_the_limits() {
    const PER_ACCOUNT: u32 = 10;
    const PER_TOKEN: u32 = 25;
    const WINDOWS: u32 = 8;
    let redis = Redis::start();
    let accounts = ["a", "b", "c"];
    let arrivals = Arrivals::default();
    let ends = Instant::now() + WINDOWS * WINDOW;
    let mut callers = Vec::new();
    for process in 0..4 {
        let limiter = builder(&redis).await.per_account(PER_ACCOUNT).per_token(PER_TOKEN).build();
        for number in 0..15 {
            let account = accounts[(process + number) % accounts.len()];
            let caller = keep_calling(limiter.clone(), account, arrivals.clone(), ends);
            callers.push(tokio::spawn(caller));
        }
    }
    for caller in callers {
        caller.await.expect("a caller");
    }
    assert!(arrivals.most(None) <= PER_TOKEN as usize, "{}", arrivals.most(None));
    for account in accounts {
        assert!(arrivals.most(Some(account)) <= PER_ACCOUNT as usize);
    }
    // Far less than all of it, since a loaded machine needs a large part of each window to ask again.
    let possible = (WINDOWS * PER_TOKEN) as usize;
    assert!(arrivals.len() >= possible / 4, "{} of {possible}", arrivals.len());
}

#[tokio::test]
async fn a_slot_is_free_one_window_after_the_head_or_after_its_longest_time() {
    let redis = Redis::start();
    let limiter = builder(&redis).await.per_account(1).build();
    // From sending on, a slot without a response is held for a second longer than its window.
    let unanswered = WINDOW + Duration::from_secs(1);
    for (is_answered, free) in [(true, WINDOW), (false, unanswered)] {
        let mut fastest = Duration::MAX;
        // More than once, since a machine under load may take long for one of them.
        for number in 0..5 {
            let account = &format!("{is_answered} {number}");
            let first = turn(&limiter, account).await;
            let start = Instant::now();
            if is_answered {
                answered(first);
            } else {
                sent(first);
            }
            drop(turn(&limiter, account).await);
            let took = start.elapsed();
            assert!(took + Duration::from_millis(10) >= free, "{account}: {took:?}");
            fastest = fastest.min(took);
            if fastest < free + Duration::from_millis(500) {
                break;
            }
        }
        assert!(fastest < free + Duration::from_millis(900), "{is_answered}: {fastest:?}");
    }
}

#[tokio::test]
async fn a_request_that_is_sent_late_is_counted_from_then_on() {
    let redis = Redis::start();
    let limiter = builder(&redis).await.per_account(1).build();
    let slow = turn(&limiter, "a").await;
    // A handshake.
    sleep(WINDOW + AWAITED / 2).await;
    let start = Instant::now();
    sent(slow);
    // Its report is sent first.
    sleep(Duration::from_millis(50)).await;
    answered(turn(&limiter, "a").await);
    let took = start.elapsed();
    assert!(took + Duration::from_millis(10) >= WINDOW + AWAITED, "{took:?}");
}

#[tokio::test]
async fn a_denied_call_leaves_nothing_behind() {
    const MINUTE: Duration = Duration::from_secs(60);
    let redis = Redis::start();
    let limiter = builder(&redis).await.window(MINUTE).per_account(2).build();
    sent(turn(&limiter, "a").await);
    sent(turn(&limiter, "a").await);
    for _ in 0..100 {
        let wait = denied(&limiter, "a", Duration::from_millis(200)).await;
        assert!(wait > Duration::from_millis(200) && wait <= MINUTE + AWAITED, "{wait:?}");
    }
    let key = format!("truto:{{default}}:account:{}:slots", call("a", None).account_hash());
    let expected = ["truto:{default}:clock", "truto:{default}:token:slots"];
    assert_eq!(redis.keys().await, [&*key, expected[0], expected[1]]);
    assert_eq!((redis.count(&key).await, redis.count(expected[1]).await), (2, 2));
}

#[tokio::test]
async fn a_canceled_call_leaves_nothing_behind() {
    let redis = Redis::start();
    let limiter = builder(&redis).await.window(Duration::from_secs(60)).per_account(1).build();
    sent(turn(&limiter, "a").await);
    let waiting = call("a", None);
    let waiting = tokio::time::timeout(Duration::from_millis(100), limiter.acquire(&waiting));
    assert!(waiting.await.is_err());
    // Its report is on the way.
    let start = Instant::now();
    while redis.keys().await.iter().any(|key| key.ends_with("queue")) {
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}", redis.keys().await);
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_turn_that_is_not_used_is_given_back() {
    let redis = Redis::start();
    let limiter = builder(&redis).await.per_account(1).window(Duration::from_secs(60)).build();
    let unused = turn(&limiter, "a").await;
    denied(&limiter, "a", Duration::from_secs(1)).await;
    drop(unused);
    sleep(Duration::from_millis(100)).await;
    let again = limiter.acquire(&call("a", Some(Duration::from_secs(1)))).await;
    assert!(again.expect("the turn that was given back").wait().is_zero());
}

#[tokio::test]
async fn a_limit_of_zero_is_no_limit() {
    let redis = Redis::start();
    let limiter = builder(&redis).await.window(Duration::from_secs(60)).per_account(0);
    let limiter = limiter.per_token(3).build();
    for _ in 0..3 {
        sent(turn(&limiter, "a").await);
    }
    denied(&limiter, "b", Duration::from_millis(10)).await;
    let limiter = builder(&redis).await.per_account(0).per_token(0).prefix("other").build();
    for _ in 0..100 {
        sent(turn(&limiter, "a").await);
    }
}

/// Redis expires keys by its own clock, which may jump by an hour.
#[tokio::test]
async fn every_key_expires_after_more_than_an_hour() {
    const HOUR: Duration = Duration::from_secs(3_600);
    let redis = Redis::start();
    // Longer than the test.
    let limiter = builder(&redis).await.window(Duration::from_secs(60)).per_account(1).build();
    sent(turn(&limiter, "a").await);
    let waiting = tokio::spawn(async move { turn(&limiter, "a").await });
    let account = format!("truto:{{default}}:account:{}", call("a", None).account_hash());
    while redis.count(&format!("{account}:queue")).await == 0 {
        assert!(!waiting.is_finished());
        sleep(Duration::from_millis(10)).await;
    }
    let keys = redis.keys().await;
    // A clock, and slots, queue and leases of the account and of the token.
    assert_eq!(keys.len(), 7, "{keys:?}");
    for key in keys {
        let expires = redis.expires(&key).await.expect("a key");
        assert!(expires > HOUR && expires <= 24 * HOUR, "{key}: {expires:?}");
    }
    waiting.abort();
}

#[tokio::test]
async fn the_longest_window_is_a_day() {
    let redis = Redis::start();
    let limiter = builder(&redis).await.window(Duration::MAX).per_account(1);
    let limiter = limiter.patience(Duration::from_millis(100)).build();
    sent(turn(&limiter, "a").await);
    let wait = denied(&limiter, "a", Duration::from_secs(1)).await;
    assert!(wait <= Duration::from_secs(86_400) + AWAITED, "{wait:?}");
    redis.signal("-STOP");
    drop(turn(&limiter, "b").await);
}

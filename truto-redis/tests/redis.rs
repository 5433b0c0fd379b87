//! The limiter on a real Redis.

use std::sync::{Arc, Mutex};
use std::time::Duration;

mod common;

use http::{Method, StatusCode};
use redis::aio::MultiplexedConnection;
use tokio::time::{Instant, sleep};
use truto_core::{LimitedCall, Limiter, Observation, Request};
use truto_redis::{Builder, RedisLimiter};

use self::common::Redis;

const WINDOW: Duration = Duration::from_millis(500);
/// A response may be counted this long after its turn, until one was seen.
const MARGIN: Duration = Duration::from_secs(1);
const HOUR_US: i64 = 3_600_000_000;

async fn builder(redis: &Redis) -> Builder<MultiplexedConnection> {
    let builder = RedisLimiter::builder(redis.connection().await).window(WINDOW);
    // A loaded machine must not open the breaker.
    builder.patience(Duration::from_secs(30))
}

async fn slots(redis: &Redis, key: &str) -> usize {
    let mut connection = redis.connection().await;
    redis::cmd("ZCARD").arg(key).query_async(&mut connection).await.expect("a number")
}

fn call(account: &str, remaining: Option<Duration>) -> LimitedCall {
    let request = Request::<()>::unified(Method::GET, "crm", "contacts", None);
    let deadline = remaining.map(|remaining| std::time::Instant::now() + remaining);
    LimitedCall::new(request.endpoint(), account).with_deadline(deadline)
}

fn seen() -> Observation {
    Observation::new(StatusCode::OK)
}

/// Denied calls wait this long.
async fn denied(limiter: &impl Limiter, call: &LimitedCall) -> Duration {
    let denied = limiter.acquire(call).await.expect_err("denied");
    denied.wait().expect("a wait")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_window_holds_more_than_the_limits() {
    const PER_ACCOUNT: u32 = 10;
    const PER_TOKEN: u32 = 25;
    let redis = Redis::start();
    let accounts = ["a", "b", "c"];
    let arrivals: Arc<Mutex<Vec<(Instant, &str)>>> = Arc::default();
    let mut calls = Vec::new();
    for process in 0..4 {
        let builder = builder(&redis).await.per_account(PER_ACCOUNT).per_token(PER_TOKEN);
        let limiter = builder.build();
        for number in 0..40 {
            let (limiter, arrivals) = (limiter.clone(), Arc::clone(&arrivals));
            let account = accounts[(process + number) % accounts.len()];
            calls.push(tokio::spawn(async move {
                let call = call(account, None);
                let turn = limiter.acquire(&call).await.expect("a turn");
                sleep(turn.wait()).await;
                arrivals.lock().expect("a list").push((Instant::now(), account));
                std::mem::forget(turn); // as a client does with a turn that is used
                limiter.observe(&call, &seen());
            }));
        }
    }
    let started = Instant::now();
    for call in calls {
        call.await.expect("a call");
    }
    let mut arrivals = std::mem::take(&mut *arrivals.lock().expect("a list"));
    arrivals.sort_unstable();
    let check = |times: Vec<Instant>, limit: u32| {
        for pair in times.windows(limit as usize + 1) {
            let stretch = pair[limit as usize] - pair[0];
            // Before the first response there is no margin for the way to Redis and back.
            assert!(stretch + Duration::from_millis(20) > WINDOW, "{limit} calls in {stretch:?}");
        }
    };
    check(arrivals.iter().map(|(at, _)| *at).collect(), PER_TOKEN);
    for account in accounts {
        let own = arrivals.iter().filter(|(_, other)| *other == account);
        check(own.map(|(at, _)| *at).collect(), PER_ACCOUNT);
    }
    // 160 calls at 25 per window take six windows.
    assert!(started.elapsed() < (WINDOW + MARGIN) * 8, "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_denied_call_leaves_nothing_behind() {
    let redis = Redis::start();
    let limiter = builder(&redis).await.per_account(2).build();
    let account = call("a", Some(Duration::from_millis(200)));
    let turns = [limiter.acquire(&account).await, limiter.acquire(&account).await];
    for _ in 0..100 {
        let wait = denied(&limiter, &account).await;
        assert!(wait > Duration::from_millis(200) && wait <= WINDOW + MARGIN, "{wait:?}");
    }
    let key = format!("truto:{{default}}:account:{}", account.account_hash());
    assert_eq!(slots(&redis, &key).await, 2);
    assert_eq!(slots(&redis, "truto:{default}:token").await, 2);
    drop(turns);
}

#[tokio::test]
async fn a_turn_that_is_not_used_is_given_back() {
    let redis = Redis::start();
    let limiter = builder(&redis).await.per_account(1).window(Duration::from_secs(60)).build();
    let account = call("a", Some(Duration::from_secs(1)));
    let turn = limiter.acquire(&account).await.expect("a turn");
    denied(&limiter, &account).await;
    drop(turn);
    sleep(Duration::from_millis(100)).await;
    let again = limiter.acquire(&account).await;
    assert!(again.expect("the turn that was given back").wait().is_zero());
}

#[tokio::test]
async fn a_queue_of_one_account_leaves_the_token_to_others() {
    let redis = Redis::start();
    let limiter = builder(&redis).await.per_account(2).per_token(4).build();
    let mut turns = Vec::new();
    for _ in 0..40 {
        turns.push(limiter.acquire(&call("a", None)).await.expect("a turn"));
    }
    assert!(turns[39].wait() > WINDOW * 18);
    let other = limiter.acquire(&call("b", None)).await.expect("a turn");
    assert!(other.wait() < WINDOW / 2, "{:?}", other.wait());
}

#[tokio::test]
async fn background_calls_leave_a_fifth_of_each_window() {
    let redis = Redis::start();
    let limiter = builder(&redis).await.per_account(10).build();
    let background = call("a", Some(WINDOW / 2)).with_background(true);
    let mut turns = Vec::new();
    while let Ok(turn) = limiter.acquire(&background).await {
        turns.push(turn);
    }
    assert_eq!(turns.len(), 8);
    let interactive = call("a", Some(WINDOW / 2));
    while let Ok(turn) = limiter.acquire(&interactive).await {
        turns.push(turn);
    }
    assert_eq!(turns.len(), 10);
}

#[tokio::test]
async fn a_clock_that_jumps_denies_nobody_for_longer_than_a_window() {
    let redis = Redis::start();
    for (account, jumps) in [("a", [0, -HOUR_US, 0]), ("b", [0, HOUR_US, 0])] {
        for skew in jumps {
            let limiter = builder(&redis).await.per_account(2).clock_skew_for_tests(skew).build();
            for _ in 0..2 {
                let turn = limiter.acquire(&call(account, None)).await.expect("a turn");
                assert!(turn.wait() <= WINDOW + MARGIN, "{skew}: {:?}", turn.wait());
                sleep(turn.wait()).await;
                std::mem::forget(turn);
            }
            // Two responses, so that no estimate of them remains.
            limiter.observe(&call(account, None), &seen());
            limiter.observe(&call(account, None), &seen());
            sleep(Duration::from_millis(50)).await;
        }
    }
}

#[tokio::test]
async fn time_goes_on_for_denied_calls_after_a_jump_backwards() {
    let redis = Redis::start();
    let before = builder(&redis).await.per_account(1).build();
    std::mem::forget(before.acquire(&call("a", None)).await.expect("a turn"));
    let limiter = builder(&redis).await.per_account(1).clock_skew_for_tests(-HOUR_US).build();
    let short = || call("a", Some(Duration::from_millis(1)));
    denied(&limiter, &short()).await;
    sleep(WINDOW + MARGIN + Duration::from_millis(100)).await;
    let turn = limiter.acquire(&call("a", Some(Duration::from_secs(1)))).await;
    assert!(turn.expect("a turn").wait().is_zero());
}

#[tokio::test]
async fn a_redis_that_hangs_delays_one_call_by_a_tenth_of_a_second() {
    let redis = Redis::start();
    let limiter = builder(&redis)
        .await
        .per_account(8)
        .processes(2)
        .patience(Duration::from_millis(100))
        .build();
    let used = limiter.acquire(&call("a", None)).await.expect("a turn");
    redis.signal("-STOP");
    let asked = Instant::now();
    let first = limiter.acquire(&call("b", None)).await.expect("a turn");
    let delay = asked.elapsed();
    assert!(delay >= Duration::from_millis(100) && delay < Duration::from_secs(1), "{delay:?}");

    let asked = Instant::now();
    let short = call("b", Some(Duration::from_millis(200)));
    let mut turns = vec![first];
    while let Ok(turn) = limiter.acquire(&short).await {
        turns.push(turn);
    }
    assert!(asked.elapsed() < Duration::from_millis(50), "{:?}", asked.elapsed());
    // Half of eight: the share of one of two processes.
    assert_eq!(turns.len(), 4);

    redis.signal("-CONT");
    for _ in 0..100 {
        sleep(Duration::from_millis(100)).await;
        if let Ok(turn) = limiter.acquire(&call("c", Some(Duration::from_secs(1)))).await {
            std::mem::forget(turn);
        }
        if slots(&redis, &format!("truto:{{default}}:account:{}", call("c", None).account_hash()))
            .await
            > 0
        {
            drop(used);
            return;
        }
    }
    panic!("the limiter does not come back to Redis");
}

#[tokio::test]
async fn keys_expire() {
    let redis = Redis::start();
    let limiter = builder(&redis).await.build();
    let call = call("a", None);
    std::mem::forget(limiter.acquire(&call).await.expect("a turn"));
    sleep(WINDOW * 5).await;
    let mut connection = redis.connection().await;
    let keys: Vec<String> =
        redis::cmd("KEYS").arg("*").query_async(&mut connection).await.expect("keys");
    assert_eq!(keys, ["truto:{default}:clock"]);
}

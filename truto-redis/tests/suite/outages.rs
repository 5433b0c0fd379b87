//! A Redis that is slow, unavailable, or restarted without its data.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::{Instant, sleep};
use truto_core::{Limiter, Turn};
use truto_redis::RedisLimiter;

use crate::common::{
    AWAITED, Arrivals, Redis, WINDOW, answered, builder, call, denied, keep_calling, sent, turn,
};

const TENTH: Duration = Duration::from_millis(100);
/// A patience that is not exceeded on a loaded machine while Redis is available.
const PATIENCE: Duration = Duration::from_millis(800);

#[tokio::test]
async fn a_hanging_redis_delays_only_one_call() {
    let redis = Redis::start();
    let limiter = builder(&redis).await.per_account(8).processes(2).patience(PATIENCE).build();
    answered(turn(&limiter, "a").await);
    redis.signal("-STOP");
    let asked = Instant::now();
    let mut turns = vec![turn(&limiter, "b").await];
    let delay = asked.elapsed();
    assert!(delay >= PATIENCE && delay < 10 * PATIENCE, "{delay:?}");

    let asked = Instant::now();
    let short = Some(Duration::from_millis(200));
    while let Ok(turn) = limiter.acquire(&call("b", short)).await {
        turns.push(turn);
    }
    assert!(asked.elapsed() < PATIENCE, "{:?}", asked.elapsed());
    // Half of eight: the share of one of two processes.
    assert_eq!(turns.len(), 4);

    redis.signal("-CONT");
    let key = format!("truto:{{default}}:account:{}:slots", call("c", None).account_hash());
    for _ in 0..100 {
        sleep(TENTH).await;
        sent(turn(&limiter, "c").await);
        if redis.count(&key).await > 0 {
            return;
        }
    }
    panic!("the limiter does not come back to Redis");
}

#[tokio::test]
async fn a_share_counts_the_turns_that_redis_granted() {
    let redis = Redis::start();
    let window = Duration::from_secs(60);
    let limiter = builder(&redis).await.window(window).per_account(4).processes(2);
    let limiter = limiter.patience(PATIENCE).build();
    for _ in 0..3 {
        answered(turn(&limiter, "a").await);
    }
    redis.signal("-STOP");
    // Its share is two, and it has had three.
    let wait = denied(&limiter, "a", TENTH).await;
    assert!(wait <= window + AWAITED, "{wait:?}");
}

#[tokio::test]
async fn calls_that_wait_in_redis_take_turns_of_the_share_when_it_hangs() {
    let redis = Redis::start();
    let builder = || async {
        // A slot is free again after a minute.
        let builder = RedisLimiter::builder(redis.connection().await).per_account(1);
        builder.window(Duration::from_secs(60)).patience(PATIENCE).build()
    };
    let (other, limiter) = (builder().await, builder().await);
    sent(turn(&other, "a").await);
    let waiting = tokio::spawn({
        let limiter = limiter.clone();
        async move { sent(turn(&limiter, "a").await) }
    });
    sleep(3 * TENTH).await;
    assert!(!waiting.is_finished());
    redis.signal("-STOP");
    sent(turn(&limiter, "b").await);
    let woken = tokio::time::timeout(Duration::from_secs(20), waiting).await;
    woken.expect("a turn of the share").expect("no panic");
}

#[tokio::test]
async fn calls_that_wait_in_redis_proceed_when_it_fails_again_while_it_returns() {
    let redis = Redis::start();
    let builder = || async {
        // A slot is free again after a minute, so a call that nothing wakes sleeps for half of it.
        let builder = RedisLimiter::builder(redis.connection().await).per_account(1);
        builder.window(Duration::from_secs(60)).patience(TENTH).build()
    };
    let (other, limiter) = (builder().await, builder().await);
    sent(turn(&other, "a").await);
    sent(turn(&other, "b").await);
    redis.signal("-STOP");
    sent(turn(&limiter, "c").await);
    redis.signal("-CONT");
    // While Redis returns, a call needs a turn of the share, which is free, and one of Redis, which is not.
    while limiter.acquire(&call("b", Some(5 * TENTH))).await.is_ok() {
        sleep(TENTH).await;
    }
    let waiting = tokio::spawn({
        let limiter = limiter.clone();
        async move { sent(turn(&limiter, "a").await) }
    });
    let queue = format!("truto:{{default}}:account:{}:queue", call("a", None).account_hash());
    while redis.count(&queue).await == 0 && !waiting.is_finished() {
        sleep(TENTH / 10).await;
    }
    redis.signal("-STOP");
    sent(turn(&limiter, "d").await);
    let woken = tokio::time::timeout(Duration::from_secs(20), waiting).await;
    woken.expect("its turn of the share").expect("no panic");
}

#[tokio::test]
async fn a_turn_of_the_share_is_given_back_though_redis_was_asked_as_well() {
    let redis = Redis::start();
    let builder = RedisLimiter::builder(redis.connection().await).window(Duration::from_secs(60));
    let limiter = builder.per_account(1).patience(TENTH).build();
    redis.signal("-STOP");
    sent(turn(&limiter, "b").await);
    redis.signal("-CONT");
    sleep(11 * TENTH).await;
    // Its probe finds Redis back; for two seconds calls need a turn of the share and one of Redis, which may
    // know the first one already.
    let second = Some(Duration::from_secs(1));
    sent(limiter.acquire(&call("c", second)).await.expect("a turn"));
    sleep(5 * TENTH).await;
    redis.signal("-STOP");
    for _ in 0..3 {
        let unused = limiter.acquire(&call("a", second)).await;
        drop(unused.expect("the turn that was given back"));
    }
}

/// Stops Redis for longer than a probe needs, and lets it run for less and for more than the return takes.
async fn flap(redis: &Redis) {
    for runs in [300, 1_300, 2_600, 100] {
        sleep(Duration::from_millis(runs)).await;
        redis.signal("-STOP");
        sleep(Duration::from_millis(400)).await;
        redis.signal("-CONT");
    }
}

#[tokio::test]
async fn a_call_that_wakes_late_keeps_its_turn_of_the_share() {
    let redis = Redis::start();
    let limiter = builder(&redis).await.per_account(1).patience(TENTH).build();
    redis.signal("-STOP");
    sent(turn(&limiter, "a").await);
    tokio::time::pause();
    let order: Arc<Mutex<Vec<u32>>> = Arc::default();
    let mut calls = Vec::new();
    for number in 0..3 {
        let (limiter, order) = (limiter.clone(), Arc::clone(&order));
        calls.push(tokio::spawn(async move {
            let turn = turn(&limiter, "a").await;
            order.lock().expect("a list").push(number);
            sent(turn);
        }));
        tokio::task::yield_now().await;
    }
    // Their turns are apart by the longest lifetime of a slot. The process gets no CPU time when the first one is due.
    tokio::time::advance(WINDOW + AWAITED + 3 * TENTH).await;
    for call in calls {
        call.await.expect("a call");
    }
    assert_eq!(*order.lock().expect("a list"), [0, 1, 2]);
}

#[tokio::test]
async fn a_call_that_outlasts_the_return_of_redis_is_not_denied_by_the_share() {
    let redis = Redis::start();
    let builder = RedisLimiter::builder(redis.connection().await).window(Duration::from_secs(60));
    let limiter = builder.per_account(2).processes(2).patience(TENTH).build();
    redis.signal("-STOP");
    // The share of the account.
    sent(turn(&limiter, "a").await);
    redis.signal("-CONT");
    // Until a probe finds that Redis is back, the share alone decides. The first call after that waits until Redis
    // alone does.
    let second = Duration::from_secs(1);
    let (start, mut asked) = (Instant::now(), Instant::now());
    let waited = loop {
        let paused = asked.elapsed();
        asked = Instant::now();
        if limiter.acquire(&call("a", Some(30 * second))).await.is_ok() {
            // A machine that paused for longer than the return of Redis shows nothing.
            break asked.elapsed() + paused;
        }
        assert!(start.elapsed() < 25 * second);
        sleep(TENTH).await;
    };
    assert!(waited >= second, "{waited:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flapping_redis_does_not_raise_the_limit() {
    const LIMIT: u32 = 10;
    let redis = Redis::start();
    // One process has the whole limit as its share, so that no other process could explain an excess.
    let limiter = builder(&redis).await.per_account(LIMIT).patience(TENTH).build();
    let arrivals = Arrivals::default();
    let ends = Instant::now() + Duration::from_secs(6);
    let callers: Vec<_> = (0..15)
        .map(|_| tokio::spawn(keep_calling(limiter.clone(), "a", arrivals.clone(), ends)))
        .collect();
    flap(&redis).await;
    for caller in callers {
        caller.await.expect("a caller");
    }
    assert!(arrivals.most(None) <= LIMIT as usize, "{}", arrivals.most(None));
    assert!(arrivals.len() >= 2 * LIMIT as usize, "{}", arrivals.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_data_is_restored_in_redis() {
    const LIMIT: u32 = 10;
    const LONG_WINDOW: Duration = Duration::from_secs(5);
    let mut redis = Redis::start();
    let mut processes = Vec::new();
    for _ in 0..2 {
        let builder = RedisLimiter::builder(redis.manager().await).window(LONG_WINDOW);
        processes.push(builder.per_account(LIMIT).processes(2).patience(TENTH).build());
    }
    let mut turns: Vec<Turn> = Vec::new();
    for process in &processes {
        for _ in 0..LIMIT / 2 {
            turns.push(turn(process, "a").await);
        }
    }
    let start = Instant::now();
    turns.into_iter().for_each(answered);
    redis.restart();
    let mut ends = Vec::new();
    for process in processes {
        ends.push(tokio::spawn(async move {
            answered(turn(&process, "a").await);
            start.elapsed()
        }));
    }
    for waited in ends {
        let waited = waited.await.expect("a call");
        assert!(waited + TENTH >= LONG_WINDOW, "{waited:?}");
        assert!(waited < LONG_WINDOW + Duration::from_secs(30), "{waited:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_process_uses_no_slot_of_another_process() {
    let redis = Redis::start();
    let stopped = builder(&redis).await.per_account(1).patience(TENTH);
    let other = builder(&redis).await.per_account(1).build();
    answered(turn(&other, "b").await);
    // It asks, and Redis grants its slot while the process gets no CPU time.
    redis.signal("-STOP");
    let stopped = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let limiter = stopped.build();
            let asking = tokio::spawn(async move { (turn(&limiter, "a").await, Instant::now()) });
            sleep(TENTH / 3).await;
            std::thread::sleep(2 * WINDOW + AWAITED);
            let (turn, came) = asking.await.expect("a turn");
            answered(turn);
            came
        })
    });
    sleep(TENTH).await;
    redis.signal("-CONT");
    sleep(TENTH).await;
    let turn = turn(&other, "a").await;
    let second = Instant::now();
    answered(turn);
    let first = stopped.join().expect("a thread");
    let apart = first.max(second) - first.min(second);
    assert!(apart + Duration::from_millis(10) >= WINDOW, "{apart:?}");
}

//! The order of calls that wait.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};
use truto_core::Limiter;

use crate::common::{Arrivals, Redis, WINDOW, answered, builder, call, keep_calling, sent, turn};

#[tokio::test]
async fn turns_follow_the_order_of_arrival_in_all_processes() {
    let redis = Redis::start();
    let processes = [
        builder(&redis).await.per_account(3).build(),
        builder(&redis).await.per_account(3).build(),
    ];
    let order: Arc<Mutex<Vec<usize>>> = Arc::default();
    let mut calls = Vec::new();
    for number in 0..12 {
        let (limiter, order) = (processes[number % 2].clone(), Arc::clone(&order));
        calls.push(tokio::spawn(async move {
            let turn = turn(&limiter, "a").await;
            order.lock().expect("a list").push(number);
            answered(turn);
        }));
        sleep(Duration::from_millis(20)).await;
    }
    for call in calls {
        call.await.expect("a call");
    }
    // Calls of one window may overtake each other on the network.
    for (place, number) in order.lock().expect("a list").iter().enumerate() {
        assert_eq!(place / 3, number / 3, "{order:?}");
    }
}

#[tokio::test]
async fn the_queue_of_one_account_does_not_block_the_token() {
    let redis = Redis::start();
    let limiter = builder(&redis).await.per_account(2).per_token(4).build();
    let queue: Vec<_> = (0..40)
        .map(|_| {
            let limiter = limiter.clone();
            tokio::spawn(async move { answered(turn(&limiter, "a").await) })
        })
        .collect();
    sleep(WINDOW / 2).await;
    answered(turn(&limiter, "b").await);
    // Counted, not timed: a busy machine delays all calls alike.
    let ahead = queue.iter().filter(|call| call.is_finished()).count();
    assert!(ahead <= 20, "{ahead} of 40 calls were first");
    queue.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test]
async fn a_process_that_ends_delays_no_other() {
    let redis = Redis::start();
    let limiter = builder(&redis).await.per_account(2).build();
    answered(turn(&limiter, "a").await);
    answered(turn(&limiter, "a").await);
    // Sixty calls wait in front; their process ends without reporting it.
    let runtime = std::thread::spawn({
        let ended = builder(&redis).await.per_account(2);
        move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = runtime.expect("a runtime");
            runtime.block_on(async {
                let client = ended.build();
                for _ in 0..60 {
                    let client = client.clone();
                    tokio::spawn(async move { sent(turn(&client, "a").await) });
                }
                sleep(Duration::from_millis(200)).await;
            });
            // Nothing is given back: no future is dropped.
            std::mem::forget(runtime);
        }
    });
    sleep(Duration::from_millis(100)).await;
    let asked = Instant::now();
    answered(turn(&limiter, "a").await);
    runtime.join().expect("a thread");
    // With them it would be thirty windows; they are forgotten after half of their waits and a second.
    assert!(asked.elapsed() < 28 * WINDOW, "{:?}", asked.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_asks_late_keeps_its_place_in_the_queue() {
    const LONG_WINDOW: Duration = Duration::from_secs(8);
    let redis = Redis::start();
    let prompt = builder(&redis).await.window(LONG_WINDOW).per_account(1).build();
    let late = builder(&redis).await.window(LONG_WINDOW).per_account(1);
    answered(turn(&prompt, "a").await);
    let start = Instant::now();
    // Its process has no processor while it should ask again, after half of its wait.
    let first = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let limiter = late.build();
            let waiting = tokio::spawn(async move {
                answered(turn(&limiter, "a").await);
                start.elapsed()
            });
            sleep(Duration::from_millis(600)).await;
            std::thread::sleep(Duration::from_millis(6_400));
            waiting.await.expect("a turn")
        })
    });
    sleep(Duration::from_millis(1_200)).await;
    answered(turn(&prompt, "a").await);
    let second = start.elapsed();
    let first = first.join().expect("a thread");
    assert!(first + LONG_WINDOW / 2 < second, "{first:?}, {second:?}");
}

#[tokio::test]
async fn background_calls_leave_a_fifth_of_each_window() {
    let redis = Redis::start();
    let limiter = builder(&redis).await.window(Duration::from_secs(60)).per_account(10).build();
    let mut turns = Vec::new();
    let background = call("a", Some(WINDOW / 2)).with_background(true);
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
async fn background_calls_let_others_pass_for_thirty_seconds_and_no_longer() {
    let redis = Redis::start();
    let limiter = builder(&redis).await.per_account(2).build();
    let ends = Instant::now() + Duration::from_secs(40);
    // Four callers keep both slots of each window taken, with others in the queue.
    let callers: Vec<_> = (0..4)
        .map(|_| tokio::spawn(keep_calling(limiter.clone(), "a", Arrivals::default(), ends)))
        .collect();
    sleep(Duration::from_millis(100)).await;
    let asked = Instant::now();
    let background = call("a", None).with_background(true);
    let turn = timeout(Duration::from_secs(39), limiter.acquire(&background)).await;
    answered(turn.expect("within 39 s").expect("a turn"));
    let waited = asked.elapsed();
    assert!(waited > Duration::from_secs(25), "{waited:?}");
    callers.iter().for_each(tokio::task::JoinHandle::abort);
}

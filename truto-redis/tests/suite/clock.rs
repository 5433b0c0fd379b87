//! Jumps of Redis's clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use crate::common::{Redis, WINDOW, answered, builder, denied, sent, turn};

const HOUR_US: i64 = 3_600_000_000;

/// Far less than the hour by which the clock jumps, and more than a machine under load takes for a window.
const SOON: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_clock_jump_neither_shortens_nor_extends_a_window() {
    let redis = Redis::start();
    let skew: Arc<AtomicI64> = Arc::default();
    let limiter = builder(&redis).await.per_account(2).clock_skew_for_tests(Arc::clone(&skew));
    let limiter = limiter.build();
    for jump in [0, HOUR_US, 1, -HOUR_US, HOUR_US + 1, -2 * HOUR_US] {
        let account = &jump.to_string();
        let first = turn(&limiter, account).await;
        let start = Instant::now();
        answered(first);
        answered(turn(&limiter, account).await);
        skew.store(jump, Ordering::Relaxed);
        answered(turn(&limiter, account).await);
        let waited = start.elapsed();
        assert!(waited + Duration::from_millis(10) >= WINDOW, "{jump}: {waited:?}");
        assert!(waited < SOON, "{jump}: {waited:?}");
    }
}

#[tokio::test]
async fn a_process_that_starts_after_a_jump_backwards_resumes_the_shared_time() {
    let redis = Redis::start();
    let before = builder(&redis).await.per_account(1).build();
    sent(turn(&before, "a").await);
    let skew = Arc::new(AtomicI64::new(-HOUR_US));
    let limiter = builder(&redis).await.per_account(1).clock_skew_for_tests(skew).build();
    let start = Instant::now();
    denied(&limiter, "a", Duration::from_millis(1)).await;
    answered(turn(&limiter, "a").await);
    let waited = start.elapsed();
    assert!(waited < SOON, "{waited:?}");
}

#[tokio::test]
async fn processes_agree_on_the_time_after_a_jump() {
    let redis = Redis::start();
    let skew: Arc<AtomicI64> = Arc::default();
    let limiter = |skew: &Arc<AtomicI64>| {
        let skew = Arc::clone(skew);
        let redis = &redis;
        async move { builder(redis).await.per_account(1).clock_skew_for_tests(skew).build() }
    };
    let (old, idle) = (limiter(&skew).await, limiter(&skew).await);
    answered(turn(&idle, "b").await);
    answered(turn(&old, "a").await);
    skew.store(HOUR_US, Ordering::Relaxed);
    // A process that starts only now cannot know of the jump; the others take over its time.
    let new = limiter(&skew).await;
    sent(turn(&new, "c").await);
    for (limiter, account) in [(&old, "a"), (&idle, "b"), (&new, "c"), (&old, "c")] {
        let start = Instant::now();
        answered(turn(limiter, account).await);
        let waited = start.elapsed();
        assert!(waited < SOON, "{account}: {waited:?}");
    }
}

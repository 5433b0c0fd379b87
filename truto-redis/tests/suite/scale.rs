//! Many accounts, and many calls that wait.
//!
//! `TRUTO_SCALE_ACCOUNTS=1000000 cargo test --release -p truto-redis --test suite scale -- --nocapture` measures
//! a million.

use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use tokio::task::JoinSet;
use truto_core::Limiter;
use truto_redis::RedisLimiter;

use crate::common::{Redis, call, sent, turn};

/// The number of concurrent calls.
const AT_ONCE: usize = 64;

struct Figures {
    memory: u64,
    /// CPU time of Redis.
    busy: Duration,
    at: Instant,
}

async fn figures(connection: &mut MultiplexedConnection) -> Figures {
    let info: String = redis::cmd("INFO").query_async(connection).await.expect("a text");
    let field = |name: &str| {
        let line = info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.expect("a field").to_owned()
    };
    let seconds = |name| field(name).parse::<f64>().expect("seconds");
    let busy = seconds("used_cpu_user") + seconds("used_cpu_sys");
    Figures {
        memory: field("used_memory").parse().expect("bytes"),
        busy: Duration::from_secs_f64(busy),
        at: Instant::now(),
    }
}

/// Prints the difference per item; returns its bytes and its CPU time in Redis.
fn each(what: &str, number: usize, before: &Figures, after: &Figures) -> (u64, Duration) {
    let count = u32::try_from(number).expect("a count");
    let bytes = after.memory.saturating_sub(before.memory) / u64::from(count);
    let busy = after.busy.saturating_sub(before.busy) / count;
    let took = (after.at - before.at) / count;
    eprintln!("{number} {what}: each {bytes} bytes, {busy:?} of Redis, {took:?} in all");
    (bytes, busy)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_cost_of_a_call_does_not_depend_on_the_accounts() {
    let accounts: usize =
        std::env::var("TRUTO_SCALE_ACCOUNTS").map_or(4_000, |text| text.parse().expect("a number"));
    let redis = Redis::start();
    let mut connection = redis.connection().await;
    // Nothing expires, and nothing is refused.
    let builder = RedisLimiter::builder(redis.connection().await).window(Duration::from_secs(3600));
    let limiter = builder.per_token(u32::MAX).patience(Duration::from_secs(30)).build();
    sent(turn(&limiter, "the scripts are loaded").await);
    let mut points = vec![figures(&mut connection).await];
    for part in 0..2 {
        let mut tasks = JoinSet::new();
        for worker in 0..AT_ONCE {
            let limiter = limiter.clone();
            tasks.spawn(async move {
                for number in (worker..accounts / 2).step_by(AT_ONCE) {
                    sent(turn(&limiter, &format!("{part}-{number}")).await);
                }
            });
        }
        while let Some(task) = tasks.join_next().await {
            task.expect("no panic");
        }
        points.push(figures(&mut connection).await);
    }
    let (_, first) = each("accounts", accounts / 2, &points[0], &points[1]);
    let (bytes, second) = each("accounts more", accounts / 2, &points[1], &points[2]);
    assert!(bytes < 500, "{bytes}");
    assert!(second < 3 * first + Duration::from_micros(50), "{first:?}, {second:?}");

    // Calls of as many accounts wait for the token, all within the longest wait of five minutes.
    let waiting = (accounts / 10).min(20_000);
    let taken = waiting / 4;
    let limiter = RedisLimiter::builder(redis.connection().await).prefix("waiting");
    let limiter = limiter.window(Duration::from_secs(70)).patience(Duration::from_secs(600));
    let limiter = limiter.per_token(u32::try_from(taken).expect("a limit")).build();
    for number in 0..taken {
        sent(turn(&limiter, &format!("first {number}")).await);
    }
    let before = figures(&mut connection).await;
    let mut tasks = JoinSet::new();
    for number in 0..waiting {
        let limiter = limiter.clone();
        let account = number.to_string();
        tasks.spawn(async move {
            let _ = limiter.acquire(&call(&account, None)).await;
        });
    }
    // Checks rarely, since each check takes CPU time of Redis as well.
    while redis.count("waiting:{default}:token:queue").await < waiting {
        assert!(before.at.elapsed() < Duration::from_secs(60), "too slow to line up");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let (bytes, busy) = each("calls that wait", waiting, &before, &figures(&mut connection).await);
    assert!(bytes < 1_200, "{bytes}");
    assert!(busy < 3 * first + Duration::from_micros(200), "{busy:?}");
}

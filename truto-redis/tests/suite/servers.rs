//! Redis in other modes, and one that answers with errors.

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use tokio::time::{Instant, sleep};
use truto_core::Limiter;
use truto_redis::RedisLimiter;

use crate::common::{Redis, answered, builder, call, denied, sent, turn};

const MINUTE: Duration = Duration::from_secs(60);
const SECOND: Duration = Duration::from_secs(1);

fn slots(account: &str) -> String {
    format!("truto:{{default}}:account:{}:slots", call(account, None).account_hash())
}

async fn resp3(redis: &Redis) -> MultiplexedConnection {
    let url = format!("redis://127.0.0.1:{}/?protocol=resp3", redis.port);
    let client = redis::Client::open(url).expect("an address");
    client.get_multiplexed_async_connection().await.expect("a connection")
}

/// Errors open the breaker as timeouts do; the limiter uses Redis again once they have ended.
async fn uses_its_share(
    redis: &Redis,
    limiter: impl Limiter,
    fails: &[&str],
    is_repaired: &[&str],
) {
    sent(turn(&limiter, "a").await);
    redis.command(fails).await;
    // Half of four, of which one is taken.
    sent(turn(&limiter, "a").await);
    denied(&limiter, "a", SECOND).await;
    redis.command(is_repaired).await;
    returns_to(redis, &limiter, 2).await;
}

/// Makes calls of other accounts until Redis has learned the turns of `a`.
async fn returns_to(redis: &Redis, limiter: &impl Limiter, turns: usize) {
    let start = Instant::now();
    for number in 0.. {
        sent(turn(limiter, &format!("b{number}")).await);
        if redis.count(&slots("a")).await == turns {
            break;
        }
        assert!(start.elapsed() < MINUTE, "{turns} turns are not known");
        sleep(SECOND / 10).await;
    }
}

#[tokio::test]
async fn a_redis_without_the_permission_for_scripts_is_unavailable() {
    let redis = Redis::start();
    for connection in [redis.connection().await, resp3(&redis).await] {
        redis.command(&["FLUSHALL"]).await;
        let limiter = RedisLimiter::builder(connection).window(MINUTE).per_account(4).processes(2);
        let limiter = limiter.patience(30 * SECOND).build();
        let fails = ["ACL", "SETUSER", "default", "-@scripting"];
        let is_repaired = ["ACL", "SETUSER", "default", "+@scripting"];
        uses_its_share(&redis, limiter, &fails, &is_repaired).await;
    }
}

#[tokio::test]
async fn a_replica_is_unavailable_until_it_is_promoted() {
    let redis = Redis::start();
    let limiter = builder(&redis).await.window(MINUTE).per_account(4).processes(2).build();
    let fails = ["REPLICAOF", "127.0.0.1", "1"];
    uses_its_share(&redis, limiter, &fails, &["REPLICAOF", "NO", "ONE"]).await;
}

#[tokio::test]
async fn a_full_redis_is_unavailable() {
    let redis = Redis::start();
    let limiter = builder(&redis).await.window(MINUTE).per_account(4).processes(2).build();
    let fails = ["CONFIG", "SET", "maxmemory", "1"];
    uses_its_share(&redis, limiter, &fails, &["CONFIG", "SET", "maxmemory", "0"]).await;
}

#[tokio::test]
async fn missing_scripts_are_loaded_again() {
    let redis = Redis::start();
    let limiter = builder(&redis).await.window(MINUTE).per_account(3).build();
    for turns in 1..=3 {
        redis.command(&["SCRIPT", "FLUSH"]).await;
        sent(turn(&limiter, "a").await);
        assert_eq!(redis.count(&slots("a")).await, turns);
    }
    redis.command(&["SCRIPT", "FLUSH"]).await;
    denied(&limiter, "a", SECOND).await;
}

#[tokio::test]
async fn a_connection_that_dies_during_a_script_costs_no_more_than_the_share() {
    let redis = Redis::start();
    let limiter = RedisLimiter::builder(redis.manager().await).window(MINUTE).per_account(4);
    let limiter = limiter.processes(2).patience(30 * SECOND).build();
    sent(turn(&limiter, "a").await);
    // The script is sent, and its answer never arrives.
    redis.command(&["CLIENT", "PAUSE", "600", "WRITE"]).await;
    let asking = tokio::spawn(async move {
        sent(turn(&limiter, "a").await);
        limiter
    });
    sleep(Duration::from_millis(200)).await;
    redis.command(&["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]).await;
    let limiter = asking.await.expect("a turn");
    denied(&limiter, "a", SECOND).await;
}

#[tokio::test]
async fn a_process_starts_while_redis_is_unavailable() {
    let mut redis = Redis::start();
    let url = format!("redis://127.0.0.1:{}/", redis.port);
    redis.stop();
    let lazy = redis::Client::open(url).expect("an address");
    let lazy = lazy.get_connection_manager_lazy(<_>::default()).expect("a connection");
    let limiter = RedisLimiter::builder(lazy).window(MINUTE).per_account(4).processes(2);
    let limiter = limiter.patience(SECOND).build();
    sent(turn(&limiter, "a").await);
    sent(turn(&limiter, "a").await);
    denied(&limiter, "a", SECOND).await;
    redis.restart();
    returns_to(&redis, &limiter, 2).await;
}

#[tokio::test]
async fn resp3_is_understood() {
    let redis = Redis::start();
    let limiter = RedisLimiter::builder(resp3(&redis).await).window(MINUTE).per_account(2);
    let limiter = limiter.patience(30 * SECOND).build();
    answered(turn(&limiter, "a").await);
    sent(turn(&limiter, "a").await);
    let wait = denied(&limiter, "a", SECOND).await;
    assert!(wait > SECOND && wait <= MINUTE, "{wait:?}");
    assert_eq!(redis.count(&slots("a")).await, 2);
}

#[tokio::test]
async fn a_node_of_a_cluster_accepts_all_keys_of_a_call() {
    let folder = std::env::temp_dir().join(format!("truto-redis-cluster-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let bus = std::net::TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
    let bus = bus.expect("a port").port().to_string();
    let folder_text = folder.to_str().expect("a path");
    let options = ["--cluster-enabled", "yes", "--cluster-port", &bus, "--dir", folder_text];
    let redis = Redis::start_with(&options);
    redis.command(&["CLUSTER", "ADDSLOTSRANGE", "0", "16383"]).await;
    let limiter = builder(&redis).await.window(MINUTE).per_account(1).prefix("{a}b{").build();
    let start = Instant::now();
    let key = format!("ab:{{default}}:account:{}:slots", call("a", None).account_hash());
    // The node takes a moment to find the cluster complete.
    while redis.try_count(&key).await.is_err() {
        assert!(start.elapsed() < MINUTE);
        sleep(SECOND / 10).await;
    }
    sent(turn(&limiter, "a").await);
    assert_eq!(redis.count(&key).await, 1);
    let waiting = call("a", None);
    let waiting = tokio::time::timeout(SECOND / 5, limiter.acquire(&waiting));
    assert!(waiting.await.is_err());
    drop(redis);
    let _ = std::fs::remove_dir_all(folder);
}

#[tokio::test]
async fn a_lost_report_of_a_late_request_is_repeated() {
    let redis = Redis::start();
    let limiter = builder(&redis).await.window(MINUTE).per_account(1).build();
    let late = turn(&limiter, "a").await;
    let before = redis.held_until(&slots("a")).await;
    // During the handshake, Redis fails.
    sleep(SECOND / 2).await;
    redis.command(&["ACL", "SETUSER", "default", "-@scripting"]).await;
    sent(late);
    sleep(SECOND / 5).await;
    redis.command(&["ACL", "SETUSER", "default", "+@scripting"]).await;
    let start = Instant::now();
    loop {
        let account = format!("{:?}", start.elapsed());
        sent(turn(&limiter, &account).await);
        let longer = redis.held_until(&slots("a")).await - before;
        // It was sent half a second after its turn was due.
        if longer >= 400_000.0 {
            break;
        }
        assert!(start.elapsed() < MINUTE / 2, "{longer}");
        sleep(SECOND / 10).await;
    }
}

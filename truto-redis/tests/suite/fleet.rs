//! A fleet of processes under Truto's own limits, which the sandbox enforces.
//!
//! `TRUTO_FLEET_SECONDS=60 cargo test -p truto-redis --test suite fleet -- --nocapture` runs it for a minute; by
//! default it runs for twelve seconds.

use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use truto_core::{Client, RetryPolicy, unified_endpoint};
use truto_redis::RedisLimiter;
use truto_sandbox::Sandbox;

use crate::common::Redis;

#[unified_endpoint(method = "GET", path = "/unified/crm/contacts/<id>")]
#[derive(Debug, serde::Deserialize)]
struct Contact {}

const PROCESSES_U32: u32 = 8;
const PROCESSES: usize = PROCESSES_U32 as usize;
const TASKS: usize = 50;
/// Enough that the token's limit binds, and each account's nearly does.
const ACCOUNTS: usize = 12;
/// Calls of a token in any window of Truto's.
const PER_WINDOW: u64 = 500;
const WINDOW: u64 = 10;

/// Settings of one process of the fleet: Redis, the sandbox, its token, the accounts, the seconds.
const SETTINGS: &str = "TRUTO_TEST_FLEET";

async fn work(settings: &str) {
    let settings: Vec<&str> = settings.split('|').collect();
    let [redis, server, token, accounts, seconds] = settings[..] else { panic!("five settings") };
    let ends = Instant::now() + Duration::from_secs(seconds.parse().expect("seconds"));
    let redis = redis::Client::open(redis).expect("an address");
    // Left to the limiter, whose patience a loaded machine does not exceed.
    let config = redis::aio::ConnectionManagerConfig::new().set_response_timeout(None);
    let connection = redis.get_connection_manager_with_config(config).await.expect("a connection");
    let limiter = RedisLimiter::builder(connection)
        .patience(Duration::from_millis(400))
        .processes(PROCESSES_U32)
        .build();
    let client = Client::builder().token(token).base_url(server).retry(RetryPolicy::none());
    let client = client.limiter(limiter).build().expect("a client");
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..TASKS {
        let account = accounts.split(',').nth(task % ACCOUNTS).expect("an account");
        let account = client.account(account).expect("an id");
        tasks.spawn(async move {
            while let Some(left) = ends.checked_duration_since(Instant::now()) {
                // A denied call, at the end of the run, leaves nothing behind.
                if Contact::get("1").deadline(left).send(&account).await.is_err() {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        });
    }
    while let Some(task) = tasks.join_next().await {
        task.expect("no panic");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fleet_uses_the_whole_limit_and_is_never_refused() {
    if let Ok(settings) = std::env::var(SETTINGS) {
        return work(&settings).await;
    }
    let seconds: u64 =
        std::env::var("TRUTO_FLEET_SECONDS").map_or(12, |text| text.parse().expect("seconds"));
    let redis = Redis::start();
    let sandbox = Sandbox::start().await.expect("a sandbox");
    sandbox.enforce_rate_limits();
    let names = (0..ACCOUNTS).map(|number| format!("account-{number}"));
    let ids: Vec<String> = names
        .map(|name| {
            let account = sandbox.account_named(&name);
            sandbox.insert_for(&account, "crm", "contacts", serde_json::json!({"id": "1"}));
            account.id().expect("an id").to_owned()
        })
        .collect();
    let answers: Arc<Mutex<Vec<(Instant, u16)>>> = Arc::default();
    let seen = Arc::clone(&answers);
    sandbox.on_exchange(move |_, status| {
        seen.lock().expect("a list").push((Instant::now(), status.as_u16()));
    });
    let settings = [
        &format!("redis://127.0.0.1:{}/", redis.port),
        sandbox.base_url(),
        sandbox.token(),
        &ids.join(","),
        &seconds.to_string(),
    ]
    .join("|");
    let fleet: Vec<_> = (0..PROCESSES)
        .map(|_| {
            tokio::process::Command::new(std::env::current_exe().expect("this test"))
                .args([
                    "--nocapture",
                    "--exact",
                    "fleet::a_fleet_uses_the_whole_limit_and_is_never_refused",
                ])
                .env(SETTINGS, &settings)
                .stdout(Stdio::null())
                .spawn()
                .expect("a process")
        })
        .collect();
    for mut process in fleet {
        assert!(process.wait().await.expect("a status").success());
    }
    let answers = std::mem::take(&mut *answers.lock().expect("a list"));
    let refused = answers.iter().filter(|(_, status)| *status == 429).count();
    let first = answers.iter().map(|(at, _)| *at).min().expect("a call");
    let end = first + Duration::from_secs(seconds);
    let used = answers.iter().filter(|(at, status)| *status == 200 && *at < end).count();
    let possible = PER_WINDOW * seconds.div_ceil(WINDOW);
    eprintln!("{used} of {possible} calls in {seconds} s, {refused} refused");
    // On a loaded machine Redis may answer too late, so that a process uses its own share for a second.
    let is_measured = std::env::var("TRUTO_FLEET_SECONDS").is_ok();
    let (most_refused, least_used) = if is_measured { (0, 97) } else { (possible / 20, 80) };
    assert!(refused as u64 <= most_refused, "{refused} refused");
    assert!(used as u64 * 100 >= least_used * possible, "{used} of {possible}");
}

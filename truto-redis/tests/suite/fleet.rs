//! A fleet of processes under Truto's own limits, which the sandbox enforces.
//!
//! By default, the tests run for 16 s and 28 s, with tolerances for a loaded machine.
//! `TRUTO_FLEET_SECONDS=60 cargo test -p truto-redis --test suite fleet -- --nocapture --include-ignored` runs
//! each for a minute, and then a fleet whose Redis is available must not get a single refusal.

use std::process::Stdio;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::time::sleep;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::prelude::*;
use truto_core::{Client, RetryPolicy, unified_endpoint};
use truto_redis::RedisLimiter;
use truto_sandbox::Sandbox;

use crate::common::{Redis, signal_to};

#[unified_endpoint(method = "GET", path = "/unified/crm/contacts/<id>")]
#[derive(Debug, serde::Deserialize)]
struct Contact {}

const PROCESSES: u32 = 8;
const TASKS: usize = 50;
/// Enough that the token's limit binds, and each account's nearly does.
const ACCOUNTS: usize = 12;
/// Calls of a token in any window of Truto's.
const PER_WINDOW: u64 = 500;
const WINDOW: u64 = 10;
const HOUR_US: i64 = 3_600_000_000;

/// Settings of one process of the fleet: Redis, the sandbox, its token, the accounts, the seconds, the event.
const SETTINGS: &str = "TRUTO_TEST_FLEET";

/// One at a time, since each of them needs the whole machine.
static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// An event in the middle of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    None,
    HalfIsKilled,
    RedisRestarts,
    RedisStops,
    ClockJumps,
}

/// Makes calls, if this process is one of the fleet.
async fn is_worker() -> bool {
    let Ok(settings) = std::env::var(SETTINGS) else { return false };
    let settings: Vec<&str> = settings.split('|').collect();
    let [redis, server, token, accounts, seconds, event] = settings[..] else {
        panic!("six settings")
    };
    // Not captured by the test's own process, so that a breaker that opens can be seen.
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    let own = filter_fn(|metadata| metadata.target().starts_with("truto_redis"));
    tracing_subscriber::registry().with(lines.with_filter(own)).init();
    let seconds = Duration::from_secs(seconds.parse().expect("seconds"));
    let ends = Instant::now() + seconds;
    let redis = redis::Client::open(redis).expect("an address");
    // The limiter has its own timeout, which is not exceeded on a loaded machine.
    let config = redis::aio::ConnectionManagerConfig::new().set_response_timeout(None);
    let connection = redis.get_connection_manager_with_config(config).await.expect("a connection");
    let skew: Arc<AtomicI64> = Arc::default();
    if event == format!("{:?}", Event::ClockJumps) {
        let skew = Arc::clone(&skew);
        tokio::spawn(async move {
            sleep(seconds / 2).await;
            skew.store(HOUR_US, Ordering::Relaxed);
            sleep(seconds / 4).await;
            skew.store(-HOUR_US, Ordering::Relaxed);
        });
    }
    let limiter = RedisLimiter::builder(connection)
        // The load of the machine must not open the breaker: shares come on top of what others use.
        .patience(patience())
        .processes(PROCESSES)
        .clock_skew_for_tests(skew)
        .build();
    let client = Client::builder().token(token).base_url(server).retry(RetryPolicy::none());
    let client = client.wait_out_429(false).limiter(limiter).build().expect("a client");
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..TASKS {
        let account = accounts.split(',').nth(task % ACCOUNTS).expect("an account");
        let account = client.account(account).expect("an id");
        tasks.spawn(async move {
            while let Some(left) = ends.checked_duration_since(Instant::now()) {
                // A call that is denied at the end of the run leaves no state in Redis.
                if Contact::get("1").deadline(left).send(&account).await.is_err() {
                    sleep(Duration::from_millis(50)).await;
                }
            }
        });
    }
    while let Some(task) = tasks.join_next().await {
        task.expect("no panic");
    }
    true
}

/// `TRUTO_FLEET_PATIENCE_MS=100` measures the default on a machine that is fast enough.
fn patience() -> Duration {
    let milliseconds = std::env::var("TRUTO_FLEET_PATIENCE_MS");
    Duration::from_millis(milliseconds.map_or(2_000, |text| text.parse().expect("milliseconds")))
}

/// Calls of a run, in percent of the limit, and refusals.
struct Outcome {
    used: u64,
    refused: u64,
}

/// Runs a fleet, each of whose processes is the test of this name.
async fn run(test: &str, event: Event, seconds: u64) -> Outcome {
    let _turn = TURN.lock().await;
    let mut redis = Redis::start();
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
        &format!("{event:?}"),
    ]
    .join("|");
    let mut fleet: Vec<_> = (0..PROCESSES)
        .map(|_| {
            tokio::process::Command::new(std::env::current_exe().expect("this test"))
                .args(["--exact", "--include-ignored", &format!("fleet::{test}")])
                .env(SETTINGS, &settings)
                .stdout(Stdio::null())
                .spawn()
                .expect("a process")
        })
        .collect();
    sleep(Duration::from_secs(seconds) / 2).await;
    match event {
        Event::None | Event::ClockJumps => {}
        Event::HalfIsKilled => {
            for mut process in fleet.split_off(fleet.len() / 2) {
                signal_to(process.id().expect("a process"), "-KILL");
                process.wait().await.expect("a status");
            }
        }
        Event::RedisRestarts => redis.restart(),
        Event::RedisStops => {
            redis.signal("-STOP");
            sleep(Duration::from_secs(5)).await;
            redis.signal("-CONT");
        }
    }
    for mut process in fleet {
        assert!(process.wait().await.expect("a status").success());
    }
    let answers = std::mem::take(&mut *answers.lock().expect("a list"));
    let first = answers.iter().map(|(at, _)| *at).min().expect("a call");
    let refusals = answers.iter().filter(|(_, status)| *status == 429);
    let refusals: Vec<_> = refusals.map(|(at, _)| (*at - first).as_millis()).collect();
    let refused = refusals.len() as u64;
    let end = first + Duration::from_secs(seconds);
    let used = answers.iter().filter(|(at, status)| *status == 200 && *at < end).count() as u64;
    let possible = PER_WINDOW * seconds.div_ceil(WINDOW);
    eprintln!("{event:?}: {used} of {possible} calls in {seconds} s, {refused} refused");
    eprintln!("milliseconds of the refusals: {refusals:?}");
    Outcome { used: used * 100 / possible, refused }
}

/// The length of a run, and whether it is measured: `TRUTO_FLEET_SECONDS` is set.
fn length(otherwise: u64) -> (u64, bool) {
    match std::env::var("TRUTO_FLEET_SECONDS") {
        Ok(seconds) => (seconds.parse().expect("seconds"), true),
        Err(_) => (otherwise, false),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fleet_uses_the_whole_limit_and_is_never_refused() {
    if is_worker().await {
        return;
    }
    let (seconds, is_measured) = length(16);
    let test = "a_fleet_uses_the_whole_limit_and_is_never_refused";
    let outcome = run(test, Event::None, seconds).await;
    // On a loaded machine Redis may answer too late, so that a process uses its own share for a while.
    let (refused, used) = if is_measured { (0, 97) } else { (PER_WINDOW / 5, 80) };
    assert!(outcome.refused <= refused && outcome.used >= used);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fleet_uses_the_whole_limit_after_half_of_it_was_killed() {
    if is_worker().await {
        return;
    }
    let (seconds, is_measured) = length(28);
    let test = "a_fleet_uses_the_whole_limit_after_half_of_it_was_killed";
    let outcome = run(test, Event::HalfIsKilled, seconds).await;
    let (refused, used) = if is_measured { (0, 95) } else { (PER_WINDOW / 5, 80) };
    assert!(outcome.refused <= refused && outcome.used >= used);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes a minute; its parts are tested in `clock`"]
async fn a_fleet_is_never_refused_when_the_clock_jumps() {
    if is_worker().await {
        return;
    }
    let test = "a_fleet_is_never_refused_when_the_clock_jumps";
    let outcome = run(test, Event::ClockJumps, length(60).0).await;
    assert!(outcome.refused == 0 && outcome.used >= 95);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes two minutes; its parts are tested in `outages`"]
async fn a_fleet_keeps_sending_while_redis_is_unavailable() {
    if is_worker().await {
        return;
    }
    // In the window in which Redis failed, processes that had used less than their share use the rest of it.
    let most_refused = PER_WINDOW / 2;
    for event in [Event::RedisStops, Event::RedisRestarts] {
        let test = "a_fleet_keeps_sending_while_redis_is_unavailable";
        let outcome = run(test, event, length(60).0).await;
        assert!(outcome.refused <= most_refused && outcome.used >= 80);
    }
}

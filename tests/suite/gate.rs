//! The gate that a 429 closes, seen from the server.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::json;
use truto_core::Account;
use truto_sandbox::{Recorded, Reply, Sandbox};
use truto_tests::Record;

/// One call as the server saw it.
#[derive(Debug, Clone)]
struct Seen {
    path: String,
    at: Instant,
    refused: bool,
}

type Log = Arc<Mutex<Vec<Seen>>>;

const WAIT: Duration = Duration::from_secs(1);

/// A sandbox that refuses a call for [`WAIT`] when `policy` returns true for it and for the calls before
/// it.
async fn refusing(
    policy: impl Fn(&Recorded, &[Seen]) -> bool + Send + Sync + 'static,
) -> (Sandbox, Log) {
    refusing_for(WAIT, policy).await
}

async fn refusing_for(
    wait: Duration,
    policy: impl Fn(&Recorded, &[Seen]) -> bool + Send + Sync + 'static,
) -> (Sandbox, Log) {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let log = Log::default();
    let seen = Arc::clone(&log);
    sandbox.when_any().reply_with(move |received| {
        let mut seen = seen.lock().expect("a lock");
        let refused = policy(received, &seen);
        seen.push(Seen { path: received.path.clone(), at: Instant::now(), refused });
        if refused {
            Reply::error(429, "slow down").header("retry-after", &wait.as_secs().to_string())
        } else {
            Reply::json(200, json!({"id": "1"}))
        }
    });
    (sandbox, log)
}

async fn call_all(account: &Account, calls: u32) {
    let calls = (0..calls).map(|id| Record::get(id).send(account));
    for result in futures_util::future::join_all(calls).await {
        result.expect("200");
    }
}

#[tokio::test]
async fn nothing_is_sent_before_the_end_of_the_wait_of_a_429() {
    // Half of the calls are refused when they arrive for the first time.
    let (sandbox, log) = refusing(|received, seen| {
        let id = received.path.rsplit('/').next().expect("an id");
        let odd = id.parse::<u32>().expect("a number") % 2 == 1;
        odd && seen.iter().all(|seen| seen.path != received.path)
    })
    .await;
    let (closed, is_closed) = tokio::sync::watch::channel(false);
    let client = sandbox.client_builder().on_attempt(move |attempt| {
        if attempt.retry_in.is_some() {
            closed.send_replace(true);
        }
    });
    let account = client.build().expect("a client").account(sandbox.account_id()).expect("an id");
    // Begun while the gate is closed.
    let late = async {
        is_closed.clone().wait_for(|&closed| closed).await.expect("a 429");
        Record::get(100).send(&account).await.expect("200");
    };
    tokio::join!(call_all(&account, 60), late);
    let log = log.lock().expect("a lock");
    let refused: Vec<&Seen> = log.iter().filter(|seen| seen.refused).collect();
    assert_eq!((log.len(), refused.len()), (91, 30));
    let late = log.iter().find(|seen| seen.path.ends_with("/100")).expect("the late call");
    assert!(late.at.duration_since(refused[0].at) >= WAIT, "{late:?}");
    // A refused call is sent again when its own wait is over.
    let first: HashMap<&str, Instant> = refused.iter().map(|seen| (&*seen.path, seen.at)).collect();
    for seen in log.iter().filter(|seen| !seen.refused) {
        if let Some(refused) = first.get(&*seen.path) {
            let waited = seen.at.duration_since(*refused);
            assert!(waited + Duration::from_millis(20) >= WAIT, "{waited:?}");
        }
    }
}

#[tokio::test]
async fn a_storm_into_a_limit_loses_no_call_and_is_refused_once() {
    const CALLS: u32 = 160;
    const LIMIT: usize = 40;
    let (sandbox, log) = refusing(|_, seen| {
        let window = Instant::now().checked_sub(WAIT).expect("a clock");
        let passed = seen.iter().filter(|seen| !seen.refused && seen.at > window);
        passed.count() >= LIMIT
    })
    .await;
    let started = Instant::now();
    call_all(&sandbox.account(), CALLS).await;
    let took = started.elapsed();
    let log = log.lock().expect("a lock");
    let refused = log.iter().filter(|seen| seen.refused).count();
    assert_eq!(log.len() - refused, CALLS as usize);
    // The first calls are sent before the limit is known, and 120 of them are refused. The later calls have the
    // spacing that the gate learned.
    assert!(refused <= 160, "{refused} refused");
    assert!(took >= 3 * WAIT && took < Duration::from_secs(12), "{took:?}");
}

#[tokio::test]
async fn a_retry_after_date_delays_calls_no_longer_than_max_gate() {
    for (unit, name) in [(1_u128, "s"), (1_000, "ms")] {
        let (sandbox, log) = refusing(|_, seen| seen.is_empty()).await;
        let epoch = std::time::SystemTime::UNIX_EPOCH.elapsed().expect("a clock").as_secs();
        let at = ((u128::from(epoch) + 86_400) * unit).to_string();
        sandbox.when_any().reply_with({
            let log = Arc::clone(&log);
            move |received| {
                let mut seen = log.lock().expect("a lock");
                let refused = seen.is_empty();
                seen.push(Seen { path: received.path.clone(), at: Instant::now(), refused });
                if refused {
                    Reply::error(429, "slow down").header("retry-after", &at)
                } else {
                    Reply::json(200, json!({ "id": "1" }))
                }
            }
        });
        let client = sandbox.client_builder().max_gate(WAIT).build().expect("a client");
        let account = client.account(sandbox.account_id()).expect("an id");
        let started = Instant::now();
        let error = Record::get(0).send(&account).await.expect_err("refused for a day");
        let asked = error.retry_after().expect("a wait").as_secs();
        assert!((86_390..=86_400).contains(&asked), "{asked} in {name}");
        Record::get(1).send(&account).await.expect("200");
        let took = started.elapsed();
        assert!(took >= WAIT && took < 20 * WAIT, "{took:?}");
    }
}

#[tokio::test]
async fn a_refused_call_is_retried_after_max_gate_if_its_full_wait_fits_within_its_deadline() {
    // Shorter than the default deadline.
    let (sandbox, log) = refusing_for(60 * WAIT, |_, seen| seen.is_empty()).await;
    let client = sandbox.client_builder().max_gate(WAIT).build().expect("a client");
    let account = client.account(sandbox.account_id()).expect("an id");
    let response = Record::get(0).response(&account).await.expect("200");
    assert_eq!(response.attempts, 2);
    let log = log.lock().expect("a lock");
    let waited = log[1].at - log[0].at;
    assert!(waited >= WAIT && waited < 20 * WAIT, "{waited:?}");
}

#[tokio::test]
async fn without_the_gate_calls_do_not_wait_for_each_other() {
    let wait = 60 * WAIT;
    let (sandbox, log) = refusing_for(wait, |received, _| received.path.ends_with("/0")).await;
    let client = sandbox.client_builder().wait_out_429(false).build();
    let account = client.expect("a client").account(sandbox.account_id());
    let account = account.expect("an id");
    let first = tokio::spawn(Record::get(0).send(&account));
    while log.lock().expect("a lock").is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    let started = Instant::now();
    Record::get(1).send(&account).await.expect("200");
    assert!(started.elapsed() < wait / 2);
    assert!(!first.is_finished());
    first.abort();
}

//! 64 tasks, 50,000 calls, one fault in ten calls: each call ends as documented for its fault, and no memory is
//! leaked.
#![allow(missing_docs, reason = "a test crate")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use truto_core::{Account, Client, Error, RetryPolicy};
use truto_tests::{Record, token_account};

const TASKS: usize = 64;
const CALLS: usize = 50_000;

/// One fault in ten calls, by the id; all others succeed.
fn fault(id: usize) -> usize {
    if id % 10 == 7 { id / 10 % 5 + 1 } else { 0 }
}

/// Each request gets the fault of its id, whenever and however often it arrives.
async fn serve(mut stream: TcpStream, seen: Arc<AtomicUsize>) -> std::io::Result<()> {
    let mut buffer = Vec::new();
    loop {
        while !buffer.ends_with(b"\r\n\r\n") {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        }
        seen.fetch_add(1, Ordering::Relaxed);
        let text = String::from_utf8_lossy(&buffer);
        let id = text.split(['/', ' ', '?']).nth(5).unwrap_or_default();
        let id: usize = id.parse().expect("a number");
        let response = |status: &str, body: &str| {
            let length = body.len();
            format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n{body}")
        };
        let record = format!(r#"{{"id":"{id}","remote_data":"{}"}}"#, "x".repeat(1_000));
        let (bytes, close) = match fault(id) {
            0 => (response("200 OK", &record), false),
            1 => (response("404 Not Found", "{}"), false),
            2 => (response("500 x", r#"{"message":"no"}"#), false),
            3 => (response("200 OK", "<html>"), false),
            4 => (String::new(), true),
            _ => (response("200 OK", &record)[..200].to_owned(), true),
        };
        buffer.clear();
        stream.write_all(bytes.as_bytes()).await?;
        if close {
            return stream.shutdown().await;
        }
    }
}

fn check(id: usize, result: Result<String, Error>) {
    let fault = fault(id);
    match (fault, result) {
        (0, Ok(got)) => assert_eq!(got, id.to_string()),
        (1, Err(error)) => assert_eq!(error.status().map(|status| status.as_u16()), Some(404)),
        (2, Err(error)) => assert_eq!(error.status().map(|status| status.as_u16()), Some(500)),
        (3, Err(error)) => assert!(error.is_decode(), "{error:?}"),
        (4 | 5, Err(error)) => {
            assert!(
                error.to_string().contains("cut short") || error.to_string().contains("lost"),
                "{error:?}"
            );
        }
        (_, result) => panic!("call {id} under fault {fault} ended with {result:?}"),
    }
}

async fn run(account: &Account, calls: usize) -> usize {
    let next = Arc::new(AtomicUsize::new(0));
    let tasks = (0..TASKS).map(|_| {
        let (account, next) = (account.clone(), Arc::clone(&next));
        tokio::spawn(async move {
            let mut ended = 0;
            loop {
                let id = next.fetch_add(1, Ordering::Relaxed);
                if id >= calls {
                    return ended;
                }
                let result = if id % 2 == 0 {
                    Record::get(id).send(&account).await.map(|record| record.id)
                } else {
                    let deleted = Record::delete(id).send(&account).await;
                    deleted.map(|deleted| deleted.id().unwrap_or_default().to_owned())
                };
                check(id, result);
                ended += 1;
            }
        })
    });
    let ended = futures_util::future::join_all(tasks).await;
    ended.into_iter().map(|ended| ended.expect("no panic")).sum()
}

/// Resident memory of this process in KiB, where the system reports it.
fn resident() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_call_of_a_load_with_faults_ends_as_documented() {
    let (base_url, seen) = truto_tests::serve(serve).await;
    let policy = RetryPolicy::default()
        .max_retries(1)
        .backoff(Duration::from_millis(1), Duration::from_millis(1))
        .budget(false);
    let client = Client::builder().token("test-token").base_url(base_url).retry(policy);
    let account = token_account(client);

    assert_eq!(run(&account, CALLS / 5).await, CALLS / 5);
    let alive = tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let before = resident();
    seen.store(0, Ordering::Relaxed);
    assert_eq!(run(&account, CALLS).await, CALLS);

    // Faults 2, 4 and 5 are retried once; a read that raced a closing connection is sent again, too.
    let retried = (0..CALLS).filter(|&id| matches!(fault(id), 2 | 4 | 5)).count();
    let seen = seen.load(Ordering::Relaxed);
    assert!((CALLS + retried..CALLS + 2 * retried).contains(&seen), "{seen} requests");
    let still = tokio::runtime::Handle::current().metrics().num_alive_tasks();
    assert!(still <= alive + 2 * TASKS, "{alive} tasks before, {still} after");
    if let (Some(before), Some(after)) = (before, resident()) {
        assert!(after < before + 32 * 1024, "{before} KiB before, {after} KiB after");
    }
}

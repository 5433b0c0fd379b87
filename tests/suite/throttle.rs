//! Client-side rate limits, seen from the server.

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use truto_core::{Client, Throttle};
use truto_tests::{Record, Wire, http, json, serve};

const MINUTE: Duration = Duration::from_secs(60);
const OTHER: &str = "00000000-0000-0000-0000-000000000001";

/// A server that responds with a record, and a client with these limits.
async fn throttled(limits: Throttle) -> (Wire, Client) {
    let wire = Wire::start([json(r#"{"id":"1"}"#)]).await;
    let client = wire.builder().throttle(limits).build().expect("a client");
    (wire, client)
}

#[tokio::test]
async fn clones_of_a_client_share_one_limit() {
    let window = Duration::from_millis(200);
    let (wire, client) = throttled(Throttle::none().per_account(5, window)).await;
    let started = Instant::now();
    let calls = (0..20).map(|_| {
        let account = client.clone().account(OTHER).expect("a UUID");
        async move { Record::get("1").send(&account).await.expect("200") }
    });
    futures_util::future::join_all(calls).await;
    assert!(started.elapsed() >= 3 * window);
    assert_eq!(wire.requests().len(), 20);
}

#[tokio::test]
async fn a_turn_beyond_the_deadline_is_a_timeout_and_nothing_is_sent() {
    let (wire, client) = throttled(Throttle::none().per_token(1, Duration::from_secs(3600))).await;
    let account = client.token_account();
    Record::get("1").send(&account).await.expect("200");
    let request = Record::get("1").deadline(Duration::from_millis(100));
    let error = request.send(&account).await.expect_err("no turn");
    assert!(error.is_timeout() && error.attempts() == 0, "{error:?}");
    assert_eq!(
        error.to_string(),
        "GET /unified/m/r/<id>: the client-side rate limit would delay the call past its deadline of 100ms"
    );
    assert_eq!(wire.requests().len(), 1);
}

#[tokio::test]
async fn retries_count_against_the_limit() {
    let wire = Wire::start([http("500 x", &[], "{}")]).await;
    let limits = Throttle::none().per_token(2, Duration::from_secs(3600));
    let client = wire.builder().throttle(limits).build().expect("a client");
    let request = Record::get("1").deadline(Duration::from_secs(30));
    let error = request.send(&client.token_account()).await;
    assert_eq!(error.expect_err("no turn").attempts(), 2);
    assert_eq!(wire.requests().len(), 2);
}

#[test]
fn rejects_zero_limits() {
    for limits in [
        Throttle::truto().per_account(0, Duration::from_secs(1)),
        Throttle::truto().per_token(1, Duration::ZERO),
    ] {
        let error = Client::builder().token("test-token").throttle(limits).build();
        assert!(error.expect_err("no sense").is_invalid_request());
    }
    let none = Client::builder().token("test-token").throttle(Throttle::none());
    assert!(none.build().is_ok());
}

/// A server that reads the first request of each connection late, as behind a slow handshake; returns
/// when it counted each request.
async fn late_server(delay: Duration) -> (String, Arc<Mutex<Vec<Instant>>>) {
    serve(move |mut stream, counted: Arc<Mutex<Vec<Instant>>>| async move {
        tokio::time::sleep(delay).await;
        let mut request = Vec::new();
        while stream.read_buf(&mut request).await.is_ok_and(|read| read > 0) {
            if !request.ends_with(b"\r\n\r\n") {
                continue;
            }
            counted.lock().expect("a lock").push(Instant::now());
            request.clear();
            let response = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"id\":\"1\"}";
            if stream.write_all(response).await.is_err() {
                return;
            }
        }
    })
    .await
}

#[tokio::test]
async fn the_server_never_counts_more_than_a_window_allows() {
    let window = Duration::from_millis(400);
    for delay in [0, 150] {
        let (base, arrivals) = late_server(Duration::from_millis(delay)).await;
        let limits = Throttle::none().per_account(5, window);
        let client = Client::builder().token("token-of-a-test").base_url(base).throttle(limits);
        let account = client.build().expect("a client").account(OTHER).expect("a UUID");
        let calls = (0..25).map(|_| Record::get("1").send(&account));
        for result in futures_util::future::join_all(calls).await {
            result.expect("200");
        }
        let arrivals = arrivals.lock().expect("a lock");
        assert_eq!(arrivals.len(), 25);
        for (first, sixth) in arrivals.iter().zip(&arrivals[5..]) {
            let apart = sixth.duration_since(*first);
            assert!(apart >= window, "{delay} ms late: 6 calls within {apart:?}");
        }
    }
}

#[tokio::test]
async fn accounts_take_turns_at_the_limit_of_the_token() {
    let (wire, client) =
        throttled(Throttle::none().per_token(10, Duration::from_millis(300))).await;
    let busy = client.token_account();
    let calls: Vec<_> = (0..100).map(|_| tokio::spawn(Record::get("1").send(&busy))).collect();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let quiet = client.account(OTHER).expect("a UUID");
    Record::get("1").send(&quiet).await.expect("200");
    // Counted, not timed: a busy machine delays all calls alike.
    let sent = wire.requests().len();
    assert!(sent <= 50, "{sent} of 101 were sent first");
    for call in calls {
        call.await.expect("no panic").expect("200");
    }
}

#[tokio::test]
async fn unpolled_calls_block_no_other() {
    for limits in [Throttle::none().per_account(5, MINUTE), Throttle::none().per_token(5, MINUTE)] {
        let (_wire, client) = throttled(limits).await;
        let account = client.account(OTHER).expect("a UUID");
        let mut parked: Vec<_> =
            (0..9).map(|_| Box::pin(Record::get("1").send(&account))).collect();
        for call in &mut parked {
            let polled = std::future::poll_fn(|cx| Poll::Ready(call.as_mut().poll(cx).is_ready()));
            assert!(!polled.await);
        }
        let started = Instant::now();
        Record::get("1").send(&account).await.expect("200");
        let took = started.elapsed();
        assert!(took < Duration::from_secs(8), "{took:?}");
        drop(parked);
        // None of them was sent, so four slots of the minute are left.
        for _ in 0..4 {
            Record::get("1").send(&account).await.expect("200");
        }
        let request = Record::get("1").deadline(Duration::from_secs(5));
        assert!(request.send(&account).await.expect_err("no slot").is_timeout());
    }
}

#[tokio::test]
async fn interactive_calls_go_before_background_work() {
    let (wire, client) =
        throttled(Throttle::none().per_account(10, Duration::from_millis(400))).await;
    let account = client.account(OTHER).expect("a UUID");
    let background = account.background();
    let work: Vec<_> = (0..60).map(|_| tokio::spawn(Record::get("1").send(&background))).collect();
    tokio::time::sleep(Duration::from_millis(50)).await;
    Record::get("1").send(&account).await.expect("200");
    let sent = wire.requests().len();
    assert!(sent <= 40, "{sent} of 61 were sent first");
    for call in work {
        call.await.expect("no panic").expect("200");
    }
}

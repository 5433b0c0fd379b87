//! Client-side rate limits, by what the server saw.

use std::time::{Duration, Instant};

use truto_core::{Client, Throttle};
use truto_tests::{Record, Wire, http, json};

const OTHER: &str = "00000000-0000-0000-0000-000000000001";

#[tokio::test]
async fn calls_wait_for_their_turn_also_between_clones() {
    let window = Duration::from_millis(200);
    let wire = Wire::start([json(r#"{"id":"1"}"#)]).await;
    let limits = Throttle::none().per_account(5, window);
    let client = wire.builder().throttle(limits).build().expect("a client");
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
    let wire = Wire::start([json(r#"{"id":"1"}"#)]).await;
    let limits = Throttle::none().per_token(1, Duration::from_secs(3600));
    let client = wire.builder().throttle(limits).build().expect("a client");
    let account = client.token_account();
    Record::get("1").send(&account).await.expect("200");
    let request = Record::get("1").deadline(Duration::from_millis(100));
    let error = request.send(&account).await.expect_err("no turn");
    assert!(error.is_timeout() && error.attempts() == 0, "{error:?}");
    assert_eq!(
        error.to_string(),
        "GET /unified/m/r/<id>: held back by the client-side rate limit past the deadline of 100ms"
    );
    assert_eq!(wire.requests().len(), 1);
}

#[tokio::test]
async fn retries_count() {
    let wire = Wire::start([http("500 x", &[], "{}")]).await;
    let limits = Throttle::none().per_token(2, Duration::from_secs(3600));
    let client = wire.builder().throttle(limits).build().expect("a client");
    let request = Record::get("1").deadline(Duration::from_millis(300));
    let error = request.send(&client.token_account()).await;
    assert_eq!(error.expect_err("no turn").attempts(), 2);
    assert_eq!(wire.requests().len(), 2);
}

#[test]
fn a_limit_without_sense_is_refused() {
    for limits in [
        Throttle::truto().per_account(0, Duration::from_secs(1)),
        Throttle::truto().per_token(1, Duration::ZERO),
    ] {
        let error = Client::builder().token("t").throttle(limits).build();
        assert!(error.expect_err("no sense").is_invalid_request());
    }
    let none = Client::builder().token("t").throttle(Throttle::none());
    assert!(none.build().is_ok());
}

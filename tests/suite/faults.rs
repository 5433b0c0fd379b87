//! Retries, deadlines and cancellation, judged by the requests that the server received.

use std::time::{Duration, Instant};

use truto_core::{Error, RetryPolicy};
use truto_tests::{BODY, OK, Play, Record, Wire, http, idempotency_key, json};

/// Plays the fault once, then a success; returns the result and what the server received.
async fn call(method: &str, fault: Play, policy: RetryPolicy) -> (Result<(), Error>, Vec<String>) {
    // Long enough for a busy machine, unless the fault is a timeout.
    let timeout = match fault {
        Play::SendAndStall(_) => Duration::from_millis(600),
        _ => Duration::from_secs(20),
    };
    let wire = Wire::start([fault, json(OK)]).await;
    let client = wire
        .builder()
        .retry(policy.backoff(Duration::from_millis(1), Duration::from_millis(2)))
        .timeout(timeout)
        .build()
        .expect("a client");
    let account = client.token_account();
    let result = match method {
        "GET" => Record::get("1").send(&account).await.map(drop),
        "DELETE" => Record::delete("1").send(&account).await.map(drop),
        "POST" => Record::create(&BODY).send(&account).await.map(drop),
        _ => Record::update("1", &BODY).send(&account).await.map(drop),
    };
    (result, wire.requests())
}

fn status(status: &str, remote: bool) -> Play {
    http(status, &[], format!(r#"{{"truto_is_remote_error":{remote}}}"#))
}

/// Effect of each policy on a kind of fault: one key for all attempts, and never a write twice unless
/// the caller opted in. The fault matrix has all faults, with the default policy.
#[tokio::test]
async fn policies_bound_the_number_of_sends() {
    const UNCLEAR: [bool; 3] = [true, false, true];
    // A fault, then whether idempotent methods, writes, and writes that opted in are sent again.
    let rows = [
        (status("429 x", false), [true; 3]),
        (status("429 x", true), UNCLEAR),
        (status("500 x", false), UNCLEAR),
        (Play::SendAndReset(Vec::new()), UNCLEAR),
        (Play::SendAndStall(Vec::new()), UNCLEAR),
        (status("503 x", false), [false; 3]),
        (http("200 OK", &[], "<html>"), [false; 3]),
    ];
    for (fault, [idempotent, write, opted_in]) in rows {
        for (method, expected, expected_opted_in) in [
            ("GET", idempotent, idempotent),
            ("DELETE", idempotent, idempotent),
            ("POST", write, opted_in),
            ("PATCH", write, opted_in),
        ] {
            let opted_in = RetryPolicy::default().retry_keyed_writes(true);
            for (policy, again) in [
                (RetryPolicy::default(), expected),
                (opted_in, expected_opted_in),
                (RetryPolicy::none(), false),
            ] {
                let row = format!("{method} after {fault:?}, {policy:?}");
                let (result, requests) = call(method, fault.clone(), policy).await;
                assert_eq!(requests.len(), 1 + usize::from(again), "{row}");
                assert_eq!(result.is_ok(), again, "{row}: {result:?}");
                assert!(requests.iter().all(|request| *request == requests[0]), "{row}");
                let keyed = method == "POST" || method == "PATCH";
                assert_eq!(idempotency_key(&requests[0]).is_some(), keyed, "{row}");
                if let Err(error) = result {
                    assert_eq!(error.attempts(), 1, "{row}");
                }
            }
        }
    }
}

#[tokio::test]
async fn an_idempotency_key_of_the_caller_allows_retries() {
    let wire = Wire::start([status("500 x", false), json(OK)]).await;
    let request = Record::create(&BODY).idempotency_key("mine");
    request.send(&wire.account()).await.expect("a second attempt");
    let requests = wire.requests();
    assert_eq!(requests.len(), 2);
    assert!(requests.iter().all(|request| idempotency_key(request) == Some("mine")));
}

#[tokio::test]
async fn a_404_after_a_429_proves_that_nothing_was_deleted() {
    let wire = Wire::start([status("429 x", false), status("404 x", false)]).await;
    let error = Record::delete("1").send(&wire.account()).await.expect_err("404");
    assert!(!error.may_have_applied());
}

#[tokio::test]
async fn the_last_error_is_returned_after_all_retries() {
    let wire = Wire::start([status("500 x", false)]).await;
    let error = Record::get("1").send(&wire.account()).await.expect_err("500");
    assert_eq!((wire.requests().len(), error.attempts()), (4, 4));
    assert!(error.to_string().ends_with("(after 4 attempts)"), "{error}");
    assert!(!error.may_have_applied());
}

#[tokio::test]
async fn retry_after_is_obeyed_if_it_fits() {
    let wire = Wire::start([http("429 x", &["Retry-After: 0.3"], "{}"), json(OK)]).await;
    let started = Instant::now();
    Record::create(&BODY).send(&wire.account()).await.expect("200");
    assert!(started.elapsed() >= Duration::from_millis(300));
    for (header, secs) in [
        ("Retry-After: 86400", 86_400),
        ("Retry-After: 99999999", 99_999_999),
        ("ratelimit-reset: 500", 500),
    ] {
        let wire = Wire::start([http("429 x", &[header], "{}")]).await;
        let started = Instant::now();
        let error = Record::get("1").send(&wire.account()).await.expect_err("429");
        assert!(started.elapsed() < Duration::from_secs(20));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(secs)));
        assert_eq!(wire.requests().len(), 1);
    }
}

#[tokio::test]
async fn nothing_waits_after_the_last_attempt() {
    let again = http("429 x", &["Retry-After: 0"], "{}");
    let wire = Wire::start([again, http("429 x", &["Retry-After: 60"], "{}")]).await;
    let started = Instant::now();
    let error = Record::get("1")
        .retry(RetryPolicy::default().max_retries(1))
        .send(&wire.account())
        .await
        .expect_err("429");
    assert!(started.elapsed() < Duration::from_secs(30));
    assert_eq!((error.attempts(), wire.requests().len()), (2, 2));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(60)));
}

#[tokio::test]
async fn the_budget_is_shared_by_clones() {
    let wire = Wire::start([status("500 x", false)]).await;
    let account = wire.account();
    for _ in 0..20 {
        let account = account.client().clone().token_account();
        Record::get("1").send(&account).await.expect_err("500");
    }
    // 20 calls, and the 10 retries that are always available.
    assert_eq!(wire.requests().len(), 30);
}

#[tokio::test]
async fn deadlines_hold_and_connections_close() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n".to_vec();
    for fault in [Play::SendAndStall(head), Play::Drip(vec![b'H'; 500], Duration::from_millis(100))]
    {
        let wire = Wire::start([fault]).await;
        let started = Instant::now();
        let error = Record::delete("1")
            .deadline(Duration::from_secs(2))
            .send(&wire.account())
            .await
            .expect_err("out of time");
        assert!(error.is_timeout() && error.may_have_applied(), "{error:?}");
        assert!(error.to_string().contains("deadline of 2s"), "{error}");
        assert!(started.elapsed() < Duration::from_secs(20));
        assert_eq!(wire.requests().len(), 1);
        wire.all_closed().await;
    }
}

#[tokio::test]
async fn dropping_a_call_closes_its_connection() {
    let wire = Wire::start([Play::SendAndStall(Vec::new())]).await;
    let call = tokio::spawn(Record::get("1").send(&wire.account()));
    wire.received().await;
    call.abort();
    wire.all_closed().await;
}

#[tokio::test]
async fn a_timeout_of_a_custom_client_states_its_own_length() {
    let wire = Wire::start([Play::SendAndStall(Vec::new())]).await;
    let own = reqwest::Client::builder().timeout(Duration::from_secs(1));
    let client = wire
        .builder()
        .http_client(own.build().expect("a client"))
        .retry(RetryPolicy::none())
        .build()
        .expect("a client");
    let error = Record::delete("1").send(&client.token_account()).await;
    let error = error.expect_err("out of time");
    assert!(error.is_timeout() && error.may_have_applied(), "{error:?}");
    let text = error.to_string();
    let after = text.split_once("response after ").and_then(|(_, after)| after.split_once(';'));
    let (after, _) = after.expect(&text);
    // As `Duration` is written: `300ms`, or `1.02s` on a busy machine.
    let (number, unit) = match after.strip_suffix("ms") {
        Some(millis) => (millis, 0.001),
        None => (after.trim_end_matches('s'), 1.0),
    };
    let seconds = number.parse::<f64>().expect(&text) * unit;
    assert!((1.0..30.0).contains(&seconds), "{text}");
}

#[tokio::test]
async fn a_custom_client_does_not_retry_by_itself() {
    // This client follows redirects by its default.
    let foreign = reqwest::Client::new();
    for code in ["301 x", "302 x", "307 x", "308 x"] {
        let wire = Wire::start([http(code, &["Location: /unified/m/r/2"], ""), json(OK)]).await;
        let client = wire.builder().http_client(foreign.clone()).build().expect("a client");
        let account = client.token_account();
        let error = Record::delete("1").send(&account).await.expect_err("a redirect");
        assert!(error.to_string().contains("redirects are not followed"), "{error}");
        assert_eq!(wire.requests().len(), 1, "{code}");
        assert!(!wire.requests()[0].contains("transfer-encoding"));
    }
    let wire = Wire::start([http("303 x", &["Location: /unified/m/r/2"], ""), json(OK)]).await;
    let client = wire.builder().http_client(foreign).build().expect("a client");
    let error = Record::delete("1").send(&client.token_account()).await;
    let error = error.expect_err("a redirect");
    assert!(error.to_string().contains("the HTTP client followed one"), "{error}");
    assert!(error.status().is_none() && error.may_have_applied());
    let wire = Wire::start([json(OK)]).await;
    let client = wire.builder().http_client(reqwest::Client::new()).build().expect("a client");
    Record::create(&BODY).send(&client.token_account()).await.expect("200");
    assert!(wire.requests()[0].contains("content-length: 7\r\n"), "{:?}", wire.requests());
}

//! The end of a call: the reports to the user's hooks, the effects of dropping a call, and the bounds on the
//! client's own delays.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use truto_core::http::{HeaderMap, HeaderName, HeaderValue};
use truto_core::{
    AccessToken, Account, Client, ClientBuilder, ErrorKind, Items, Page, Pages, Request,
    RetryPolicy, StatusCode, Throttle,
};
use truto_tests::{ACCOUNT_ID, BODY, OK, Play, Record, Wire, http, json, token_account};

/// The arguments of one call of `on_attempt`.
#[derive(Debug, Clone, PartialEq)]
struct AttemptReport {
    attempt: u32,
    status: Option<u16>,
    kind: Option<ErrorKind>,
    is_retried: bool,
    may_have_applied: bool,
    waited: Duration,
}

type Log = Arc<Mutex<Vec<AttemptReport>>>;

/// An account of a client with these settings, and the log of its attempts.
fn logged(builder: ClientBuilder) -> (Account, Log) {
    let log = Log::default();
    let heard = Arc::clone(&log);
    let builder = builder.on_attempt(move |attempt| {
        heard.lock().expect("no panic").push(AttemptReport {
            attempt: attempt.attempt,
            status: attempt.status.map(|status| status.as_u16()),
            kind: attempt.error.map(truto_core::Error::kind),
            is_retried: attempt.retry_in.is_some(),
            may_have_applied: attempt.error.is_some_and(truto_core::Error::may_have_applied),
            waited: attempt.waited,
        });
    });
    (token_account(builder), log)
}

fn words(log: &Log) -> Vec<(u32, Option<u16>, Option<ErrorKind>, bool)> {
    let log = log.lock().expect("no panic");
    log.iter().map(|heard| (heard.attempt, heard.status, heard.kind, heard.is_retried)).collect()
}

#[tokio::test]
async fn max_wait_ends_a_call_that_the_client_would_delay_for_longer() {
    let wire = Wire::start([json(OK)]).await;
    let limits = || Throttle::none().per_account(1, Duration::from_secs(60));
    let client = wire.builder().throttle(limits()).build().expect("a client");
    let account = client.account(ACCOUNT_ID).expect("a UUID");
    Record::get("1").max_wait(Duration::ZERO).send(&account).await.expect("a free slot");

    let began = Instant::now();
    let request = Record::get("1").max_wait(Duration::from_millis(100));
    let error = request.send(&account).await.expect_err("no slot");
    assert!(began.elapsed() < Duration::from_secs(20), "at once");
    assert!(error.is_throttled() && error.is_timeout(), "{error:?}");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Throttled, 0));
    assert!(error.retry_after().is_some_and(|wait| wait > Duration::from_secs(30)), "{error:?}");
    assert!(error.to_string().contains("past its `max_wait` of 100ms"), "{error}");

    let account = token_account(wire.builder().throttle(limits()).max_wait(Duration::ZERO));
    Record::get("1").send(&account).await.expect("a free slot");
    let error = Record::get("1").send(&account).await.expect_err("no slot");
    assert!(error.is_throttled(), "{error:?}");
    let request = Record::get("1").deadline(Duration::from_millis(50)).max_wait(Duration::MAX);
    let error = request.send(&account).await.expect_err("no slot within the deadline");
    assert!(error.is_throttled(), "{error:?}");
    assert!(error.to_string().contains("past its deadline of 50ms"), "{error}");
    assert_eq!(wire.requests().len(), 2);
}

#[tokio::test]
async fn max_wait_bounds_the_wait_for_a_token() {
    let client = Client::builder()
        .token_source(|| async {
            tokio::time::sleep(Duration::from_secs(60)).await;
            Ok::<_, std::io::Error>(AccessToken::from("a-token-of-ours".to_owned()))
        })
        .base_url("http://127.0.0.1:9")
        .build()
        .expect("a client");
    let request = Record::get("1").max_wait(Duration::from_millis(50));
    let error = request.send(&client.token_account()).await.expect_err("no token");
    assert!(error.is_throttled() && error.attempts() == 0, "{error:?}");
}

#[tokio::test]
async fn attempts_report_how_long_they_waited() {
    let wire = Wire::start([json(OK)]).await;
    let window = Duration::from_millis(300);
    let throttle = Throttle::none().per_account(1, window);
    let (account, log) = logged(wire.builder().throttle(throttle));
    let began = Instant::now();
    Record::get("1").send(&account).await.expect("200");
    // The slot is free one window after the first response, part of which may be over.
    let between = began.elapsed();
    Record::get("1").send(&account).await.expect("200");
    let log = log.lock().expect("no panic");
    assert!(log[0].waited <= between, "{log:?}");
    assert!(log[1].waited + between >= window, "{log:?}");
}

#[tokio::test]
async fn the_request_hook_runs_before_each_attempt() {
    let wire = Wire::start([http("502 x", &[], ""), json(OK)]).await;
    let attempts = AtomicU32::new(0);
    let client = wire
        .builder()
        .default_header("x-team", "sync")
        .default_header("x-mode", "default")
        .on_request(move |endpoint, headers| {
            assert_eq!(endpoint.path, "/unified/m/r/<id>");
            assert!(!headers.contains_key("authorization"));
            assert_eq!(headers["x-mode"], "own");
            let attempt = attempts.fetch_add(1, Ordering::Relaxed);
            headers.insert("x-attempt", HeaderValue::from(attempt));
            headers.append("baggage", HeaderValue::from_static("a=1"));
            headers.append("baggage", HeaderValue::from_static("b=2"));
            headers.remove("x-team");
        })
        .build()
        .expect("a client");
    let request = Record::get("1").header("x-mode", "own");
    request.send(&client.token_account()).await.expect("a second attempt");
    for (at, request) in wire.requests().iter().enumerate() {
        assert!(request.contains(&format!("x-attempt: {at}")), "{request}");
        assert!(request.contains("baggage: a=1") && request.contains("baggage: b=2"), "{request}");
        assert!(request.contains("x-mode: own") && !request.contains("x-team"), "{request}");
    }
    assert_eq!(wire.requests().len(), 2);
}

/// The media type of one request, and the hook's change to it.
#[tokio::test]
async fn the_request_hook_leaves_the_media_type_of_a_request_alone() {
    type Change = fn(&mut HeaderMap);
    let add: Change = |headers| drop(headers.insert("x-id", HeaderValue::from_static("7")));
    let replace: Change =
        |headers| drop(headers.insert("content-type", HeaderValue::from_static("text/html")));
    let remove: Change = |headers| drop(headers.remove("content-type"));
    let add_many: Change = |headers| {
        for number in 0..2_000 {
            let name = HeaderName::try_from(format!("x-{number}")).expect("a name");
            headers.insert(name, HeaderValue::from_static("x"));
        }
    };
    for (change, is_sent) in [(add, true), (replace, false), (remove, false), (add_many, false)] {
        let wire = Wire::start([json(OK)]).await;
        let account = token_account(wire.builder().on_request(move |_, headers| change(headers)));
        let request = Record::create(&BODY).header("content-type", "application/merge-patch+json");
        match request.send(&account).await {
            Ok(_) => {
                let sent = wire.requests();
                assert!(sent[0].contains("content-type: application/merge-patch+json"), "{sent:?}");
                assert!(is_sent && sent[0].contains("x-id: 7"), "{sent:?}");
            }
            Err(error) => {
                assert!(!is_sent && error.is_invalid_request(), "{error}");
                assert!(wire.requests().is_empty());
            }
        }
    }
}

#[tokio::test]
async fn headers_of_all_requests_follow_the_rules_of_the_setter() {
    let wire = Wire::start([json(OK)]).await;
    for name in ["authorization", "host", "content-length", "content-type", "a b"] {
        let error = wire.builder().default_header(name, "x").build().expect_err("refused");
        assert!(error.is_invalid_request(), "{name}: {error}");
    }
    for name in ["authorization", "host", "content-type"] {
        let builder = wire.builder().on_request(move |_, headers| {
            headers.insert(name, HeaderValue::from_static("x"));
        });
        let account = token_account(builder);
        let error = Record::create(&BODY).send(&account).await.expect_err("refused");
        assert!(error.is_invalid_request() && error.attempts() == 0, "{name}: {error}");
        assert!(!error.may_have_applied());
    }
    let account = token_account(wire.builder().on_request(|_, _| panic!("of the user")));
    let error = Record::create(&BODY).send(&account).await.expect_err("a panic");
    assert!(error.is_invalid_request() && error.to_string().contains("panicked"), "{error}");
    assert!(wire.requests().is_empty());
}

#[tokio::test]
async fn a_panic_in_on_attempt_loses_no_result() {
    let wire = Wire::start([http("502 x", &[], ""), json(OK)]).await;
    let account = token_account(wire.builder().on_attempt(|_| panic!("of the user")));
    Record::delete("1").send(&account).await.expect("deleted");
    assert_eq!(wire.requests().len(), 2);
}

#[tokio::test]
async fn a_dropped_call_reports_that_it_was_canceled() {
    for (method, may_have_applied) in [("GET", false), ("POST", true)] {
        let wire = Wire::start([Play::SendAndStall(Vec::new())]).await;
        let (account, log) = logged(wire.builder());
        let call: std::pin::Pin<Box<dyn Future<Output = _> + Send>> = match method {
            "GET" => Box::pin(Record::get("1").send(&account)),
            _ => Box::pin(Record::create(&BODY).send(&account)),
        };
        let call = tokio::spawn(call);
        wire.received().await;
        call.abort();
        call.await.expect_err("aborted");
        assert_eq!(words(&log), [(1, None, Some(ErrorKind::Canceled), false)], "{method}");
        assert_eq!(log.lock().expect("no panic")[0].may_have_applied, may_have_applied, "{method}");
    }
}

#[tokio::test]
async fn a_call_dropped_before_it_was_sent_reports_no_attempt() {
    let wire = Wire::start([json(OK)]).await;
    let throttle = Throttle::none().per_account(1, Duration::from_secs(60));
    let (account, log) = logged(wire.builder().throttle(throttle));
    Record::get("1").send(&account).await.expect("200");
    let held_back = Record::create(&BODY).send(&account);
    tokio::time::timeout(Duration::from_millis(50), held_back).await.expect_err("held back");
    assert_eq!(words(&log), [(1, Some(200), None, false)]);
}

#[tokio::test]
async fn a_call_dropped_in_its_backoff_reports_its_end() {
    let wire = Wire::start([http("502 x", &[], "")]).await;
    let backoff = RetryPolicy::default().backoff(Duration::from_secs(60), Duration::from_secs(60));
    let (account, log) = logged(wire.builder().retry(backoff.jitter(false)));
    let call = tokio::spawn(Record::delete("1").send(&account));
    while log.lock().expect("no panic").is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    call.abort();
    call.await.expect_err("aborted");
    let canceled = Some(ErrorKind::Canceled);
    let expected = [(1, Some(502), Some(ErrorKind::Api), true), (1, None, canceled, false)];
    assert_eq!(words(&log), expected);
    assert!(log.lock().expect("no panic")[1].may_have_applied, "the 502 proves nothing");
}

#[tokio::test]
async fn a_denied_retry_reports_its_end_and_its_wait() {
    let wire = Wire::start([http("502 x", &[], "")]).await;
    let throttle = Throttle::none().per_account(1, Duration::from_secs(60));
    let (account, log) = logged(wire.builder().throttle(throttle));
    let request = Record::get("1").deadline(Duration::from_secs(10));
    let error = request.send(&account).await.expect_err("no slot for a retry");
    assert_eq!((error.status(), error.attempts()), (Some(StatusCode::BAD_GATEWAY), 1));
    assert!(error.retry_after().is_some_and(|wait| wait > Duration::from_secs(10)), "{error:?}");
    assert!(error.to_string().ends_with("would delay it for too long"), "{error}");
    let api = Some(ErrorKind::Api);
    assert_eq!(words(&log), [(1, Some(502), api, true), (1, Some(502), api, false)]);
}

#[tokio::test]
async fn a_failed_renewal_reports_the_401_to_the_hook() {
    let refused = http("401 x", &["Content-Type: application/json"], r#"{"message":"expired"}"#);
    let wire = Wire::start([refused]).await;
    let asks = Arc::new(AtomicU32::new(0));
    let builder = Client::builder().base_url(wire.base_url()).token_source(move || {
        let is_first = asks.fetch_add(1, Ordering::Relaxed) == 0;
        async move {
            if is_first {
                Ok(AccessToken::from("a-token-of-ours".to_owned()))
            } else {
                Err(std::io::Error::other("the vault is sealed"))
            }
        }
    });
    let (account, log) = logged(builder);
    let error = Record::get("1").send(&account).await.expect_err("no token");
    assert!(error.is_token() && error.attempts() == 1, "{error:?}");
    assert_eq!(words(&log), [(1, Some(401), Some(ErrorKind::Api), false)]);
}

#[tokio::test]
async fn a_decode_error_reaches_the_hook() {
    let wire = Wire::start([http("200 OK", &[], "<html>")]).await;
    let (account, log) = logged(wire.builder());
    Record::delete("1").send(&account).await.expect_err("HTML");
    assert_eq!(words(&log), [(1, Some(200), Some(ErrorKind::Decode), false)]);
    assert!(log.lock().expect("no panic")[0].may_have_applied);
}

#[tokio::test]
async fn redirect_errors_have_headers_and_a_304_is_not_a_redirect() {
    let id = "x-request-id: r-7";
    let wire =
        Wire::start([http("302 x", &["Location: /a", id], ""), http("304 x", &[id], "")]).await;
    let account = wire.account();
    let error = Record::get("1").send(&account).await.expect_err("a redirect");
    assert!(error.is_redirect(), "{error:?}");
    assert_eq!(error.request_id(), Some("r-7"));
    assert!(error.headers().is_some_and(|headers| headers.contains_key("location")));
    let request = Record::get("1").header("If-None-Match", "\"v1\"");
    let error = request.send(&account).await.expect_err("nothing new");
    assert!(!error.is_redirect(), "{error:?}");
    assert_eq!((error.status(), error.request_id()), (Some(StatusCode::NOT_MODIFIED), Some("r-7")));
}

#[tokio::test]
async fn the_backoff_applies_if_retry_after_is_shorter() {
    let refused = http("429 x", &["Retry-After: 0.001"], r#"{"message":"slow down"}"#);
    let wire = Wire::start([refused]).await;
    let steps = RetryPolicy::default().backoff(Duration::from_millis(100), Duration::from_secs(9));
    let account =
        token_account(wire.builder().retry(steps.jitter(false)).deadline(Duration::from_secs(2)));
    Record::get("1").send(&account).await.expect_err("429");
    // After 0.1, 0.3, 0.7 and 1.5 s.
    assert!((2..=5).contains(&wire.requests().len()), "{}", wire.requests().len());
}

#[tokio::test]
async fn an_error_has_the_status_and_wait_of_a_refused_token_request() {
    let refused = http("429 x", &["Retry-After: 30"], r#"{"message":"slow down"}"#);
    let wire = Wire::start([refused]).await;
    let minting = wire.builder().deadline(Duration::from_secs(9)).build().expect("a client");
    let source = minting.account_tokens(ACCOUNT_ID).expect("a UUID");
    let account = token_account(Client::builder().base_url(wire.base_url()).token_source(source));
    let error = Record::get("1").send(&account).await.expect_err("no token");
    assert!(error.is_token(), "{error:?}");
    assert_eq!(error.status(), Some(StatusCode::TOO_MANY_REQUESTS));
    assert!(error.retry_after().is_some_and(|wait| wait > Duration::from_secs(20)), "{error:?}");
}

fn list() -> Request<Page<Record>> {
    Request::unified("GET", "m", "r", None)
}

#[tokio::test]
async fn too_many_empty_pages_end_a_list() {
    let page = |at: u32| json(&format!(r#"{{"result":[],"next_cursor":"c{at}"}}"#));
    let record = json(r#"{"result":[{"id":"1"}],"next_cursor":"r"}"#);
    let plays = [page(1), page(2), record, page(3), page(4), page(5), page(6)];
    let wire = Wire::start(plays).await;
    let mut items = list().max_empty_pages(3).items(&wire.account());
    assert!(items.next().await.is_some_and(|item| item.is_ok()));
    let error = items.next().await.expect("an end").expect_err("three empty pages");
    assert!(error.is_pagination_loop(), "{error:?}");
    assert_eq!(error.next_cursor(), Some("c5"));
    assert_eq!(wire.requests().len(), 6);
    assert!(items.next().await.is_none());
}

#[tokio::test]
async fn a_limit_of_zero_pages_is_refused() {
    let wire = Wire::start([json(r#"{"result":[]}"#)]).await;
    let error = list().max_pages(0).all(&wire.account()).await.expect_err("no pages");
    assert!(error.is_invalid_request(), "{error:?}");
    assert!(wire.requests().is_empty());
}

#[tokio::test]
async fn an_error_names_the_account_by_its_label() {
    let wire = Wire::start([http("404 Not Found", &[], r#"{"message":"no such user"}"#)]).await;
    let account = wire.account().labeled("acme");
    let error = Record::get("1").send(&account).await.expect_err("404");
    assert_eq!(error.account(), Some("acme"));
    let text = "GET /unified/m/r/<id> (acme): 404 Not Found: no such user";
    assert_eq!(error.to_string(), text);
    let error = list().max_pages(0).all(&account).await.expect_err("refused");
    assert_eq!(error.account(), Some("acme"));
    let wire = Wire::start([json("[]")]).await;
    let account = wire.account().labeled("acme");
    let error = Record::get("1").send(&account).await.expect_err("no record");
    assert!(error.is_decode() && error.account() == Some("acme"), "{error:?}");
}

#[tokio::test]
async fn the_cause_of_a_failed_connection_is_shown_once() {
    let account =
        token_account(Client::builder().token("a-token-of-ours").base_url("http://127.0.0.1:1"));
    let error = Record::get("1").no_retry().send(&account).await.expect_err("refused");
    let text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    assert!(cause.is_some(), "{error:?}");
    while let Some(below) = cause {
        let level = below.to_string();
        assert!(!text.ends_with(&level) && !level.contains("refused"), "{text}: {level}");
        cause = below.source();
    }
}

#[test]
fn lists_can_be_shared_between_threads() {
    fn is_sync<T: Send + Sync>() {}
    is_sync::<Pages<Record>>();
    is_sync::<Items<Record>>();
}

/// A client of the wire with a source, and how often the source was asked.
fn with_source<F>(
    wire: &Wire,
    source: impl Fn(u32) -> F + Send + Sync + 'static,
) -> (Client, Arc<AtomicU32>)
where
    F: Future<Output = Result<AccessToken, std::io::Error>> + Send + 'static,
{
    let asks = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&asks);
    let client = Client::builder()
        .base_url(wire.base_url())
        .token_timeout(Duration::from_millis(300))
        .token_source(move || source(counted.fetch_add(1, Ordering::Relaxed)))
        .build()
        .expect("a client");
    (client, asks)
}

#[tokio::test]
async fn a_token_request_that_hangs_is_repeated() {
    let wire = Wire::start([json(OK)]).await;
    let (client, asks) = with_source(&wire, |ask| async move {
        if ask == 0 {
            std::future::pending::<()>().await;
        }
        Ok(AccessToken::from("a-token-of-ours"))
    });
    let account = client.token_account();
    // Overlapping callers that give up do not keep the hung request alive.
    let mut calls = Vec::new();
    for _ in 0..20 {
        let call = Record::get("1").deadline(Duration::from_millis(200)).send(&account);
        calls.push(tokio::spawn(call));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut succeeded = 0;
    for call in calls {
        succeeded += u32::from(call.await.expect("no panic").is_ok());
    }
    assert!(succeeded >= 5, "{succeeded} of 20");
    assert_eq!(asks.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_source_that_panics_is_asked_once_per_call() {
    let wire = Wire::start([json(OK)]).await;
    let (client, asks) = with_source(&wire, |_| async { panic!("of the user") });
    let error = Record::get("1").send(&client.token_account()).await.expect_err("a panic");
    assert!(error.is_token() && error.to_string().contains("panicked"), "{error:?}");
    assert_eq!(asks.load(Ordering::Relaxed), 1);
    assert!(wire.requests().is_empty());
}

#[tokio::test]
async fn ping_sends_no_account_id() {
    let wire = Wire::start([json(r#"{"message":"pong"}"#), http("503 x", &[], "")]).await;
    let client = wire.builder().retry(RetryPolicy::none()).build().expect("a client");
    client.ping().await.expect("pong");
    assert_eq!(wire.request_line(), "GET /ping HTTP/1.1");
    client.ping().await.expect_err("503");
}

#[test]
fn accounts_are_equal_by_client_id_label_and_lane() {
    let client = Client::new("a-token-of-ours").expect("a client");
    let account = || client.account(ACCOUNT_ID).expect("a UUID");
    assert_eq!(account(), client.account(ACCOUNT_ID.to_uppercase()).expect("a UUID"));
    assert_ne!(account(), account().labeled("acme"));
    assert_ne!(account(), account().background());
    assert_ne!(account(), client.token_account());
    let other = Client::new("a-token-of-ours").expect("a client");
    assert_ne!(account(), other.account(ACCOUNT_ID).expect("a UUID"));
    // Equality and hash read nothing that can change.
    #[allow(clippy::mutable_key_type)]
    let set = std::collections::HashSet::from([account(), account()]);
    assert_eq!(set.len(), 1);
}

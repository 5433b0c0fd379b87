//! Token sources: called once for all callers, and again after a 401 of Truto's own.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use truto_core::{AccessToken, Account, Client, Error};
use truto_tests::{BODY, OK, Play, Record, Wire, http, json, token_account};

fn refused() -> Play {
    http("401 x", &[], r#"{"statusCode":401,"error":"Unauthorized","message":"m"}"#)
}

/// An account whose source counts how often it is asked.
fn account(wire: &Wire, lifetime: Option<Duration>) -> (Account, Arc<AtomicU32>) {
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    let source = move || {
        let number = count.fetch_add(1, Ordering::SeqCst) + 1;
        async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let token = AccessToken::from(format!("test-token-{number}"));
            Ok::<_, std::io::Error>(match lifetime {
                Some(lifetime) => token.expires_in(lifetime),
                None => token,
            })
        }
    };
    let client = Client::builder().token_source(source).base_url(wire.base_url());
    (token_account(client), asked)
}

fn tokens(wire: &Wire) -> Vec<String> {
    let token = |request: &String| {
        let (_, rest) = request.split_once("authorization: Bearer ")?;
        Some(rest.split("\r\n").next()?.to_owned())
    };
    wire.requests().iter().filter_map(token).collect()
}

#[tokio::test]
async fn one_token_serves_all_callers() {
    let wire = Wire::start([json(OK)]).await;
    let (account, asked) = account(&wire, None);
    let calls = (0..20).map(|id| Record::get(id).send(&account));
    for result in futures_util::future::join_all(calls).await {
        result.expect("200");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    assert!(tokens(&wire).iter().all(|token| token == "test-token-1"));
}

#[tokio::test]
async fn accepts_times_beyond_the_clock() {
    let wire = Wire::start([json(OK)]).await;
    let source = || async { Ok::<_, std::io::Error>(AccessToken::from("test-token-1".to_owned())) };
    let client = Client::builder()
        .token_source(source)
        .base_url(wire.base_url())
        .timeout(Duration::MAX)
        .deadline(Duration::MAX)
        .connect_timeout(Duration::MAX)
        .token_timeout(Duration::MAX)
        .max_wait(Duration::MAX)
        .max_gate(Duration::MAX);
    let account = token_account(client);
    Record::get("1").send(&account).await.expect("200");
}

#[tokio::test]
async fn a_401_of_truto_renews_the_token_once_for_every_method() {
    let wire = Wire::start([refused(), json(OK)]).await;
    let (account, asked) = account(&wire, None);
    Record::create(&BODY).no_retry().send(&account).await.expect("renewed");
    assert_eq!(
        (tokens(&wire), asked.load(Ordering::SeqCst)),
        (vec!["test-token-1".into(), "test-token-2".into()], 2)
    );

    let wire = Wire::start([refused(), refused(), json(OK)]).await;
    let (account, asked) = self::account(&wire, None);
    let error = Record::get("1").send(&account).await.expect_err("refused twice");
    assert_eq!((error.attempts(), asked.load(Ordering::SeqCst)), (2, 2));
}

#[tokio::test]
async fn a_401_that_is_not_provably_trutos_renews_nothing() {
    for body in ["", "<html>", r#"{"truto_is_remote_error":true}"#, r#"{"message":"cut"#] {
        let wire = Wire::start([http("401 x", &[], body), json(OK)]).await;
        let (account, asked) = account(&wire, None);
        let error = Record::get("1").send(&account).await.expect_err(body);
        assert_eq!((error.attempts(), asked.load(Ordering::SeqCst)), (1, 1), "{body}");
    }
}

#[tokio::test]
async fn a_token_is_renewed_before_it_expires() {
    let wire = Wire::start([json(OK)]).await;
    let (account, asked) = account(&wire, Some(Duration::from_secs(2)));
    Record::get("1").send(&account).await.expect("200");
    Record::get("1").send(&account).await.expect("200");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    tokio::time::sleep(Duration::from_millis(1_900)).await;
    Record::get("1").send(&account).await.expect("200");
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_source_that_fails_sends_nothing_and_is_asked_again() {
    use std::error::Error as _;
    let wire = Wire::start([json(OK)]).await;
    let client = Client::builder()
        .token_source(|| async { Err::<String, _>(std::io::Error::other("s3cret of the vault")) })
        .base_url(wire.base_url());
    let account = token_account(client);
    for _ in 0..2 {
        let error = Record::get("1").send(&account).await.expect_err("no token");
        assert!(error.is_token() && error.attempts() == 0, "{error:?}");
        let source = error.source().expect("its own error");
        assert!(source.downcast_ref::<std::io::Error>().is_some());
        assert!(!format!("{error} {error:?}").contains("s3cret"));
    }
    assert!(wire.requests().is_empty());
}

#[tokio::test]
async fn a_source_that_hangs_ends_with_the_deadline() {
    let wire = Wire::start([json(OK)]).await;
    let client = Client::builder()
        .token_source(std::future::pending::<Result<String, std::io::Error>>)
        .base_url(wire.base_url());
    let account = token_account(client);
    let call = Record::get("1").deadline(Duration::from_millis(100));
    let error: Error = call.send(&account).await.expect_err("no token");
    assert!(error.is_timeout() && error.attempts() == 0, "{error:?}");
}

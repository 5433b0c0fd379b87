use std::convert::Infallible;

use super::*;
use crate::client::ClientInner;
use crate::{AccessToken, Denied, LimitedCall, Limiter, Turn};

fn builder() -> ClientBuilder {
    Client::builder().token("test-token").base_url("http://127.0.0.1:9")
}

struct Open;

impl Limiter for Open {
    async fn acquire(&self, _: &LimitedCall) -> Result<Turn, Denied> {
        Ok(Turn::now())
    }
}

/// A setting, and whether a client has it.
type Setting = (&'static str, fn(ClientBuilder) -> ClientBuilder, fn(&ClientInner) -> bool);

const TWO: Duration = Duration::from_secs(2);

const SETTINGS: [Setting; 14] = [
    ("timeout", |set| set.timeout(TWO), |client| client.timeout == TWO),
    ("deadline", |set| set.deadline(TWO), |client| client.deadline == TWO),
    ("connect_timeout", |set| set.connect_timeout(TWO), |client| client.connect_timeout == TWO),
    ("max_wait", |set| set.max_wait(TWO), |client| client.max_wait == Some(TWO)),
    ("retry", |set| set.retry(RetryPolicy::none()), |client| client.retry == RetryPolicy::none()),
    ("wait_out_429", |set| set.wait_out_429(false), |client| !client.admission.waits_out_429()),
    ("limiter", |set| set.limiter(Open), |client| client.limiter.is_some()),
    ("min_throughput", |set| set.min_throughput(7), |client| client.min_throughput == Some(7)),
    ("max_body_bytes", |set| set.max_body_bytes(7), |client| client.max_body_bytes == 7),
    ("on_attempt", |set| set.on_attempt(|_| {}), |client| client.on_attempt.is_some()),
    ("on_request", |set| set.on_request(|_, _| {}), |client| client.on_request.is_some()),
    (
        "http_client",
        |set| set.http_client(reqwest::Client::new()),
        |client| client.pools.is_custom(),
    ),
    (
        "default_header",
        |set| set.default_header("x-a", "1"),
        |client| client.default_headers.len() == 1,
    ),
    (
        "warn_on_status",
        |set| set.warn_on_status([StatusCode::CONFLICT]),
        |client| client.warn_statuses == [StatusCode::CONFLICT],
    ),
];

#[test]
fn each_setting_changes_the_client_and_no_other_setting() {
    for (name, set, _) in SETTINGS {
        // The setting before and after others, of which the base URL and the token are two.
        for builder in [set(builder()), set(Client::builder()).token("test-token")] {
            let client = builder.base_url("http://127.0.0.1:9").build().expect(name);
            for (other, _, is_set) in SETTINGS {
                assert_eq!(is_set(client.inner()), other == name, "{name}: {other}");
            }
        }
        let client = set(builder()).build().expect(name);
        assert_eq!(client.inner().base.as_str(), "http://127.0.0.1:9/", "{name}");
    }
}

#[test]
fn the_longest_wait_for_one_response_can_be_set() {
    let set = builder().max_gate(TWO);
    assert_eq!(set.max_gate, TWO);
    assert!(set.has_token() && set.base_url == builder().base_url);
}

#[test]
fn plain_http_to_another_host_has_to_be_allowed() {
    let plain = || builder().base_url("http://truto.test");
    for (builder, is_allowed) in [
        (plain(), false),
        (plain().allow_insecure_http(false), false),
        (plain().allow_insecure_http(true), true),
    ] {
        assert_eq!(builder.build().is_ok(), is_allowed);
    }
}

#[test]
fn the_last_token_setting_wins() {
    let source = || async { Ok::<_, Infallible>(AccessToken::from("another-token")) };
    let unset = || Client::builder().base_url("http://127.0.0.1:9");
    for (builder, has_token, kind) in [
        (unset(), false, "error"),
        (unset().token("test-token"), true, "fixed"),
        (unset().token_source(source), true, "source"),
        (unset().token_source(source).token("test-token"), true, "fixed"),
        (unset().token("test-token").token_source(source), true, "source"),
    ] {
        assert_eq!(builder.has_token(), has_token, "{kind}");
        let built = builder.build().map(|client| format!("{:?}", client.inner().tokens));
        assert_eq!(built.as_deref().unwrap_or("error"), kind);
    }
}

#[test]
fn a_variable_that_could_not_be_read_is_the_error_of_the_client() {
    let unreadable = ClientBuilder { env_error: Some("not UTF-8"), ..Client::builder() };
    assert!(unreadable.has_token(), "it is set, though it cannot be used");
    let error = unreadable.build().expect_err("it cannot be used").to_string();
    assert!(error.contains("not UTF-8"), "{error}");
}

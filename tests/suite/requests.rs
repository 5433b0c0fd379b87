//! Requests on the wire: the exact bytes of each parameter and of all together, and refusals before sending.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use truto_core::{Account, Error, Request, unified_endpoint};
use truto_tests::{Wire, json};

#[unified_endpoint(method = "DELETE", path = "/unified/e-signature/users/<id>")]
#[derive(Debug, Clone, Deserialize)]
pub struct User {
    pub id: String,
}

const ACCOUNT: &str = "integrated_account_id=62f44730-dd91-461e-bd6a-aedd9e0ad79d";

async fn sent<O>(request: Request<O>) -> String
where
    O: truto_core::Output,
{
    let wire = Wire::start([json(r#"{"id":"1"}"#)]).await;
    request.send(&wire.account()).await.map(drop).expect("200");
    let line = wire.request_line();
    let target = line
        .strip_prefix("DELETE /unified/e-signature/users/")
        .and_then(|rest| rest.strip_suffix(" HTTP/1.1"))
        .expect("the route");
    target.to_owned()
}

#[tokio::test]
async fn a_delete_sends_exactly_these_bytes() {
    let wire = Wire::start([json(r#"{"id":"23423523"}"#)]).await;
    User::delete("23423523").send(&wire.account()).await.expect("200");
    let host = wire.base_url().trim_start_matches("http://");
    assert_eq!(
        wire.requests(),
        [format!(
            "DELETE /unified/e-signature/users/23423523?{ACCOUNT} HTTP/1.1\r\n\
             authorization: Bearer s3cret-token\r\n\
             accept: application/json\r\n\
             user-agent: truto-core/0.1.0\r\n\
             accept-encoding: gzip\r\n\
             host: {host}\r\n\r\n"
        )]
    );
}

#[tokio::test]
async fn each_parameter_is_encoded_alone() {
    let user = || User::delete("1");
    assert_eq!(sent(user()).await, format!("1?{ACCOUNT}"));
    for (target, expected) in [
        (sent(user().ignore_remote_data()).await, "&truto_ignore_remote_data=true"),
        (
            sent(user().exclude_fields(["id", "a b"])).await,
            "&truto_exclude_fields%5B%5D=id&truto_exclude_fields%5B%5D=a%20b",
        ),
        (sent(user().exclude_fields(Vec::<String>::new())).await, ""),
        (
            sent(user().remote_query(&json!({"foo": "bar", "deep": {"a": [1, true]}}))).await,
            "&remote_query%5Bdeep%5D%5Ba%5D%5B%5D=1&remote_query%5Bdeep%5D%5Ba%5D%5B%5D=true\
             &remote_query%5Bfoo%5D=bar",
        ),
        (
            sent(user().query(&json!({"signing_request": {"id": "s/1"}}))).await,
            "&signing_request%5Bid%5D=s%2F1",
        ),
        (sent(user().raw()).await, "&truto_response_format=raw"),
        (sent(user().raw_as::<User>()).await, "&truto_response_format=raw"),
        (sent(user().normalized()).await, "&truto_response_format=normalized"),
        (sent(user().stream()).await, "&truto_response_format=stream"),
        (sent(user().body_passthrough()).await, "&truto_body_passthrough=true"),
    ] {
        assert_eq!(target, format!("1?{ACCOUNT}{expected}"));
    }
    let wire = Wire::start([json(r#"{"result":{"id":"1"},"debug":{"requestUrl":"u"}}"#)]).await;
    let debugged = User::delete("1").debug().send(&wire.account()).await;
    let debugged = debugged.expect("200");
    assert_eq!(debugged.result.id(), Some("1"));
    assert_eq!(debugged.debug.expect("debug")["requestUrl"], "u");
    assert!(wire.request_line().contains("&truto_response_format=debug "));
}

#[tokio::test]
async fn all_parameters_are_encoded_together() {
    let request = User::delete("1")
        .query(&json!({"a": 1}))
        .remote_query(&json!({"b": 2}))
        .exclude_fields(["groups"])
        .ignore_remote_data()
        .normalized();
    assert_eq!(
        sent(request).await,
        format!(
            "1?{ACCOUNT}&a=1&remote_query%5Bb%5D=2&truto_exclude_fields%5B%5D=groups\
             &truto_response_format=normalized&truto_ignore_remote_data=true"
        )
    );
}

#[tokio::test]
async fn a_token_account_sends_no_account_id() {
    let wire = Wire::start([json("{}")]).await;
    let account = wire.builder().build().expect("client").token_account();
    User::delete("1").send(&account).await.expect("200");
    User::delete("1").ignore_remote_data().send(&account).await.expect("200");
    let lines: Vec<_> = wire
        .requests()
        .iter()
        .map(|request| request.lines().next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(
        lines,
        [
            "DELETE /unified/e-signature/users/1 HTTP/1.1",
            "DELETE /unified/e-signature/users/1?truto_ignore_remote_data=true HTTP/1.1"
        ]
    );
}

#[tokio::test]
async fn ids_of_any_kind_are_one_segment() {
    for (id, segment) in [
        ("a/b c?d#é%2F", "a%2Fb%20c%3Fd%23%C3%A9%252F"),
        ("%2e%2e", "%252e%252e"),
        ("%2E%2E/..", "%252E%252E%2F.."),
        ("a\\..\\b", "a%5C..%5Cb"),
        (";a=b&c", "%3Ba%3Db%26c"),
        ("x@y.z:1", "x%40y.z%3A1"),
    ] {
        assert_eq!(sent(User::delete(id)).await, format!("{segment}?{ACCOUNT}"));
    }
    let long = "x".repeat(10_000);
    assert_eq!(sent(User::delete(&long)).await, format!("{long}?{ACCOUNT}"));
}

#[tokio::test]
async fn invalid_requests_are_refused_before_sending() {
    let wire = Wire::start([json("{}")]).await;
    let account = wire.account();
    async fn refused(request: Request<truto_core::Deleted<User>>, account: &Account) -> Error {
        let error = request.send(account).await.expect_err("refused");
        assert!(error.is_invalid_request(), "{error}");
        assert_eq!((error.attempts(), error.status()), (0, None));
        assert!(!error.may_have_applied());
        error
    }
    for id in ["", ".", "..", "\n", "a\rb", "a\tb", "\u{7f}", "\u{85}"] {
        let error = refused(User::delete(id), &account).await;
        assert!(error.to_string().contains("path argument `id`"), "{error}");
    }
    refused(User::delete("x".repeat(16 * 1024 + 1)), &account).await;
    let user = || User::delete("1");
    for (request, expected) in [
        (user().query(&1), "not a single value"),
        (user().query(&["a"]), "not an array"),
        (
            user().query(&json!({"integrated_account_id": "x"})),
            "`integrated_account_id` cannot be set",
        ),
        (user().query(&json!({"truto_response_format": "raw"})), "use `raw()`"),
        (user().remote_query(&"x"), "remote query"),
        (user().query(&json!({"a": {"b": [{"c[": 1}]}})), "`a.b[0].c[`"),
        (user().header("authorization", "x"), "set by the client"),
        (user().header("bad name", "x"), "header name"),
        (user().header("x-a", "a\r\nb"), "control character"),
        (user().timeout(Duration::ZERO), "zero"),
        (user().deadline(Duration::ZERO), "zero"),
        (user().idempotency_key("a\nb"), "idempotency key"),
        (user().idempotency_key(""), "idempotency key"),
    ] {
        let error = refused(request, &account).await;
        assert!(error.to_string().contains(expected), "{error}");
    }
    assert_eq!(wire.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn headers_and_keys_of_the_caller_are_sent() {
    let wire = Wire::start([json("{}")]).await;
    User::delete("1")
        .header("X-Trace", "a")
        .header("x-trace", "b")
        .idempotency_key("my key")
        .send(&wire.account())
        .await
        .expect("200");
    let request = &wire.requests()[0];
    assert!(request.contains("\r\nx-trace: b\r\n"), "{request}");
    assert!(!request.contains("x-trace: a"), "{request}");
    assert!(request.contains("\r\nidempotency-key: my key\r\n"), "{request}");
}

#[tokio::test]
async fn a_path_prefix_of_the_base_url_is_kept() {
    let wire = Wire::start([json("{}")]).await;
    let client = wire
        .builder()
        .base_url(format!("{}/gateway/v1/", wire.base_url()))
        .build()
        .expect("a client");
    User::delete("1").send(&client.token_account()).await.expect("200");
    assert_eq!(wire.request_line(), "DELETE /gateway/v1/unified/e-signature/users/1 HTTP/1.1");
}

#[test]
fn a_request_is_inspected_without_a_client() {
    let request = User::delete("it's").exclude_fields(["a"]);
    assert_eq!(request.method(), "DELETE");
    assert_eq!(request.path(), "/unified/e-signature/users/it%27s");
    assert_eq!(request.query_string(), "truto_exclude_fields%5B%5D=a");
    assert_eq!(request.endpoint().path, "/unified/e-signature/users/<id>");
    assert_eq!(
        request.to_curl(),
        "curl -X DELETE \"https://api.truto.one/unified/e-signature/users/it%27s\
         ?integrated_account_id=$TRUTO_INTEGRATED_ACCOUNT_ID&truto_exclude_fields%5B%5D=a\" \\\n  \
         -H \"Authorization: Bearer $TRUTO_API_TOKEN\" \\\n  -H 'Accept: application/json'"
    );
    assert_eq!(User::delete("1").query_string(), "");
    let debug = User::delete("7").query(&json!({"q": "x"}));
    assert_eq!(
        format!("{debug:?}"),
        "Request { method: DELETE, path: \"/unified/e-signature/users/7\", query: \"q=x\", .. }"
    );
    assert_eq!(debug, debug.clone());
    assert_ne!(debug, User::delete("8").query(&json!({"q": "x"})));
}

#[test]
fn builders_refuse_unusable_settings() {
    use truto_core::Client;
    let token = || Client::builder().token("test-token");
    for (result, expected) in [
        (Client::builder().build(), "token"),
        (Client::new(""), "token is missing"),
        (Client::new("a b"), "space"),
        (Client::new("a\nb"), "line break"),
        (Client::new("é"), "tokens cannot contain"),
        (Client::new("Bearer abc"), "starts with `Bearer `"),
        (token().user_agent("a\r\nb").build(), "user agent"),
        (token().user_agent("").build(), "user agent"),
        (token().base_url("http://example.com").build(), "unencrypted"),
        (token().timeout(Duration::ZERO).build(), "zero"),
        (token().deadline(Duration::ZERO).build(), "zero"),
    ] {
        let error = result.expect_err(expected);
        assert!(error.is_invalid_request());
        assert!(error.to_string().contains(expected), "{error}");
    }
    let client = Client::new("test-token").expect("a client");
    for id in [
        "",
        "x",
        "62f44730dd91461ebd6aaedd9e0ad79d",
        "{62f44730-dd91-461e-bd6a-aedd9e0ad79d}",
        " 62f44730-dd91-461e-bd6a-aedd9e0ad79d",
        "62f44730-dd91-461e-bd6a-aedd9e0ad79g",
    ] {
        assert!(client.account(id).expect_err(id).is_invalid_request());
    }
}

#[test]
fn everything_can_cross_threads() {
    fn both<T: Send + Sync>() {}
    fn value<T: Clone + std::fmt::Debug>() {}
    fn sendable<T: Send>(_: T) {}
    struct Opaque;
    both::<truto_core::Client>();
    both::<Account>();
    both::<Error>();
    both::<Request<std::cell::Cell<u8>>>();
    value::<Request<Opaque>>();
    let client = truto_core::Client::new("test-token").expect("a client");
    sendable(User::delete("1").send(&client.token_account()));
}

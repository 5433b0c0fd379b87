//! Path arguments that are secrets: sent as they are, shown as their placeholders.

use std::fmt;

use serde::Deserialize;
use truto_core::resource::Get;
use truto_core::secrecy::SecretString;
use truto_core::{Request, endpoint};
use truto_tests::{Wire, http, json, token_account};

#[endpoint(
    method = "POST",
    path = "/hooks/<account>/<key>/<token>",
    secret = "token, key",
    name = "call",
    response = Self
)]
#[derive(Debug, PartialEq, Deserialize)]
struct Answer {}

const KEY: &str = "k3y/one";
const TOKEN: &str = "t0p-secret";
const SHOWN: &str = "/hooks/a%20b/<key>/<token>";

fn call() -> Request<Answer> {
    Answer::call("a b", KEY, SecretString::from(TOKEN))
}

#[test]
fn a_request_shows_placeholders_and_compares_secrets() {
    let request = call();
    assert_eq!(request.path(), SHOWN);
    for shown in [format!("{request:?}"), format!("{request:#?}"), request.to_curl()] {
        assert!(shown.contains(SHOWN), "{shown}");
        assert!(!shown.contains("k3y") && !shown.contains(TOKEN), "{shown}");
    }
    assert_eq!(call(), Answer::call("a b", KEY.to_owned(), TOKEN));
    for other in [Answer::call("a b", KEY, "other"), Answer::call("a b", "other", TOKEN)] {
        assert_eq!(format!("{other:?}"), format!("{:?}", call()));
        assert_ne!(other, call());
    }
}

#[tokio::test]
async fn secrets_are_sent_and_no_error_shows_them() {
    let reflected = r#"{"error":"no route /hooks/a b/k3y/one/t0p-secret","message":"k3y%2Fone"}"#;
    let wire = Wire::start([json("{}"), http("404 x", &[], reflected)]).await;
    let account = token_account(wire.builder());
    let sent = call().send(&account).await;
    assert_eq!(sent.expect("200"), Answer {});
    let line = wire.requests().remove(0);
    assert!(line.contains("/hooks/a%20b/k3y%2Fone/t0p-secret"), "{line}");

    let error = call().no_retry().send(&account).await.expect_err("404");
    let api = error.api().expect("an API error");
    let shown = format!("{error} {error:?} {api} {api:?} {:?}", error.endpoint());
    assert!(shown.contains("<token>") && shown.contains("[redacted]"), "{shown}");
    for secret in ["k3y", TOKEN] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[endpoint(method = "GET", path = "/proxy/keys/<key>", secret = "key")]
#[derive(Debug, Deserialize)]
struct Key {}

struct Unwritable;

impl fmt::Display for Unwritable {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Err(fmt::Error)
    }
}

#[test]
fn a_trait_keeps_the_secret_of_its_function() {
    let request = <Key as Get>::get(&TOKEN, &());
    assert_eq!((request.path(), &request), ("/proxy/keys/<key>", &Key::get(TOKEN)));
    assert!(!format!("{request:?} {}", request.to_curl()).contains(TOKEN));
    let refused = <Key as Get>::get(&Unwritable, &());
    assert!(format!("{refused:?}").contains("could not be formatted"), "{refused:?}");
}

#[tokio::test]
async fn a_redirect_and_a_cut_body_do_not_show_a_secret() {
    let location = format!("Location: https://{TOKEN}.example/hooks/k3y%2Fone/{TOKEN}");
    let cut =
        format!("{{\"unexpected\": \"/hooks/k3y%2Fone/{TOKEN}\", \"next\": \"{}", &TOKEN[..6]);
    let wire = Wire::start([http("302 x", &[&location], ""), json(&cut)]).await;
    let account = token_account(wire.builder());
    for _ in 0..2 {
        let error = call().no_retry().send(&account).await.expect_err("no answer");
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("k3y") && !shown.contains(&TOKEN[..6]), "{shown}");
    }
}

#[tokio::test]
async fn no_header_of_a_response_shows_the_secret() {
    let headers = [
        "Location: /hooks/a%20b/k3y%2Fone/t0p-secret/",
        "X-Original-Path: /hooks/a b/k3y/one/t0p-secret",
    ];
    let statuses = ["302 Found", "404 Not Found", "200 OK"];
    let wire = Wire::start(statuses.map(|status| http(status, &headers, "{}"))).await;
    let account = token_account(wire.builder());
    let mut shown = Vec::new();
    for _ in 0..2 {
        let error = call().no_retry().send(&account).await.expect_err("302, 404");
        shown.push(format!("{:?}", error.headers().expect("headers").iter().collect::<Vec<_>>()));
    }
    let response = call().response(&account).await.expect("200");
    shown.push(format!("{:?}", response.headers.iter().collect::<Vec<_>>()));
    for headers in shown {
        assert!(headers.contains("/hooks/a%20b/[redacted]/[redacted]/"), "{headers}");
        assert!(!headers.contains("k3y") && !headers.contains(TOKEN), "{headers}");
    }
}

#[tokio::test]
async fn a_refused_secret_is_not_shown() {
    let request = Answer::call("a", "k3y\n", TOKEN);
    let client = Wire::start([]).await.builder().build().expect("a client");
    let error = request.send(&client.token_account()).await.expect_err("a control character");
    assert!(error.is_invalid_request(), "{error:?}");
    let shown = format!("{request:?} {} {error} {error:?}", request.to_curl());
    assert!(!shown.contains("k3y") && !shown.contains(TOKEN), "{shown}");
}

//! No `Debug` output shows the token. Each row first proves that its value contains the token.

use std::fmt::Debug;
use std::future::ready;

use truto_core::bytes::Bytes;
use truto_core::{
    AccessToken, Account, Client, Deleted, Error, OrRaw, RemoteData, Request, Response, Upload,
    WithDebug, unified_endpoint,
};
use truto_tests::{ACCOUNT_ID, Record, Wire, http, json, token_account};

const TOKEN: &str = "s3cret-token";
const MINTED: &str = "m1nted-token";
/// Replaces the token in the texts of an error.
const REDACTED: &str = "[redacted]";
const RECORD: &str = r#"{"id":"1"}"#;

/// An endpoint whose body is an upload.
#[unified_endpoint(method = "POST", path = "/unified/m/file", name = "put", body = Upload, response = ())]
struct File;

/// Public types without a row, each with the reason.
const WITHOUT_ROW: [(&str, &str); 22] = [
    ("AttemptInfo", "no text but the endpoint and the caller's label"),
    ("Denied", "no text"),
    ("Endpoint", "no text but what the declaration says"),
    ("ErrorKind", "no text"),
    ("Filter", "the caller's own values, as `Option` would show them"),
    ("Id", "the id of a record, shown as `String` would"),
    ("KeyedPage", "the caller's own records, shown as they show themselves"),
    ("LimitedCall", "no text but the endpoint, the caller's label and a hash"),
    ("Limiter", "a trait"),
    ("Observation", "no text"),
    ("Output", "a trait"),
    ("Page", "the caller's own records, shown as they show themselves"),
    ("QueryParameters", "a trait"),
    ("RateLimit", "no text"),
    ("RequestBody", "a trait"),
    ("RetryPolicy", "no text"),
    ("SecretArgument", "a trait"),
    ("Throttle", "no text"),
    ("TokenSource", "a trait"),
    ("Turn", "no text"),
    ("TurnEvent", "no text"),
    ("Update", "the caller's own values, as `Option` would show them"),
];

#[tokio::test]
async fn no_debug_shows_the_token() {
    let mut rows = Rows(Vec::new());
    senders(&mut rows).await;
    requests(&mut rows);
    responses(&mut rows).await;
    errors(&mut rows).await;
    rows.0.extend(WITHOUT_ROW.map(|(name, _)| name));
    rows.0.sort_unstable();
    assert_eq!(rows.0, public_types(), "a public type has no row");
}

/// The names of the types that have a row.
struct Rows(Vec<&'static str>);

impl Rows {
    /// `is_held` is true if the value contains `TOKEN`.
    fn check(&mut self, name: &'static str, value: &impl Debug, is_held: bool) {
        assert!(is_held, "{name} does not hold the token, so this row would prove nothing");
        let shown = format!("{value:?} {value:#?}");
        assert!(!shown.contains(TOKEN) && !shown.contains(MINTED), "{name}: {shown}");
        self.0.push(name);
    }
}

/// Types that contain the token in order to send it: the server receives it.
async fn senders(rows: &mut Rows) {
    let sends_token = async |account: &Account, wire: &Wire| {
        Record::get("1").send(account).await.expect("200");
        wire.requests().pop().expect("a request").contains(TOKEN)
    };
    let wire = Wire::start([json(RECORD)]).await;
    let account = wire.account();
    rows.check("Account", &account, sends_token(&account, &wire).await);

    let wire = Wire::start([json(RECORD)]).await;
    let client = wire.account().client().clone();
    rows.check("Client", &client, sends_token(&client.token_account(), &wire).await);

    let wire = Wire::start([json(RECORD)]).await;
    let builder = wire.builder();
    let built = token_account(builder.clone());
    let userinfo = builder.clone().base_url(format!("https://u:{TOKEN}@h/"));
    assert!(!format!("{userinfo:?}").contains(TOKEN));
    rows.check("ClientBuilder", &builder, sends_token(&built, &wire).await);

    let wire = Wire::start([json(RECORD)]).await;
    let token = AccessToken::from(TOKEN);
    let copy = token.clone();
    let source = move || ready(Ok::<_, Error>(copy.clone()));
    let built = token_account(Client::builder().base_url(wire.base_url()).token_source(source));
    rows.check("AccessToken", &token, sends_token(&built, &wire).await);

    let minted = json(&format!(r#"{{"integrated_account_token":"{MINTED}"}}"#));
    let wire = Wire::start([minted, json(RECORD)]).await;
    let tokens = wire.account().client().account_tokens(ACCOUNT_ID).expect("a UUID");
    let own =
        token_account(Client::builder().base_url(wire.base_url()).token_source(tokens.clone()));
    Record::get("1").send(&own).await.expect("200");
    let [mint, call] = wire.requests().try_into().expect("two requests");
    rows.check("AccountTokens", &tokens, mint.contains(TOKEN) && call.contains(MINTED));

    let wire = Wire::start([json(&format!(r#"{{"result":[{RECORD}]}}"#))]).await;
    let list = Record::list().next_cursor(TOKEN);
    let mut pages = list.clone().pages(&wire.account());
    pages.next().await.expect("a page").expect("200");
    rows.check("Pages", &pages, pages.cursor() == Some(TOKEN));
    let mut items = list.items(&wire.account());
    items.next().await.expect("a record").expect("200");
    rows.check("Items", &items, items.cursor() == Some(TOKEN));
}

fn requests(rows: &mut Rows) {
    let upload = Upload::bytes("text/plain", TOKEN);
    let request = File::put(&upload);
    let holds = |request: &Request<()>| request.body_bytes() == Some(TOKEN.as_bytes());
    rows.check("Upload", &upload, holds(&request));
    let request = request.header("x-reflected", TOKEN).idempotency_key(TOKEN);
    rows.check(
        "Request",
        &request,
        holds(&request) && request.to_curl().matches(TOKEN).count() == 3,
    );
}

/// Types with data that a server sends back.
async fn responses(rows: &mut Rows) {
    let reflected = format!("x-reflected: {TOKEN}");
    let data = format!(r#"["{TOKEN}"]"#);
    let wire = Wire::start([http("200 OK", &[&reflected], RECORD)]).await;
    let response: Response<Record> = Record::get("1").response(&wire.account()).await.expect("200");
    rows.check("Response", &response, response.headers["x-reflected"] == TOKEN);

    let wire = Wire::start([json(&data)]).await;
    let deleted: Deleted<Record> = Record::delete("1").send(&wire.account()).await.expect("200");
    rows.check("Deleted", &deleted, deleted.raw().is_some_and(|raw| raw.get() == data));

    let remote: RemoteData = serde_json::from_str(&data).expect("JSON");
    rows.check("RemoteData", &remote, remote.get() == data);

    let either: OrRaw<u8> = serde_json::from_str(&data).expect("JSON");
    rows.check("OrRaw", &either, either.raw().is_some_and(|raw| raw.get() == data));

    let with_debug = format!(r#"{{"result":{RECORD},"debug":{{"requestOptions":{data}}}}}"#);
    let wire = Wire::start([json(&with_debug)]).await;
    let response: WithDebug<Record> =
        Record::get("1").debug().send(&wire.account()).await.expect("200");
    let debug = response.debug.as_ref().expect("debug output");
    rows.check("WithDebug", &response, debug["requestOptions"][0] == TOKEN);

    let media_type = format!("content-type: text/{TOKEN}");
    let wire = Wire::start([http("200 OK", &[&media_type], TOKEN)]).await;
    let stream = Record::get("1").stream().send(&wire.account()).await.expect("200");
    let shown = format!("{stream:?}");
    let is_media_type = stream.content_type().is_some_and(|kind| kind.contains(TOKEN));
    let mut body = Vec::new();
    stream.copy_to(&mut body).await.expect("a body");
    let is_held = is_media_type && Bytes::from(body) == TOKEN;
    rows.check("ByteStream", &shown, is_held);
}

/// Errors contain the headers as received, and a redacted copy of the body.
async fn errors(rows: &mut Rows) {
    let reflected = format!("x-reflected: {TOKEN}");
    let body = format!(
        r#"{{"statusCode":422,"error":"Unprocessable","message":"no {TOKEN}",
            "truto_error_insight":{{"other":"{TOKEN}"}},"raw_response":"{TOKEN}"}}"#
    );
    let wire = Wire::start([http("422 x", &[&reflected], body)]).await;
    let error = Record::get("1").send(&wire.account()).await.expect_err("422");
    let header = error.headers().expect("headers")["x-reflected"].clone();
    rows.check("Error", &error, header == TOKEN);
    let api = error.api().expect("an API error");
    let message = api.message.strip_prefix("no ").expect("the server's message");
    rows.check("ApiError", api, message == REDACTED);
    let insight = api.insight.as_ref().expect("an insight");
    let other = insight.other.get("other").and_then(|other| other.as_str()).expect("a text");
    rows.check("ErrorInsight", insight, other == REDACTED);
}

/// The names at the root of `truto_core`, but for those that other crates own.
fn public_types() -> Vec<&'static str> {
    let mut names: Vec<&str> = include_str!("../../truto-core/src/lib.rs")
        .split("pub use ")
        .skip(1)
        .filter_map(|rest| rest.split(';').next()?.split_once("::"))
        .filter(|(module, _)| !matches!(*module, "http" | "truto_macros"))
        .flat_map(|(_, names)| names.trim_matches(['{', '}']).split(','))
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .collect();
    names.sort_unstable();
    names
}

//! The sandbox behaves as Truto does.

mod admin;
mod faithful;
mod handlers;
mod onboarding;
mod rules;
mod server;

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use truto_core::{Client, Page, Request, StatusCode};
use truto_examples::e_signature::{ListUsers, SigningRequest, UpdateSigningRequest, User};
use truto_sandbox::{Fault, Sandbox};

fn list() -> Request<Page<Value>> {
    Request::unified("GET", "crm", "contacts", None)
}

fn get(id: &str) -> Request<Value> {
    Request::unified("GET", "crm", "contacts", id)
}

fn create(body: &Value) -> Request<Value> {
    Request::unified("POST", "crm", "contacts", None).body(body)
}

async fn sandbox() -> Sandbox {
    Sandbox::start().await.expect("a sandbox")
}

/// Sends a request as another client would, and returns the response.
///
/// `line` is `GET /path?query`; `headers` come with their line ends.
async fn raw(sandbox: &Sandbox, line: &str, headers: &str, body: &str) -> String {
    let authorization = format!("AUTHORIZATION: bearer {}\r\n", sandbox.token());
    let length = format!("content-LENGTH: {}\r\n", body.len());
    let head = format!("{line} HTTP/1.1\r\nhost: x\r\nConnection: close\r\n");
    bytes(sandbox, &format!("{head}{authorization}{length}{headers}\r\n{body}")).await
}

/// Sends bytes, and returns the response.
async fn bytes(sandbox: &Sandbox, bytes: &str) -> String {
    let address = sandbox.base_url().strip_prefix("http://").expect("a host");
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(bytes.as_bytes()).await.expect("sent");
    let mut response = Vec::new();
    stream.read_to_end(&mut response).await.expect("a response");
    String::from_utf8_lossy(&response).into_owned()
}

/// The JSON body of a raw response.
fn body(response: &str) -> Value {
    let (_, body) = response.split_once("\r\n\r\n").expect("a head");
    serde_json::from_str(body).expect("JSON")
}

fn status(response: &str) -> u16 {
    response.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status")
}

fn path(sandbox: &Sandbox, path: &str, query: &str) -> String {
    let id = sandbox.account_id();
    format!("{path}?integrated_account_id={id}{query}")
}

async fn with_users(count: usize) -> Sandbox {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    for number in 0..count {
        sandbox.insert(
            "e-signature",
            "users",
            json!({"id": format!("u{number}"), "name": "N", "remote_data": {"n": number}}),
        );
    }
    sandbox
}

#[tokio::test]
async fn records_are_listed_in_pages_got_and_deleted() {
    let sandbox = with_users(60).await;
    let account = sandbox.account();
    let list = User::list(&ListUsers::default());
    let page = list.send(&account).await.expect("a page");
    assert_eq!(page.result.len(), 25);
    assert_eq!(page.result_count, Some(25));
    assert!(page.next_cursor.is_some());
    let users = list.limit(7).all(&account).await.expect("all records");
    assert_eq!(users.len(), 60);
    assert_eq!(users[59].id, "u59");
    User::delete("u3").send(&account).await.expect("200");
    let error = User::get("u3").send(&account).await.expect_err("gone");
    assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
    let response = User::get("u4").response(&account).await.expect("200");
    assert_eq!(response.rate_limit.expect("a limit").limit, 500);
}

#[tokio::test]
async fn parameters_shape_the_response() {
    let sandbox = with_users(2).await;
    let account = sandbox.account();
    let user = User::get("u1").ignore_remote_data().exclude_fields(["name"]);
    let user = user.send(&account).await.expect("200");
    assert!(user.remote_data.is_none() && user.name.is_none());
    let raw = User::get("u1").raw().send(&account).await.expect("200");
    assert_eq!(raw, json!({"n": 1}));
    let debug = User::get("u1").debug().send(&account).await.expect("200");
    assert_eq!(debug.result.id, "u1");
    assert!(debug.debug.expect("debug")["requestUrl"].is_string());
    let keyed = User::list(&ListUsers::default()).key_by("id");
    let keyed = keyed.send(&account).await.expect("200");
    assert_eq!(keyed.result["u1"].id, "u1");
    let stream = User::get("u1").stream().send(&account).await.expect("200");
    let mut text = Vec::new();
    stream.copy_to(&mut text).await.expect("a copy");
    assert_eq!(serde_json::from_slice::<Value>(&text).expect("JSON")["id"], "u1");
}

#[tokio::test]
async fn writes_change_records() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let account = sandbox.account();
    let record = json!({"id": "s", "name": "N", "description": "D"});
    sandbox.insert("e-signature", "signing_requests", record);
    let update = UpdateSigningRequest {
        description: truto_core::Update::Clear,
        ..UpdateSigningRequest::default()
    };
    let updated = SigningRequest::update("s", &update).send(&account).await;
    let updated = updated.expect("200");
    assert_eq!((updated.name.as_deref(), updated.description), (Some("N"), None));
    let recorded = sandbox.requests();
    assert_eq!(recorded[0].json(), json!({"description": null}));
    assert!(recorded[0].headers["authorization"].is_sensitive());
}

#[tokio::test]
async fn tokens_and_accounts_are_checked() {
    let sandbox = with_users(1).await;
    let builder = || Client::builder().base_url(sandbox.base_url());
    let wrong = builder().token("wrong-token").build().expect("a client");
    let account = wrong.account(sandbox.account_id()).expect("a UUID");
    let error = User::get("u0").send(&account).await.expect_err("401");
    assert_eq!(error.status(), Some(StatusCode::UNAUTHORIZED));
    let right = builder().token(sandbox.token()).build().expect("a client");
    let error = User::get("u0").send(&right.token_account()).await.expect_err("400");
    let insight = error.api().expect("an error").insight.as_ref().expect("insight");
    assert_eq!(insight.missing_required_query_parameters, ["integrated_account_id"]);
    let other = right.account("00000000-0000-4000-8000-000000000000").expect("a UUID");
    let error = User::get("u0").send(&other).await.expect_err("404");
    assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
}

#[tokio::test]
async fn each_fault_affects_one_request() {
    let sandbox = with_users(1).await;
    let account = sandbox.account();
    let get = User::get("u0").no_retry();
    sandbox.fail_next(Fault::remote(422).header("x-a", "b"));
    let error = get.send(&account).await.expect_err("422");
    assert!(error.api().expect("an error").is_remote);
    sandbox.fail_next(Fault::html(502));
    let error = get.send(&account).await.expect_err("502");
    assert!(error.api().expect("an error").body.contains("<html>"));
    sandbox.fail_next(Fault::truncated());
    let error = get.send(&account).await.expect_err("cut");
    assert!(error.to_string().contains("cut short"), "{error}");
    sandbox.fail_next(Fault::reset());
    assert!(get.send(&account).await.expect_err("reset").status().is_none());
    sandbox.fail_next(Fault::delay(Duration::from_secs(60)));
    let slow = get.clone().timeout(Duration::from_millis(100));
    assert!(slow.send(&account).await.expect_err("slow").is_timeout());
    sandbox.fail_next(Fault::status(429).header("retry-after", "0"));
    sandbox.fail_next(Fault::body(500, "{}"));
    let response = User::get("u0").response(&account).await.expect("200");
    assert_eq!(response.attempts, 3);
    assert_eq!(get.send(&account).await.expect("200").id, "u0");
}

#[tokio::test]
async fn custom_methods_are_registered() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    sandbox.on_method("m", "r", "run", |received| json!({"result": {"got": received.json()}}));
    let request = truto_core::truto_core_runtime::request::<Value>(
        const {
            &truto_core::truto_core_runtime::endpoint(
                truto_core::Method::POST,
                "/unified/m/r/run",
                truto_core::truto_core_runtime::Role::Method,
            )
        },
        &[],
    );
    let response = request.send(&sandbox.account()).await.expect("200");
    assert_eq!(response, json!({"got": null}));
}

#[tokio::test]
async fn a_dropped_sandbox_stops() {
    let sandbox = with_users(1).await;
    let account = sandbox.account();
    User::get("u0").send(&account).await.expect("200");
    drop(sandbox);
    tokio::task::yield_now().await;
    let error = User::get("u0").no_retry().send(&account).await;
    assert!(error.is_err());
}

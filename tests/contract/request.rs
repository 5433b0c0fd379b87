//! Methods of every request, whatever it returns.

use std::fmt::{Debug, Display};
use std::future::Future;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::time::Duration;

use serde_json::{Value, json};
use truto_core::{
    Account, ByteStream, Endpoint, Error, HeaderMap, Method, RateLimit, Request, Response,
    RetryPolicy, StatusCode, WithDebug,
};

use crate::attribute::User;
use crate::has;

has!(Request<User>: Clone + PartialEq + Debug + Send + Sync + 'static);
has!(Response<User>: Debug + Send);
has!(WithDebug<User>: Debug + Clone + PartialEq);
has!(Endpoint: Debug + PartialEq);
has!(Endpoint: Eq + std::hash::Hash);
has!(Request<User>: UnwindSafe + RefUnwindSafe);

fn setters(request: Request<User>) {
    let request: Request<User> = request
        .ignore_remote_data()
        .exclude_fields(["groups"])
        .exclude_fields(vec![String::from("groups")])
        .remote_query(&json!({"a": 1}))
        .query(&[("a", "b")])
        .header("x-trace", "1")
        .timeout(Duration::from_secs(1))
        .deadline(Duration::from_secs(2))
        .no_retry()
        .retry(RetryPolicy::default())
        .idempotency_key("k")
        .idempotency_key(String::from("k"))
        .body_passthrough()
        .normalized();
    let request: Request<User> = request.max_wait(Duration::from_secs(1));
    let _: Request<Value> = request.clone().raw();
    let _: Request<Vec<User>> = request.clone().raw_as::<Vec<User>>();
    let _: Request<WithDebug<User>> = request.clone().debug();
    let _: Request<ByteStream> = request.clone().stream();
    let _: &'static Endpoint = request.endpoint();
    let _: &Method = request.method();
    let _: &str = request.path();
    let _: String = request.query_string();
    let _: Option<&[u8]> = request.body_bytes();
    let _: String = request.to_curl();
    let endpoint: &'static Endpoint = request.endpoint();
    let _: &Method = &endpoint.method;
    let _: &'static str = endpoint.path;
}

fn run_time_endpoints() {
    let _ = Request::<Value>::unified("GET", "crm", "contacts", None);
    let _ = Request::<Value>::unified(Method::GET, "crm", "contacts", "1");
    let _ = Request::<Value>::unified("GET", "crm", "contacts", Some("1"));
    let arguments: &[&dyn Display] = &[&"1", &2];
    let _ = Request::<Value>::at("GET", "/proxy/Contact/<id>/<other>", arguments);
}

/// The future owns what it needs: it outlives the request and the account.
fn send(id: &str, account: &Account) -> impl Future<Output = Result<User, Error>> + Send + use<> {
    User::get(id).send(account)
}

fn response(
    account: &Account,
) -> impl Future<Output = Result<Response<User>, Error>> + Send + use<> {
    User::get("1").response(account)
}

async fn joined(account: &Account) {
    let _ = tokio::join!(User::get("1").send(account), User::get("2").send(account));
    let _ = tokio::spawn(send("1", account)).await;
    let Ok(response) = response(account).await else { return };
    let Response { body, status, headers, rate_limit, attempts, .. } = response;
    let _: (User, StatusCode, HeaderMap, Option<RateLimit>, u32) =
        (body, status, headers, rate_limit, attempts);
}

fn with_debug(value: WithDebug<User>) {
    let WithDebug { result, debug, .. } = value;
    let _: (User, Option<Value>) = (result, debug);
}

fn rate_limit(limit: RateLimit) {
    let RateLimit { limit, remaining, reset, window, .. } = limit;
    let _: (u64, u64, Duration, Option<Duration>) = (limit, remaining, reset, window);
}

#[test]
fn a_request_shows_no_token() {
    let request = User::get("1").exclude_fields(["groups"]);
    assert!(request.to_curl().contains("$TRUTO_API_TOKEN"), "{}", request.to_curl());
    assert_eq!(request, request.clone());
    assert!(format!("{request:?}").contains("/unified/e-signature/users/1"));
    setters(request);
    run_time_endpoints();
}

/// The sizes that the pages of `Request` and of `send` state, on a 64-bit machine.
#[cfg(target_pointer_width = "64")]
#[test]
fn sizes_are_as_stated() {
    let account = truto_core::Client::new("test-token").expect("a client").token_account();
    let future = size_of_val(&User::get("1").send(&account));
    assert!(size_of::<Request<User>>() < 200);
    // Sizes differ by a few bytes between optimization levels, systems and compilers.
    assert!((2_100..=2_320).contains(&future), "{future}");
}

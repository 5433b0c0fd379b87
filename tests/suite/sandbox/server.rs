//! The sandbox as a server: malformed requests, many concurrent requests, and its shutdown.

use std::io::{Read as _, Write as _};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};
use truto_sandbox::{Fault, Sandbox};

use super::{body, bytes, create, get, list, path, raw, sandbox, status};

#[tokio::test]
async fn malformed_requests_get_http_errors() {
    let sandbox = sandbox().await;
    let authorization = format!("Authorization: Bearer {}\r\n", sandbox.token());
    for (request, expected) in [
        ("NONSENSE\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/1.1\r\nbad header\r\n\r\n".to_owned(), 400),
        (
            "GET /unified/%00/%ff%fe HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".to_owned(),
            401,
        ),
        (
            format!(
                "GET http://x/moon-phase?%%%=%zz&&=&[ HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{authorization}\r\n"
            ),
            404,
        ),
        (format!("OPTIONS * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{authorization}\r\n"), 404),
    ] {
        let response = bytes(&sandbox, &request).await;
        assert_eq!(status(&response), expected, "{request}: {response}");
    }
    let large = format!(
        "POST /unified/a/b HTTP/1.1\r\nhost: x\r\n{authorization}content-length: 999999999999\r\n\r\n"
    );
    let refused = bytes(&sandbox, &large).await;
    assert_eq!(status(&refused), 413, "{refused}");
    list().send(&sandbox.account()).await.expect("it still serves");
}

/// The fuzz target `sandbox` does this with bytes that it learns from.
#[test]
fn any_target_and_body_get_a_response() {
    let sandbox = Sandbox::start_blocking().expect("a sandbox");
    sandbox.insert("m", "r", json!({"id": "1", "a": {"b": [1]}}));
    let address = sandbox.base_url().trim_start_matches("http://");
    let target = "(unified/m/r|unified|proxy|integrated-account|batch-request|[!-~]{0,12})\
                  (/[!-~]{0,8}){0,3}(\\?[!-~]{0,40})?";
    let call = ("GET|POST|PATCH|PUT|DELETE|HEAD|[A-Z]{1,5}", target, ".{0,60}");
    proptest!(ProptestConfig::with_cases(400), |((method, target, body) in call)| {
        let target = target.replace('#', "");
        let mark = if target.contains('?') { '&' } else { '?' };
        let request = format!(
            "{method} /{target}{mark}integrated_account_id={} HTTP/1.1\r\nhost: x\r\n\
             connection: close\r\nauthorization: Bearer {}\r\ncontent-length: {}\r\n\r\n{body}",
            sandbox.account_id(), sandbox.token(), body.len(),
        );
        let mut stream = std::net::TcpStream::connect(address).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        stream.write_all(request.as_bytes()).expect("sent");
        let mut response = Vec::new();
        stream.read_to_end(&mut response).expect("an end");
        prop_assert!(response.starts_with(b"HTTP/1.1 "), "{request:?}");
    });
}

#[tokio::test]
async fn a_head_request_gets_the_head_of_its_get() {
    let sandbox = sandbox().await;
    sandbox.insert("crm", "contacts", json!({"id": "a b/c"}));
    let one = path(&sandbox, "/unified/crm/contacts/a%20b%2Fc", "");
    let got = raw(&sandbox, &format!("GET {one}"), "", "").await;
    assert_eq!(body(&got)["id"], "a b/c");
    let head = raw(&sandbox, &format!("HEAD {one}"), "", "").await;
    let (got_head, _) = got.split_once("\r\n\r\n").expect("a head");
    let (head, rest) = head.split_once("\r\n\r\n").expect("a head");
    let length = |head: &str| {
        let lines = head.lines();
        let mut lines = lines.filter(|line| line.to_lowercase().starts_with("content-length"));
        lines.next().map(str::to_owned)
    };
    assert_eq!((rest, status(head)), ("", 200));
    assert_eq!(length(head), length(got_head));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hundreds_of_connections_are_served_at_once() {
    let sandbox = sandbox().await;
    sandbox.insert("crm", "contacts", json!({"id": "1"}));
    // No request finishes before all have arrived.
    sandbox.latency(Duration::from_millis(300));
    let calls: Vec<_> =
        (0..400).map(|_| tokio::spawn(get("1").no_retry().send(&sandbox.account()))).collect();
    for call in calls {
        call.await.expect("no panic").expect("200");
    }
    assert_eq!(sandbox.received(&get("1")), 400);
}

#[tokio::test]
async fn inserts_do_not_get_slower() {
    let sandbox = sandbox().await;
    let started = std::time::Instant::now();
    sandbox.seed("crm", "contacts", 50_000, |number| json!({"id": number.to_string()}));
    // A linear search for each of them takes minutes.
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    let last = get("49999").send(&sandbox.account()).await.expect("200");
    assert_eq!(last["id"], "49999");
}

#[tokio::test]
async fn errors_name_a_dropped_sandbox() {
    let sandbox = sandbox().await;
    sandbox.insert("crm", "contacts", json!({"id": "1"}));
    let account = sandbox.account();
    let own = sandbox.client_builder().build().expect("a client");
    let own = own.account(sandbox.account_id()).expect("a UUID");
    get("1").send(&account).await.expect("200");
    sandbox.fail_next(Fault::delay(Duration::from_secs(60)));
    let running = tokio::spawn(create(&json!({})).send(&account));
    while sandbox.received(&create(&json!({}))) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    drop(sandbox);
    let error = running.await.expect("no panic").expect_err("it is gone");
    assert!(error.to_string().contains("the sandbox was dropped"), "{error}");
    assert!(error.may_have_applied(), "the request was received");
    for account in [account, own] {
        let error = get("1").send(&account).await.expect_err("it is gone");
        assert!(
            error.status() == Some(truto_core::StatusCode::GONE) && error.attempts() == 1,
            "{error}"
        );
        assert!(error.to_string().contains("keep it in a variable"), "{error}");
    }
}

#[test]
fn errors_name_a_sandbox_dropped_with_its_runtime() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let sandbox = runtime.block_on(Sandbox::start()).expect("a sandbox");
    let account = sandbox.account();
    drop(sandbox);
    drop(runtime);
    let error = create(&json!({"text": "x".repeat(1 << 20)})).send_blocking(&account);
    let error = error.expect_err("it is gone");
    assert!(error.to_string().contains("keep it in a variable"), "{error}");
    assert!(!error.may_have_applied() && error.attempts() == 1, "{error}");
}

#[test]
fn a_sandbox_starts_without_a_runtime() {
    let sandbox = Sandbox::start_blocking().expect("a sandbox");
    sandbox.insert("crm", "contacts", json!({"id": "1"}));
    let account = sandbox.account();
    assert_eq!(get("1").send_blocking(&account).expect("200")["id"], "1");
    assert_eq!(sandbox.received(&get("1")), 1);
    drop(sandbox);
    let error = get("1").send_blocking(&account).expect_err("it is gone");
    assert!(error.to_string().contains("the sandbox was dropped"), "{error}");
}

#[tokio::test]
async fn an_observer_sees_every_exchange() {
    let sandbox = sandbox().await;
    let log = Arc::new(Mutex::new(Vec::new()));
    let lines = Arc::clone(&log);
    sandbox.on_exchange(move |received, status| {
        let line = format!("{} {} {status}", received.method, received.path);
        lines.lock().expect("not poisoned").push(line);
    });
    let account = sandbox.account();
    create(&json!({"id": "1"})).send(&account).await.expect("201");
    sandbox.fail_next(Fault::status(403));
    assert!(get("1").send(&account).await.is_err());
    let log = log.lock().expect("not poisoned");
    assert_eq!(
        *log,
        ["POST /unified/crm/contacts 201 Created", "GET /unified/crm/contacts/1 403 Forbidden"]
    );
}

#[tokio::test]
async fn records_are_loaded_from_json() {
    let sandbox = sandbox().await;
    let good = json!({"crm": {"contacts": [{"id": "1"}, {"name": "Ada"}]}, "ats": {"jobs": []}});
    assert_eq!(sandbox.load(&good).expect("records"), 2);
    assert_eq!(list().all(&sandbox.account()).await.expect("a list").len(), 2);
    for (bad, place) in [
        (json!([]), "whose keys are models"),
        (json!({"crm": []}), "`crm`"),
        (json!({"crm": {"a": [{"id": "2"}], "contacts": {}}}), "`crm.contacts`"),
        (json!({"crm": {"contacts": [1]}}), "`crm.contacts`"),
    ] {
        let error = sandbox.load(&bad).expect_err("it has another form").to_string();
        assert!(error.contains(place), "{error}");
    }
    assert_eq!(sandbox.records("crm", "a"), Vec::<Value>::new());
}

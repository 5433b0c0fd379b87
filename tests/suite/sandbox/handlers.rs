//! Handlers: custom methods, and rules that make their replies.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use truto_core::{Page, Request, StatusCode};
use truto_sandbox::{Fault, Reply, Sandbox};

use super::{create, get, list, sandbox};

#[tokio::test]
async fn a_handler_may_use_the_sandbox() {
    let sandbox = Arc::new(sandbox().await);
    let inner = Arc::clone(&sandbox);
    sandbox.on_method("crm", "contacts", "import", move |_| {
        inner.insert("crm", "contacts", json!({"id": "1"}));
        json!({"ok": true})
    });
    let import = Request::<Value>::unified("POST", "crm", "contacts", "import");
    import.send(&sandbox.account()).await.expect("200");
    assert_eq!(sandbox.records("crm", "contacts").len(), 1);
}

#[tokio::test]
async fn handlers_set_status_headers_delay_and_body() {
    let sandbox = sandbox().await;
    let account = sandbox.account();
    sandbox.when(&list()).reply_with(|received| {
        let limit = received.parameter("limit");
        Reply::json(200, json!({"result": limit, "next_cursor": null}))
            .header("x-request-id", "r-1")
            .after(Duration::from_millis(50))
    });
    let started = Instant::now();
    let contacts = Request::<Page<Value>>::unified("GET", "crm", "contacts", None).limit(7);
    let response = contacts.response(&account).await.expect("200");
    assert!(started.elapsed() >= Duration::from_millis(50));
    assert_eq!(response.body.result, ["7"]);
    assert_eq!(response.headers["x-request-id"], "r-1");
    sandbox.when(&get("1")).reply_with(|_| Reply::error(422, "no such person"));
    let error = get("1").send(&account).await.expect_err("422");
    assert!(error.to_string().contains("no such person"), "{error}");
    sandbox.on_method("crm", "contacts", "purge", |_| Reply::empty());
    let purge = Request::<()>::unified("POST", "crm", "contacts", "purge");
    let purged = purge.response(&account).await.expect("204");
    assert_eq!(purged.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn an_assertion_in_a_handler_fails_the_test_with_its_own_message() {
    let sandbox = sandbox().await;
    sandbox.when(&get("1")).reply_with(|received| {
        assert_eq!(received.query, "limit=1", "the query differs");
        json!({})
    });
    let error = get("1").send(&sandbox.account()).await.expect_err("501");
    assert_eq!(error.attempts(), 1, "nothing is sent again");
    assert!(error.to_string().contains("the query differs"), "{error}");
    let dropped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(sandbox)));
    let message = dropped.expect_err("the test ignored the error");
    let message = message.downcast_ref::<String>().expect("a message");
    assert!(message.contains("GET /unified/crm/contacts/1"), "{message}");
    assert!(message.contains("the query differs"), "{message}");
}

#[tokio::test]
async fn faults_apply_to_an_endpoint_an_account_or_every_call() {
    let sandbox = sandbox().await;
    let account = sandbox.account();
    let acme = sandbox.account_named("acme");
    sandbox.seed("crm", "contacts", 3, |number| json!({"id": number.to_string()}));
    let status = |result: Result<Value, truto_core::Error>| {
        result.err().and_then(|error| error.status()).map(|status| status.as_u16())
    };
    sandbox.when_any().fail(Fault::status(400)).times(1);
    sandbox.when_endpoint(get("any").endpoint()).fail(Fault::status(403)).times(2);
    sandbox.when(&get("1")).on(&acme).fail(Fault::missing_scopes(["contacts:read"]));
    let mut seen = Vec::new();
    for id in ["1", "2", "1", "2"] {
        seen.push(status(get(id).send(&account).await));
    }
    // The endpoint's rule is more specific than the one for everything.
    assert_eq!(seen, [Some(403), Some(403), Some(400), None]);
    let error = get("1").send(&acme).await.expect_err("403");
    let insight = error.api().and_then(|api| api.insight.as_ref());
    assert_eq!(insight.expect("an insight").missing_scopes, ["contacts:read"]);
    sandbox.assert_used();

    sandbox.latency(Duration::from_millis(60));
    for _ in 0..2 {
        let started = Instant::now();
        get("1").send(&account).await.expect("200");
        assert!(started.elapsed() >= Duration::from_millis(60));
    }
}

#[tokio::test]
async fn assert_used_reports_unused_steps() {
    let sandbox = sandbox().await;
    sandbox.when(&get("1")).fail(Fault::status(500)).times(2).reply(json!({"id": "1"}));
    sandbox.fail_next(Fault::reset());
    sandbox.fail_next(Fault::reset());
    let get = get("1").no_retry();
    assert!(get.send(&sandbox.account()).await.is_err(), "the fault of `fail_next`");
    assert!(get.send(&sandbox.account()).await.is_err(), "the second one");
    assert!(get.send(&sandbox.account()).await.is_err(), "the first step");
    sandbox.fail_next(Fault::reset());
    let unused = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| sandbox.assert_used()));
    let unused = unused.expect_err("something is left");
    let message = unused.downcast_ref::<String>().expect("a message");
    for part in [
        "GET /unified/crm/contacts/1",
        "step 1 of 2 (a fault with 500), used 1 of 2 times",
        "step 2 of 2 (a reply with 200), used 0 of 1 times",
        "1 faults of `fail_next`",
    ] {
        assert!(message.contains(part), "{part} in {message}");
    }
}

#[tokio::test]
async fn a_rule_is_not_spent_on_a_call_without_a_token() {
    let sandbox: Sandbox = sandbox().await;
    sandbox.when(&create(&json!({}))).reply_status(201, json!({"id": "1"})).times(1);
    let client = sandbox.client_builder().token("wrong-token").build().expect("a client");
    let wrong = client.account(sandbox.account_id()).expect("a UUID");
    let error = create(&json!({})).send(&wrong).await.expect_err("401");
    assert_eq!(error.status(), Some(StatusCode::UNAUTHORIZED));
    assert_eq!(create(&json!({})).send(&sandbox.account()).await.expect("201")["id"], "1");
    assert_eq!(sandbox.received(&create(&json!({}))), 2);
    sandbox.clear_requests();
    assert_eq!(sandbox.received(&create(&json!({}))), 0);
}

//! The service on the sandbox, over HTTP.

mod common;

use std::time::Duration;

use common::Running;
use reqwest::StatusCode;
use serde_json::{Value, json};
use truto_core::Request;
use truto_sandbox::Fault;

fn list() -> Request<Value> {
    Request::unified("GET", "crm", "contacts", None)
}

#[tokio::test]
async fn a_customer_connects_loses_access_and_reconnects() {
    let service = Running::start().await;
    assert_eq!(service.get("/tenants/acme").await.status(), StatusCode::NOT_FOUND);
    service.connect("acme").await;
    service.until("/tenants/acme", &json!({"status": "ready", "contacts": 250})).await;

    let account = service.sandbox.account_named("acme");
    let event = json!({
        "event": "integrated_account:authentication_error",
        "payload": {"id": account.id(), "tenant_id": "acme", "status": "needs_reauth"},
    });
    service.sandbox.update_account(&account, &json!({"status": "needs_reauth"}));
    service.sandbox.deliver(&event).await.expect("delivered");
    service.until("/tenants/acme", &json!({"status": "needs_reauth", "contacts": 250})).await;

    let link = service.post("/tenants/acme/reconnect").send().await.expect("a response");
    service.allow(&link).await;
    service.until("/tenants/acme", &json!({"status": "ready", "contacts": 250})).await;
    assert_eq!(service.sandbox.account_named("acme").id(), account.id());

    // Another delivery of the failure, which comes after the reconnection.
    let read =
        Request::<Value>::at("GET", "/integrated-account/<id>", &[&account.id().expect("an id")]);
    let reads = service.sandbox.received(&read);
    service.sandbox.deliver(&event).await.expect("delivered");
    while service.sandbox.received(&read) == reads {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    service.until("/tenants/acme", &json!({"status": "ready", "contacts": 250})).await;

    let event = json!({"event": "integrated_account:deleted", "payload": {"id": account.id()}});
    service.sandbox.deliver(&event).await.expect("delivered");
    service.until_status("/tenants/acme", StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn deliveries_without_a_signature_are_refused() {
    let service = Running::start().await;
    let body = r#"{"event":"integrated_account:active","payload":{"id":"x","tenant_id":"acme"}}"#;
    let forged = service.post("/webhook").header("content-type", "application/json").body(body);
    assert_eq!(forged.send().await.expect("a response").status(), StatusCode::UNAUTHORIZED);
    assert_eq!(service.get("/tenants/acme").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn contacts_are_paged() {
    let service = Running::start().await;
    service.connect("acme").await;
    service.until_status("/tenants/acme", StatusCode::OK).await;
    let first: Value =
        service.get("/tenants/acme/contacts?limit=100").await.json().await.expect("JSON");
    assert_eq!(first["contacts"].as_array().map(Vec::len), Some(100));
    let cursor = first["next_cursor"].as_str().expect("a cursor");
    let next = format!("/tenants/acme/contacts?limit=100&cursor={cursor}");
    let next: Value = service.get(&next).await.json().await.expect("JSON");
    assert_eq!(next["contacts"][0]["id"], "100");
}

#[tokio::test]
async fn errors_are_problem_details() {
    let service = Running::start().await;
    service.connect("acme").await;
    service.until("/tenants/acme", &json!({"status": "ready", "contacts": 250})).await;
    for (fault, status, title) in [
        (Fault::remote(422), 422, "refused by the provider"),
        (Fault::remote(401), 424, "the account must be reconnected"),
        (Fault::remote(501), 502, "the provider cannot be reached"),
        // Truto's own 401 is about the token of the service.
        (Fault::status(401), 502, "the provider cannot be reached"),
        // The last one: the gate of the account is closed from here on.
        (Fault::status(429).header("retry-after", "300"), 503, "the provider is busy"),
    ] {
        service.sandbox.when(&list()).fail(fault).times(1);
        let response = service.get("/tenants/acme/contacts").await;
        assert_eq!(response.status().as_u16(), status);
        let headers = response.headers().clone();
        assert_eq!(headers["content-type"], "application/problem+json");
        assert_eq!(headers.contains_key("retry-after"), status == 503);
        let problem: Value = response.json().await.expect("JSON");
        assert_eq!((&problem["title"], &problem["status"]), (&json!(title), &json!(status)));
        let text = problem.to_string();
        assert!(!text.contains(service.sandbox.token()) && !text.contains("integrated_account_id"));
    }
    let sent = service.sandbox.received(&list());
    let held_back = service.get("/tenants/acme/contacts").await;
    assert_eq!(held_back.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(held_back.headers().contains_key("retry-after"));
    assert_eq!(service.sandbox.received(&list()), sent, "nothing is sent through a closed gate");
}

#[tokio::test]
async fn a_write_is_finished_though_its_client_goes_away() {
    let service = Running::start().await;
    service.connect("acme").await;
    service.until("/tenants/acme", &json!({"status": "ready", "contacts": 250})).await;
    service.sandbox.latency(Duration::from_millis(300));
    let write = service.post("/tenants/acme/contacts").json(&json!({"name": "Grace"}));
    let cut = write.timeout(Duration::from_millis(100)).send().await;
    assert!(cut.expect_err("the client leaves").is_timeout());
    service.app.finish().await;
    let account = service.sandbox.account_named("acme");
    let records = service.sandbox.records_of(&account, "crm", "contacts");
    assert_eq!(records.len(), 251);
}

#[tokio::test]
async fn forwards_the_idempotency_key() {
    let service = Running::start().await;
    service.connect("acme").await;
    service.until_status("/tenants/acme", StatusCode::OK).await;
    let write = || {
        let write = service.post("/tenants/acme/contacts").header("idempotency-key", "order-7");
        write.json(&json!({"name": "Grace"})).send()
    };
    let (first, second) = (write().await.expect("201"), write().await.expect("201"));
    assert_eq!(first.status(), StatusCode::CREATED);
    let (first, second): (Value, Value) =
        (first.json().await.expect("JSON"), second.json().await.expect("JSON"));
    assert_eq!(first, second);
}

#[tokio::test]
async fn files_pass_through() {
    let service = Running::start().await;
    service.connect("acme").await;
    service.until_status("/tenants/acme", StatusCode::OK).await;
    service.sandbox.declare("file-storage", "drive-items");
    let chunks = (0..64).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 64 * 1024]));
    let body = reqwest::Body::wrap_stream(futures_util::stream::iter(chunks));
    let upload =
        service.post("/tenants/acme/files").header("content-type", "text/plain").body(body);
    assert_eq!(upload.send().await.expect("a response").status(), StatusCode::CREATED);
    let received = service.sandbox.requests();
    let received = received.iter().find(|request| request.path.ends_with("drive-items"));
    assert_eq!(received.expect("the upload").body.len(), 64 * 64 * 1024);

    service.sandbox.on_download(
        "file-storage",
        "drive-items",
        "download",
        "text/html",
        "<b>hi</b>",
    );
    let file = service.get("/tenants/acme/files/7").await;
    assert_eq!(file.headers()["content-disposition"], "attachment");
    assert_eq!(file.text().await.expect("text"), "<b>hi</b>");
}

#[tokio::test]
async fn readiness_asks_truto() {
    let service = Running::start().await;
    assert_eq!(service.get("/live").await.status(), StatusCode::OK);
    assert_eq!(service.get("/ready").await.status(), StatusCode::OK);
    service.sandbox.fail_next(Fault::status(500));
    assert_eq!(service.get("/ready").await.status(), StatusCode::BAD_GATEWAY);
    assert_eq!(service.get("/live").await.status(), StatusCode::OK);
}

//! Endpoints that are known at run time only: the same bytes and the same refusals as declared ones.

use serde_json::{Value, json};
use truto_core::{Deleted, Method, Page, Request};
use truto_tests::{Wire, http};

async fn sent<O: truto_core::Output>(request: Request<O>) -> String {
    let wire = Wire::start([http("200 OK", &[], "{}")]).await;
    // The decoded value of `{}` is not checked here.
    let _ = request.send(&wire.account()).await;
    wire.requests().concat()
}

#[tokio::test]
async fn each_method_selects_its_route() {
    const ACCOUNT: &str = "integrated_account_id=62f44730-dd91-461e-bd6a-aedd9e0ad79d";
    let id = String::from("a/b");
    for (request, line, endpoint) in [
        (
            Request::<Value>::unified("GET", "crm", "contacts", None),
            "GET /unified/crm/contacts?",
            "GET /unified/<model>/<resource>",
        ),
        (
            Request::<Value>::unified(Method::GET, "file-storage", "drive-items", &*id),
            "GET /unified/file-storage/drive-items/a%2Fb?",
            "GET /unified/<model>/<resource>/<id>",
        ),
        (
            Request::<Value>::unified(Method::POST, "crm", "contacts", None).body(&json!({"a": 1})),
            "POST /unified/crm/contacts?",
            "POST /unified/<model>/<resource>",
        ),
        (
            Request::<Value>::unified("POST", "crm", "contacts", "merge").body(&json!({"a": 1})),
            "POST /unified/crm/contacts/merge?",
            "POST /unified/<model>/<resource>/<id>",
        ),
        (
            Request::<Value>::unified("PATCH", "crm", "contacts", Some("7")).body(&json!({"a": 1})),
            "PATCH /unified/crm/contacts/7?",
            "PATCH /unified/<model>/<resource>/<id>",
        ),
        (
            Request::<Value>::unified("DELETE", "crm", "contacts", "7"),
            "DELETE /unified/crm/contacts/7?",
            "DELETE /unified/<model>/<resource>/<id>",
        ),
    ] {
        assert_eq!(request.endpoint().to_string(), endpoint);
        let has_body = line.starts_with('P');
        let text = sent(request).await;
        assert!(text.starts_with(&format!("{line}{ACCOUNT} HTTP/1.1\r\n")), "{text}");
        assert_eq!(text.ends_with("\r\n\r\n{\"a\":1}"), has_body, "{text}");
        assert_eq!(text.contains("idempotency-key"), has_body, "{text}");
    }
}

#[tokio::test]
async fn the_caller_chooses_the_output() {
    let wire = Wire::start([
        http("200 OK", &[], r#"{"result":[{"id":1}],"next_cursor":"x"}"#),
        http("200 OK", &[], r#"{"result":[{"id":2}]}"#),
        http("204 x", &[], ""),
    ])
    .await;
    let account = wire.account();
    let list = Request::<Page<Value>>::unified("GET", "crm", "contacts", None).limit(1);
    let all = list.all(&account).await.expect("two pages");
    assert_eq!(all, [json!({"id": 1}), json!({"id": 2})]);
    let delete = Request::<Deleted<Value>>::unified("DELETE", "crm", "contacts", "7");
    assert_eq!(delete.send(&account).await.expect("204").id(), None);
}

#[tokio::test]
async fn invalid_runtime_endpoints_are_refused_before_sending() {
    let new = |method: &str, model: &str, resource: &str, id: Option<&str>| {
        Request::<Value>::unified(method, model, resource, id)
    };
    for (request, reason) in [
        (new("PUT", "crm", "contacts", Some("1")), "use `PATCH`"),
        (new("HEAD", "crm", "contacts", None), "is not GET, POST, PATCH or DELETE"),
        (new("no method", "crm", "contacts", None), "is not GET, POST, PATCH or DELETE"),
        (new("PATCH", "crm", "contacts", None), "an update needs an id"),
        (new("DELETE", "crm", "contacts", None), "a delete needs an id"),
        (new("DELETE", "crm", "contacts", Some("")), "`id` is empty"),
        (new("DELETE", "crm", "contacts", Some("..")), "`id`"),
        (new("GET", "", "contacts", None), "`model` is empty"),
        (new("GET", "crm/contacts", "x", None), "the model must consist of"),
        (new("GET", "crm", "../admin", None), "the resource must consist of"),
        (new("GET", "crm", "contacts?x", None), "the resource must consist of"),
        (new("GET", "crm", "contacts", None).body(&1), "only POST and PATCH have a body"),
        (new("DELETE", "crm", "contacts", Some("1")).body(&1), "only POST and PATCH have a body"),
    ] {
        let wire = Wire::start([http("200 OK", &[], "{}")]).await;
        let error = request.send(&wire.account()).await.expect_err(reason);
        assert!(error.is_invalid_request() && error.to_string().contains(reason), "{error}");
        assert_eq!(wire.requests().len(), 0, "{reason}");
    }
}

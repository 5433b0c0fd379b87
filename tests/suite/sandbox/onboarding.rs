//! The steps of a program that connects customers: accounts by state, link tokens, deliveries, runs, MCP.

use serde_json::{Value, json};
use truto_core::webhooks::{SIGNATURE_HEADER, verify};
use truto_core::{Deleted, Page, Request, StatusCode};
use truto_sandbox::Sandbox;
use truto_tests::{Wire, http};

use super::{list, sandbox};

fn at(method: &str, path: &'static str, arguments: &[&str]) -> Request<Value> {
    let arguments: Vec<&dyn std::fmt::Display> =
        arguments.iter().map(|argument| argument as &dyn std::fmt::Display).collect();
    Request::at(method, path, &arguments)
}

async fn send(sandbox: &Sandbox, request: Request<Value>) -> Value {
    request.send(&sandbox.client().token_account()).await.expect("2xx")
}

async fn status(sandbox: &Sandbox, request: Request<Value>) -> StatusCode {
    let error = request.send(&sandbox.client().token_account()).await.expect_err("an error");
    error.status().expect("a status")
}

#[tokio::test]
async fn accounts_are_filtered() {
    let sandbox = sandbox().await;
    for (name, state) in [("acme", "needs_reauth"), ("globex", "active"), ("initech", "active")] {
        sandbox.update_account(&sandbox.account_named(name), &json!({"status": state}));
    }
    for (query, expected) in [
        (json!({"status": "needs_reauth"}), 1),
        (json!({"status": {"ne": "active"}}), 1),
        (json!({"status": "connecting"}), 0),
        (json!({"tenant_id": "globex"}), 1),
        (json!({"tenant_id": {"like": "%e%x%"}}), 1),
        (json!({"integration.name": "sandbox"}), 4),
        (json!({"integration.name": "hubspot"}), 0),
        (json!({"is_sandbox": false}), 4),
        (json!({"features.super_query": "apac"}), 0),
        (json!({"created_at": {"gt": "2020-01-01"}}), 4),
        (json!({"created_at": {"lt": "2020-01-01"}}), 0),
    ] {
        let accounts = Request::<Page<Value>>::at("GET", "/integrated-account", &[]).query(&query);
        let accounts = accounts.all(&sandbox.client().token_account()).await.expect("a list");
        assert_eq!(accounts.len(), expected, "{query}");
    }
}

#[tokio::test]
async fn accounts_are_imported_refreshed_and_deleted_in_bulk() {
    let sandbox = sandbox().await;
    let body = json!({
        "tenant_id": "acme",
        "environment_integration_id": "7c2b1a40-51f7-4c1c-bd0e-6f3f1c9d8e33",
        "context": {"api_key": "s3cret", "region": "eu"},
        "authentication_method": "api_key",
    });
    let account = send(&sandbox, at("POST", "/integrated-account", &[]).body(&body)).await;
    assert_eq!(account["context"], json!({"region": "eu"}), "a credential is shown");
    let id = account["id"].as_str().expect("an id");
    assert_eq!(sandbox.account_named("acme").id(), Some(id));

    let refresh = at("POST", "/integrated-account/refresh-credentials", &[]);
    assert_eq!(send(&sandbox, refresh.clone().body(&json!({"id": id}))).await["success"], true);
    assert_eq!(status(&sandbox, refresh.body(&json!({}))).await, StatusCode::BAD_REQUEST);

    let delete = at("POST", "/integrated-account/bulk-delete", &[]);
    for refused in [
        json!({}),
        json!({"query": {}}),
        json!({"query": {"or": [{"status": "active"}]}}),
        json!({"query": {"limit": 1}}),
        json!({"query": {"status": {"in": []}}}),
        json!({"query": {"tenant_id": null}}),
    ] {
        let refused = delete.clone().body(&refused);
        assert_eq!(status(&sandbox, refused).await, StatusCode::BAD_REQUEST);
    }
    let query = json!({"tenant_id": {"in": ["acme", "globex"]}});
    send(&sandbox, delete.clone().body(&json!({"query": query, "dry_run": true}))).await;
    assert!(send(&sandbox, at("GET", "/integrated-account/<id>", &[id])).await.is_object());
    send(&sandbox, delete.body(&json!({"query": query}))).await;
    let gone = at("GET", "/integrated-account/<id>", &[id]);
    assert_eq!(status(&sandbox, gone).await, StatusCode::NOT_FOUND);
    list().send(&sandbox.account()).await.expect("another account stays");
}

#[tokio::test]
async fn calls_of_a_blocked_account_are_refused() {
    let sandbox = sandbox().await;
    sandbox.update_account(&sandbox.account(), &json!({"is_blocked": true}));
    let error = list().send(&sandbox.account()).await.expect_err("blocked");
    assert_eq!((error.status(), error.attempts()), (Some(StatusCode::SERVICE_UNAVAILABLE), 1));
    let path = "/integrated-account/<id>/capabilities";
    let capabilities = send(&sandbox, at("GET", path, &[sandbox.account_id()])).await;
    assert_eq!(capabilities["account"]["is_blocked"], true);
}

#[tokio::test]
async fn capabilities_are_complete_and_filtered() {
    let sandbox = sandbox().await;
    sandbox.insert("crm", "contacts", json!({"id": "1"}));
    sandbox.insert("proxy", "Contact", json!({"id": 1}));
    sandbox.on_method("proxy", "Contact", "merge", |_| json!({}));
    let path = "/integrated-account/<id>/capabilities";
    let capabilities = |query: Value| at("GET", path, &[sandbox.account_id()]).query(&query);
    let all = send(&sandbox, capabilities(json!({}))).await;
    assert_eq!(all["account"]["id"], sandbox.account_id());
    assert_eq!(all["integration"]["slug"], "sandbox");
    assert!(all["auth"]["fields"].is_array());
    assert_eq!(all["proxy"]["resources"][0]["name"], "Contact");
    assert_eq!(all["unified"][0]["resource"], "contacts");
    let unified = send(&sandbox, capabilities(json!({"type": "unified"}))).await;
    assert!(unified["proxy"].is_null());
    let custom = send(&sandbox, capabilities(json!({"type": "proxy", "methods": "custom"}))).await;
    let methods = custom["proxy"]["resources"][0]["methods"].as_array().expect("a list");
    assert_eq!(methods.len(), 1);
    assert_eq!(methods[0]["method"], "merge");
    let integration = send(&sandbox, at("GET", "/integration/<slug>/capabilities", &["x"])).await;
    assert!(integration["account"].is_null() && integration["unified"].is_array());
}

#[tokio::test]
async fn a_customer_connects_and_reconnects() {
    let sandbox = sandbox().await;
    let wire = Wire::start([http("200 OK", &[], "")]).await;
    let url = format!("{}/hooks", wire.base_url());
    let webhook = at("POST", "/webhook", &[]).body(&json!({"target_url": url}));
    let webhook = send(&sandbox, webhook).await;
    let secret = webhook["secret"].as_str().expect("a secret");
    let id = webhook["id"].as_str().expect("an id");
    assert!(send(&sandbox, at("GET", "/webhook/<id>", &[id])).await["secret"].is_null());

    let link = at("POST", "/link-token", &[]);
    let token = send(&sandbox, link.clone().body(&json!({"tenant_id": "acme"}))).await;
    let token = token["link_token"].as_str().expect("a token");
    let account = sandbox.connect(token).await.expect("connected");
    assert!(sandbox.connect(token).await.is_err(), "a link token works once");
    sandbox.update_account(&account, &json!({"status": "needs_reauth", "last_error": "401"}));

    let again = json!({"integrated_account_id": account.id()});
    let token = send(&sandbox, link.body(&again)).await;
    let same = sandbox.connect(token["link_token"].as_str().expect("a token")).await;
    assert_eq!(same.expect("connected").id(), account.id());
    let read = at("GET", "/integrated-account/<id>", &[account.id().expect("an id")]);
    let read = send(&sandbox, read).await;
    assert_eq!((&read["status"], &read["last_error"]), (&json!("active"), &Value::Null));

    let mut events = Vec::new();
    for request in wire.requests() {
        let (head, body) = request.split_once("\r\n\r\n").expect("a head");
        let signature = head.lines().find_map(|line| line.strip_prefix(SIGNATURE_HEADER));
        let signature = signature.expect("a signature").trim_start_matches(": ");
        verify(secret, signature, body.as_bytes()).expect("signed with the webhook's secret");
        let event: Value = serde_json::from_str(body).expect("JSON");
        assert_eq!(event["webhook_id"], id);
        assert_eq!(event["payload"]["id"], account.id().expect("an id"));
        events.push(event["event"].as_str().expect("text").to_owned());
    }
    let expected = ["created", "active", "updated", "active"];
    assert_eq!(events, expected.map(|event| format!("integrated_account:{event}")));
}

#[tokio::test]
async fn deliveries_match_event_types_and_are_retried() {
    let sandbox = sandbox().await;
    let failing = Wire::start([http("500 x", &[], ""), http("200 OK", &[], "")]).await;
    let other = Wire::start([http("200 OK", &[], "")]).await;
    for body in [
        json!({"target_url": failing.base_url(), "event_types": ["record:created"]}),
        json!({"target_url": other.base_url(), "event_types": ["record:deleted"]}),
        json!({"target_url": other.base_url(), "is_active": false}),
    ] {
        send(&sandbox, at("POST", "/webhook", &[]).body(&body)).await;
    }
    let event = json!({"id": "e1", "event": "record:created", "payload": {}});
    assert_eq!(sandbox.deliver(&event).await.expect("delivered"), [StatusCode::OK]);
    let sent = failing.requests();
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0], sent[1], "a repetition is the same delivery");
    assert_eq!(other.requests().len(), 0);
    assert!(sandbox.deliver(&json!({"payload": {}})).await.is_err());
}

#[tokio::test]
async fn a_webhook_can_be_tested() {
    let sandbox = sandbox().await;
    let wire = Wire::start([http("200 OK", &[], "")]).await;
    let webhook = at("POST", "/webhook", &[]).body(&json!({"target_url": wire.base_url()}));
    let webhook = send(&sandbox, webhook).await;
    let test = at("POST", "/webhook/test", &[]);
    assert_eq!(
        send(&sandbox, test.clone().body(&json!({"id": webhook["id"]}))).await["success"],
        true
    );
    wire.received().await;
    assert!(wire.requests()[0].contains(r#""event":"test""#));
    assert_eq!(status(&sandbox, test.body(&json!({"id": "x"}))).await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn runs_of_sync_jobs_end() {
    let sandbox = sandbox().await;
    let job = send(&sandbox, at("POST", "/sync-job", &[]).body(&json!({"label": "nightly"}))).await;
    let run = json!({"sync_job_id": job["id"], "integrated_account_id": sandbox.account_id()});
    let run = send(&sandbox, at("POST", "/sync-job-run", &[]).body(&run)).await;
    let id = run["id"].as_str().expect("an id").to_owned();
    let get = || at("GET", "/sync-job-run/<id>", &[&id]);
    let mut seen = vec![run["status"].clone()];
    for _ in 0..3 {
        seen.push(send(&sandbox, get()).await["status"].clone());
    }
    assert_eq!(seen, ["created", "running", "completed", "completed"]);
    let missing = at("POST", "/sync-job-run", &[]).body(&json!({"sync_job_id": job["id"]}));
    assert_eq!(status(&sandbox, missing).await, StatusCode::BAD_REQUEST);
    let list = at("GET", "/sync-job-run", &[]).query(&json!({"status": "completed"}));
    assert_eq!(send(&sandbox, list).await["result"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn meta_is_a_route_not_a_model() {
    let sandbox = sandbox().await;
    sandbox.insert("crm", "contacts", json!({"id": "1", "age": 7}));
    let own = at("GET", "/unified/crm/contacts/meta/create", &[]);
    let meta = own.send(&sandbox.account()).await.expect("200");
    assert_eq!(meta["schema"]["properties"]["age"]["type"], "number");
    assert_eq!(meta["request_body_schema"]["properties"]["age"]["type"], "number");
    let missing = at("GET", "/unified/crm/contacts/meta/merge", &[]);
    let error = missing.send(&sandbox.account()).await.expect_err("no such method");
    assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
}

#[tokio::test]
async fn ids_are_read_from_the_body() {
    let sandbox = sandbox().await;
    let account = sandbox.account();
    sandbox.insert("crm", "contacts", json!({"id": "1", "name": "Ada"}));
    let update =
        at("PATCH", "/unified/crm/contacts", &[]).body(&json!({"id": "1", "name": "Grace"}));
    assert_eq!(update.send(&account).await.expect("200")["name"], "Grace");
    let nameless = at("PATCH", "/unified/crm/contacts", &[]).body(&json!({"name": "Grace"}));
    assert!(nameless.send(&account).await.is_err());
    let delete = Request::<Deleted<Value>>::at("DELETE", "/unified/crm/contacts", &[]);
    let deleted = delete.query(&json!({"id": "1"})).send(&account).await.expect("200");
    assert_eq!(deleted.id(), Some("1"));
}

#[tokio::test]
async fn providers_answer_with_arrays_and_take_any_path() {
    let sandbox = sandbox().await;
    let account = sandbox.account();
    let create = at("POST", "/proxy/Contact", &[]).body(&json!([{"id": "1"}, {"id": "2"}]));
    assert_eq!(create.send(&account).await.expect("201"), json!([{"id": "1"}, {"id": "2"}]));
    sandbox.insert("custom", "me/messages", json!({"id": "7", "subject": "Hello"}));
    let one = at("GET", "/custom/me/messages/<id>", &["7"]).send(&account).await.expect("200");
    assert_eq!(one["subject"], "Hello");
}

#[tokio::test]
async fn tools_are_called_through_mcp() {
    let sandbox = sandbox().await;
    sandbox.insert("crm", "contacts", json!({"id": "1", "name": "Ada"}));
    let path = "/integrated-account/<account>/mcp";
    let create = at("POST", path, &[sandbox.account_id()]);
    let server = send(&sandbox, create.body(&json!({"name": "assistant", "config": {}}))).await;
    let token = server["token"].as_str().expect("a token").to_owned();
    let servers = send(&sandbox, at("GET", path, &[sandbox.account_id()])).await;
    assert!(servers["result"][0]["token"].is_null(), "a token is shown once");
    let call = |method: &str, params: Value| {
        at("POST", "/mcp/<token>", &[&token])
            .body(&json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}))
    };
    let first = send(&sandbox, call("initialize", json!({}))).await;
    assert_eq!(first["result"]["protocolVersion"], "2024-11-05");
    let tools = send(&sandbox, call("tools/list", json!({}))).await;
    let names: Vec<&str> = tools["result"]["tools"]
        .as_array()
        .expect("tools")
        .iter()
        .filter_map(|tool| tool["name"].as_str())
        .collect();
    assert!(names.contains(&"get_crm_contacts"), "{names:?}");
    let params = json!({"name": "get_crm_contacts", "arguments": {"id": "1"}});
    let called = send(&sandbox, call("tools/call", params)).await;
    let text = called["result"]["content"][0]["text"].as_str().expect("text");
    assert_eq!(serde_json::from_str::<Value>(text).expect("JSON")["name"], "Ada");
    let wrong = at("POST", "/mcp/<token>", &["guess"]).body(&json!({"method": "initialize"}));
    assert_eq!(status(&sandbox, wrong).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_unknown_route_is_refused_with_the_known_ones() {
    let sandbox = sandbox().await;
    assert!(send(&sandbox, at("GET", "/ping", &[])).await.is_object());
    let error = at("GET", "/moon-phase", &[]).send(&sandbox.client().token_account()).await;
    let error = error.expect_err("404");
    assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
    let text = error.to_string();
    assert!(text.contains("`GET /moon-phase`") && text.contains("webhook"), "{text}");
}

#[tokio::test]
async fn an_unreachable_webhook_does_not_affect_the_others() {
    let sandbox = sandbox().await;
    let wire = Wire::start([http("200 OK", &[], "")]).await;
    // Bound, so that no other test gets the port, but nothing listens there.
    let bound = || {
        let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
        socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
        socket
    };
    let bound = [bound(), bound()];
    let closed =
        bound.each_ref().map(|socket| format!("http://{}/", socket.local_addr().expect("bound")));
    for target in [closed[0].as_str(), wire.base_url(), closed[1].as_str()] {
        send(&sandbox, at("POST", "/webhook", &[]).body(&json!({"target_url": target}))).await;
    }
    let event = json!({"event": "record:created", "payload": {}});
    let error = sandbox.deliver(&event).await.expect_err("two failures").to_string();
    assert!(closed.iter().all(|url| error.contains(url)), "{error}");
    assert_eq!(wire.requests().len(), 1);

    let link = at("POST", "/link-token", &[]).body(&json!({"tenant_id": "acme"}));
    let link = send(&sandbox, link).await;
    sandbox.connect(link["link_token"].as_str().expect("a token")).await.expect_err("failures");
    assert_eq!(wire.requests().len(), 3, "created and active");
}

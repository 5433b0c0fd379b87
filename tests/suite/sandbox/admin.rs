//! Accounts, their tokens, and Truto's own routes.

use serde_json::{Value, json};
use truto_core::{Client, Page, Request, StatusCode};

use super::{get, list, sandbox};

#[tokio::test]
async fn accounts_have_records_of_their_own() {
    let sandbox = sandbox().await;
    let acme = sandbox.account_named("acme");
    sandbox.insert_for(&acme, "crm", "contacts", json!({"id": "1"}));
    assert_eq!(list().all(&acme).await.expect("a list").len(), 1);
    assert_eq!(list().all(&sandbox.account()).await.expect("a list").len(), 0);
    assert_eq!(sandbox.account_named("acme").id(), acme.id());
    let all = Request::<Page<Value>>::at("GET", "/integrated-account", &[]);
    let all = all.send(&sandbox.client().token_account()).await.expect("200");
    assert_eq!(all.result.len(), 2);
}

#[tokio::test]
async fn tokens_of_accounts_reach_their_account_alone() {
    let sandbox = sandbox().await;
    sandbox.insert("crm", "contacts", json!({"id": "1"}));
    let source = sandbox.client().account_tokens(sandbox.account_id());
    let client = Client::builder()
        .token_source(source.expect("an id"))
        .base_url(sandbox.base_url())
        .build()
        .expect("a client");
    let account = client.token_account();
    assert_eq!(list().all(&account).await.expect("a list").len(), 1);
    let admin = Request::<Page<Value>>::at("GET", "/integrated-account", &[]);
    let error = admin.send(&account).await.expect_err("out of reach");
    assert_eq!(error.status(), Some(StatusCode::FORBIDDEN));
    let error = admin.send(&sandbox.account()).await.expect_err("on an account");
    assert!(error.is_invalid_request(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn tokens_of_accounts_live_15_minutes() {
    let sandbox = sandbox().await;
    let mint = Request::<Value>::at("POST", "/integrated-account/token", &[]);
    let all = sandbox.client().token_account();
    let minted = mint.body(&json!({"integrated_account_id": sandbox.account_id()}));
    let minted = minted.send(&all).await.expect("201");
    let token = minted["integrated_account_token"].as_str().expect("text").to_owned();
    let client = sandbox.client_builder().token(token).build().expect("a client");
    let account = client.token_account();
    list().send(&account).await.expect("within its life");
    let me = Request::<Value>::at("GET", "/integrated-account/me", &[]);
    assert_eq!(me.send(&account).await.expect("200")["id"], sandbox.account_id());
    tokio::time::advance(std::time::Duration::from_secs(15 * 60 + 1)).await;
    let error = list().send(&account).await.expect_err("it ended");
    assert_eq!(error.status(), Some(StatusCode::UNAUTHORIZED));
    // Without an account, or with an unknown one, there is no token.
    let mint = Request::<Value>::at("POST", "/integrated-account/token", &[]);
    let error = mint.clone().body(&json!({})).send(&all).await;
    assert_eq!(error.expect_err("400").status(), Some(StatusCode::BAD_REQUEST));
    let unknown = json!({"integrated_account_id": "00000000-0000-4000-8000-000000000000"});
    let error = mint.body(&unknown).send(&all).await;
    assert_eq!(error.expect_err("404").status(), Some(StatusCode::NOT_FOUND));
}

#[tokio::test]
async fn accounts_are_listed_in_pages_and_deleted() {
    let sandbox = sandbox().await;
    let all = sandbox.client().token_account();
    for number in 0..6 {
        let account = sandbox.account_named(&format!("customer {number}"));
        sandbox.insert_for(&account, "crm", "contacts", json!({"id": "1"}));
    }
    let accounts = Request::<Page<Value>>::at("GET", "/integrated-account", &[]);
    let page = accounts.clone().limit(3).raw().send(&all).await.expect("200");
    assert_eq!(page["limit"], 3);
    assert!(page["next_cursor"].is_string());
    let listed = accounts.limit(3).all(&all).await.expect("200");
    assert_eq!(listed.len(), 7);
    assert_eq!(listed[1]["tenant_id"], "customer 0");

    let gone = sandbox.account_named("customer 0");
    let id = gone.id().expect("an id").to_owned();
    let one = |method| Request::<Value>::at(method, "/integrated-account/<id>", &[&id]);
    assert_eq!(one("GET").send(&all).await.expect("200")["status"], "active");
    let renamed = one("PATCH").body(&json!({"id": "x", "status": "needs_reauth"}));
    assert_eq!(renamed.send(&all).await.expect("200")["id"], id.as_str());
    one("DELETE").send(&all).await.expect("200");
    for call in [one("GET"), one("DELETE")] {
        let error = call.send(&all).await.expect_err("it is gone");
        assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
    }
    assert!(get("1").send(&gone).await.is_err());
    assert_eq!(sandbox.records_of(&gone, "crm", "contacts"), Vec::<Value>::new());
}

#[tokio::test]
async fn models_and_capabilities_list_known_resources() {
    let sandbox = sandbox().await;
    let all = sandbox.client().token_account();
    sandbox.insert("crm", "contacts", json!({"id": "1", "age": 7, "tags": []}));
    sandbox.on_method("crm", "contacts", "merge", |_| json!({}));
    sandbox.declare("ats", "jobs");
    sandbox.insert("proxy", "Contact", json!({"Id": 1}));
    let capabilities = "/integrated-account/<id>/capabilities";
    let capabilities = Request::<Value>::at("GET", capabilities, &[&sandbox.account_id()]);
    let capabilities = capabilities.send(&all).await.expect("200");
    let unified = capabilities["unified"].as_array().expect("a list");
    assert_eq!(unified.len(), 2);
    assert_eq!(unified[1]["resource"], "contacts");
    let methods = json!(["list", "get", "create", "update", "delete", "merge"]);
    assert_eq!(unified[1]["methods"], methods);

    let models = Request::<Page<Value>>::at("GET", "/unified-model", &[]);
    let models = models.query(&json!({"name": "crm"})).send(&all).await.expect("200");
    assert_eq!(models.result.len(), 1);
    let contacts = &models.result[0]["resources"]["contacts"];
    assert_eq!(contacts["schema"]["properties"]["age"], json!({"type": "number"}));
    assert!(contacts["integration_mapping"]["sandbox"]["merge"].is_object());

    let link = Request::<Value>::at("POST", "/link-token", &[]).body(&json!({"tenant_id": "t"}));
    assert!(link.send(&all).await.expect("201")["link_token"].is_string());
}

#[tokio::test]
async fn a_batch_reports_each_call() {
    let sandbox = sandbox().await;
    sandbox.seed(
        "crm",
        "contacts",
        60,
        |number| json!({"id": number.to_string(), "even": number % 2 == 0}),
    );
    sandbox.on_method("crm", "contacts", "merge", |received| {
        json!({"path": received.path, "into": received.parameter("into"), "ids": received.json()["ids"]})
    });
    let batch = Request::<Value>::at("POST", "/batch-request", &[]).body(&json!({
        "integrated_account_id": sandbox.account_id(),
        "resources": [
            {"resource": "crm/contacts", "method": "list", "query": {"even": true}},
            {"resource": "crm/contacts", "method": "get", "id": "7", "name": "seven"},
            {"resource": "crm/contacts", "method": "delete", "id": "x", "name": "nobody"},
            {"resource": "crm/contcats", "method": "list"},
            {"resource": "crm/contacts", "method": "create", "body": {"id": "new"}, "name": "new"},
            {"resource": "crm/contacts", "method": "merge", "query": {"into": "a b"}, "body": {"ids": ["1", "2"]}, "name": "merged"},
            {"resource": "crm/contacts", "method": "split", "name": "split"},
        ],
    }));
    let done = batch.send(&sandbox.client().token_account()).await.expect("200");
    assert_eq!(done["result"]["crm/contacts"].as_array().map(Vec::len), Some(30));
    assert_eq!(done["result"]["seven"][0]["id"], "7");
    assert_eq!(done["result"]["new"][0]["id"], "new");
    assert_eq!(done["errors"]["crm/contacts"], json!([]));
    assert_eq!(done["errors"]["nobody"][0]["statusCode"], 404);
    assert_eq!(done["errors"]["crm/contcats"][0]["statusCode"], 404);
    assert_eq!(
        done["result"]["merged"][0],
        json!({"path": "/unified/crm/contacts/merge", "into": ["a b"], "ids": ["1", "2"]})
    );
    assert_eq!(done["errors"]["split"][0]["statusCode"], 404);
    assert_eq!(sandbox.records("crm", "contacts").len(), 61);
}

#[tokio::test]
async fn the_parts_of_a_batch_wait_for_each_other() {
    let sandbox = sandbox().await;
    sandbox.declare("crm", "contacts");
    let part = |name: &str, method: &str, after: Value| json!({"resource": "crm/contacts", "method": method, "id": "1", "body": {"id": "1"}, "name": name, "depends_on": after});
    let batch = Request::<Value>::at("POST", "/batch-request", &[]).body(&json!({
        "integrated_account_id": sandbox.account_id(),
        "resources": [
            part("read", "get", json!(["made"])),
            part("made", "create", Value::Null),
            part("gone", "get", json!("removed")),
            part("removed", "delete", json!(["read"])),
            part("after", "create", json!(["gone"])),
            part("one", "list", json!(["other"])),
            part("other", "list", json!(["one"])),
            part("lost", "list", json!(["nobody"])),
        ],
    }));
    let account = sandbox.client().token_account();
    let done = batch.send(&account).await.expect("200");
    assert_eq!(done["result"]["read"], json!([{"id": "1"}]), "{done}");
    assert_eq!(done["result"]["removed"].as_array().map(Vec::len), Some(1));
    for (name, status) in
        [("gone", 404), ("after", 424), ("one", 400), ("other", 424), ("lost", 400)]
    {
        assert_eq!(done["errors"][name][0]["statusCode"], status, "{name}: {done}");
    }
    assert_eq!(sandbox.records("crm", "contacts"), Vec::<Value>::new());
}

#[tokio::test]
async fn a_batch_expands_no_text_of_a_record_and_refuses_unknown_keys() {
    let sandbox = sandbox().await;
    let text = "{{resources.Deal.name}}";
    sandbox.insert("proxy", "Deal", json!({"id": "1", "name": text}));
    sandbox.declare("crm", "notes");
    let batch = |resources: Value| {
        Request::<Value>::at("POST", "/batch-request", &[])
            .body(&json!({"integrated_account_id": sandbox.account_id(), "resources": resources}))
    };
    let account = sandbox.client().token_account();
    let parts = json!([
        {"resource": "Deal", "method": "list"},
        {"resource": "crm/notes", "method": "create", "body": {"text": text}, "depends_on": "Deal"},
        {"resource": "crm/notes", "method": "list", "loop_on": "args.ids", "name": "looped"},
        {"resource": "crm/notes", "method": "list", "recurse": {"if": "true"}, "name": "tree"},
    ]);
    let done = batch(parts).send(&account).await.expect("200");
    assert_eq!(done["result"]["crm/notes"][0]["text"], text, "{done}");
    for name in ["looped", "tree"] {
        assert_eq!(done["errors"][name][0]["statusCode"], 501, "{done}");
    }
    let error = batch(json!([])).send(&account).await.expect_err("no parts");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(400));
}

#[tokio::test]
async fn proxy_and_custom_routes_are_resources_too() {
    let sandbox = sandbox().await;
    let account = sandbox.account();
    sandbox.insert("proxy", "Contact", json!({"id": "a/b", "Name": "Ada"}));
    sandbox.insert("custom", "rates", json!({"id": "eur", "value": 1}));
    let contact = Request::<Value>::at("GET", "/proxy/Contact/<id>", &[&"a/b"]);
    assert_eq!(contact.send(&account).await.expect("200")["Name"], "Ada");
    let put = Request::<Value>::at("PUT", "/custom/rates/<id>", &[&"eur"]);
    let put = put.body(&json!({"value": 2})).send(&account).await.expect("200");
    assert_eq!(put, json!({"id": "eur", "value": 2}));
    sandbox.on_method("custom", "rates", "refresh", |_| json!({"result": {"fresh": true}}));
    let refresh = Request::<Value>::at("POST", "/custom/rates/refresh", &[]);
    assert_eq!(refresh.send(&account).await.expect("200"), json!({"fresh": true}));
}

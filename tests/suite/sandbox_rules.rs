//! The sandbox as tests use it: rules by requests, and what other people's clients send it.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use truto_core::sandbox::{Fault, Sandbox};
use truto_core::{Client, Deleted, Page, Request, StatusCode};

type Contacts = Request<Page<Value>>;

fn list() -> Contacts {
    Contacts::unified("GET", "crm", "contacts", None)
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

/// Sends bytes as another client would, and returns the response.
async fn raw(sandbox: &Sandbox, line: &str, body: &str) -> String {
    let address = sandbox.base_url().strip_prefix("http://").expect("a host");
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let request = format!(
        "{line} HTTP/1.1\r\nHost: x\r\nAUTHORIZATION: Bearer {}\r\nConnection: close\r\n\
         Content-Length: {}\r\n\r\n{body}",
        sandbox.token(),
        body.len()
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut response = String::new();
    stream
        .read_to_string(&mut response)
        .await
        .expect("a response");
    response
}

fn path(sandbox: &Sandbox, path: &str, query: &str) -> String {
    let id = sandbox.account_id();
    format!("{path}?integrated_account_id={id}{query}")
}

#[tokio::test]
async fn steps_follow_each_other_and_end_in_the_sandbox() {
    let sandbox = sandbox().await;
    let account = sandbox.account();
    sandbox.insert("crm", "contacts", json!({"id": "7", "name": "stored"}));
    sandbox
        .when(&get("7"))
        .reply(json!({"id": "7", "name": "first"}))
        .reply_status(404, json!({"message": "gone"}))
        .reply(json!({"id": "7", "name": "again"}))
        .times(2);
    let name = |contact: Result<Value, truto_core::Error>| match contact {
        Ok(contact) => contact["name"].as_str().unwrap_or_default().to_owned(),
        Err(error) => error.status().expect("a status").as_str().to_owned(),
    };
    let mut names = Vec::new();
    for _ in 0..5 {
        names.push(name(get("7").send(&account).await));
    }
    assert_eq!(names, ["first", "404", "again", "again", "stored"]);
    assert_eq!(sandbox.received(&get("7")), 5);
    assert_eq!(sandbox.received(&get("8")), 0);
    sandbox.assert_used();
    sandbox.assert_received(&get("7"));
}

#[tokio::test]
async fn the_more_specific_rule_wins_then_the_later() {
    let sandbox = sandbox().await;
    let account = sandbox.account();
    sandbox
        .when(&create(&json!({"a": 1, "b": 2})))
        .reply(json!({"id": "body"}));
    let bare = Request::<Value>::unified("POST", "crm", "contacts", None);
    sandbox.when(&bare).reply(json!({"id": "earlier"}));
    sandbox.when(&bare).reply(json!({"id": "later"}));
    let sent = |body: Value| {
        let request = create(&body);
        let account = account.clone();
        async move { request.send(&account).await.expect("a reply")["id"].clone() }
    };
    assert_eq!(sent(json!({"b": 2, "a": 1})).await, "body");
    assert_eq!(sent(json!({"b": 3})).await, "later");
    sandbox.when(&list().limit(2)).reply(json!({"result": [2]}));
    let page = list().limit(2).next_cursor("x").send(&account).await;
    assert_eq!(page.expect("more pairs may come").result, [2]);
    assert!(
        list()
            .limit(3)
            .send(&account)
            .await
            .expect("a page")
            .result
            .is_empty()
    );
    sandbox.fail_next(Fault::status(418));
    let error = list()
        .limit(2)
        .send(&account)
        .await
        .expect_err("before all rules");
    assert_eq!(error.status(), Some(StatusCode::IM_A_TEAPOT));
}

#[tokio::test]
async fn what_did_not_come_is_shown_beside_what_did() {
    let sandbox = sandbox().await;
    create(&json!({"name": "Ada"}))
        .send(&sandbox.account())
        .await
        .expect("201");
    let missing = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        sandbox.assert_received(&create(&json!({"name": "Bob"})));
    }));
    let message = missing.expect_err("it was not received");
    let message = message.downcast_ref::<String>().expect("a message");
    for part in [
        "POST /unified/crm/contacts",
        r#"{"name":"Bob"}"#,
        r#"{"name":"Ada"}"#,
    ] {
        assert!(message.contains(part), "{message}");
    }
    sandbox.when(&get("1")).fail(Fault::status(500));
    let unused = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| sandbox.assert_used()));
    assert!(unused.is_err());
}

#[tokio::test]
async fn query_forms_of_the_official_sdks() {
    let sandbox = sandbox().await;
    for (id, name) in [("1", "Ada L"), ("2", "Bob")] {
        sandbox.insert("crm", "contacts", json!({"id": id, "name": name, "x": 1}));
    }
    let contacts = |query| path(&sandbox, "/unified/crm/contacts", query);
    let all = raw(&sandbox, &format!("GET {}", contacts("&next_cursor=")), "").await;
    assert!(
        all.starts_with("HTTP/1.1 200") && all.contains("Bob"),
        "{all}"
    );
    let query = "&truto_exclude_fields%5B0%5D=x&truto_exclude_fields[1]=id&name=Ada+L";
    let one = raw(&sandbox, &format!("GET {}", contacts(query)), "").await;
    assert!(one.contains(r#""result":[{"name":"Ada L"}]"#), "{one}");
    let bad = raw(&sandbox, &format!("GET {}", contacts("&limit=abc")), "").await;
    assert!(bad.starts_with("HTTP/1.1 400"), "{bad}");
    let head = raw(&sandbox, &format!("HEAD {}", contacts("")), "").await;
    assert!(
        head.starts_with("HTTP/1.1 200") && head.ends_with("\r\n\r\n"),
        "{head}"
    );
}

#[tokio::test]
async fn writes_are_taken_as_truto_takes_them() {
    let sandbox = sandbox().await;
    let contacts = path(&sandbox, "/unified/crm/contacts", "");
    for body in ["{", "[]", "7", "\"x\""] {
        let refused = raw(&sandbox, &format!("POST {contacts}"), body).await;
        assert!(refused.starts_with("HTTP/1.1 400"), "{body}: {refused}");
        assert!(refused.contains(r#""statusCode":400"#), "{refused}");
    }
    assert_eq!(sandbox.records("crm", "contacts"), Vec::<Value>::new());
    let put = raw(&sandbox, &format!("PUT {contacts}"), "{}").await;
    assert!(put.starts_with("HTTP/1.1 405"), "{put}");
    let account = sandbox.account();
    let new = create(&json!({"id": "1"})).idempotency_key("k");
    new.send(&account).await.expect("201");
    new.send(&account).await.expect("the first response again");
    let change = Request::<Value>::unified("PATCH", "crm", "contacts", "1");
    let changed = change
        .body(&json!({"id": "2", "name": "x"}))
        .send(&account)
        .await;
    assert_eq!(changed.expect("200"), json!({"id": "1", "name": "x"}));
    assert_eq!(sandbox.records("crm", "contacts").len(), 1);
}

#[tokio::test]
async fn deleting_while_iterating_skips_nothing() {
    let sandbox = sandbox().await;
    let account = sandbox.account();
    sandbox.seed(
        "crm",
        "contacts",
        5,
        |number| json!({"id": number.to_string()}),
    );
    let mut seen = Vec::new();
    let mut items = list().limit(2).items(&account);
    while let Some(contact) = items.next().await {
        let id = contact.expect("a record")["id"]
            .as_str()
            .expect("text")
            .to_owned();
        let delete = Request::<Deleted<Value>>::unified("DELETE", "crm", "contacts", &*id);
        delete.send(&account).await.expect("200");
        seen.push(id);
    }
    assert_eq!(seen, ["0", "1", "2", "3", "4"]);
}

#[tokio::test]
async fn accounts_have_records_of_their_own() {
    let sandbox = sandbox().await;
    let acme = sandbox.account_named("acme");
    sandbox.insert_for(&acme, "crm", "contacts", json!({"id": "1"}));
    assert_eq!(list().all(&acme).await.expect("a list").len(), 1);
    assert_eq!(
        list().all(&sandbox.account()).await.expect("a list").len(),
        0
    );
    assert_eq!(sandbox.account_named("acme").id(), acme.id());
    let all = Request::<Page<Value>>::at("GET", "/integrated-account", &[]);
    let all = all
        .send(&sandbox.client().token_account())
        .await
        .expect("200");
    assert_eq!(all.result.len(), 2);
}

#[tokio::test]
async fn a_handler_may_use_the_sandbox() {
    let sandbox = std::sync::Arc::new(sandbox().await);
    let inner = std::sync::Arc::clone(&sandbox);
    sandbox.on_method("crm", "contacts", "import", move |_| {
        inner.insert("crm", "contacts", json!({"id": "1"}));
        json!({"ok": true})
    });
    let import = Request::<Value>::unified("POST", "crm", "contacts", "import");
    import.send(&sandbox.account()).await.expect("200");
    assert_eq!(sandbox.records("crm", "contacts").len(), 1);
}

#[tokio::test]
async fn limits_are_enforced_if_asked_for() {
    let sandbox = sandbox().await;
    sandbox.enforce_rate_limits();
    let account = sandbox.account();
    for _ in 0..50 {
        list().send(&account).await.expect("within the limit");
    }
    let error = list()
        .no_retry()
        .send(&account)
        .await
        .expect_err("one too many");
    assert_eq!(
        error.retry_after(),
        Some(std::time::Duration::from_secs(10))
    );
}

#[tokio::test]
async fn bad_faults_panic_where_they_are_written() {
    for bad in [
        || drop(Fault::status(9999)),
        || drop(Fault::body(42, "")),
        || drop(Fault::status(500).header("not a name", "x")),
        || drop(Fault::status(500).header("content-length", "1")),
    ] {
        assert!(std::panic::catch_unwind(bad).is_err());
    }
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
    let error = admin
        .send(&sandbox.account())
        .await
        .expect_err("on an account");
    assert!(error.is_invalid_request(), "{error}");
}

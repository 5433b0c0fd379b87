//! Rules by requests: steps, precedence, and the messages of failed assertions.

use serde_json::{Value, json};
use truto_core::{Request, StatusCode};
use truto_sandbox::Fault;

use super::{create, get, list, sandbox};

#[tokio::test]
async fn the_sandbox_responds_after_the_last_step_of_a_rule() {
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
    sandbox.when(&create(&json!({"a": 1, "b": 2}))).reply(json!({"id": "body"}));
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
    assert!(list().limit(3).send(&account).await.expect("a page").result.is_empty());
    sandbox.fail_next(Fault::status(418));
    let error = list().limit(2).send(&account).await.expect_err("before all rules");
    assert_eq!(error.status(), Some(StatusCode::IM_A_TEAPOT));
}

#[tokio::test]
async fn assert_received_shows_the_closest_request() {
    let sandbox = sandbox().await;
    create(&json!({"name": "Ada"})).send(&sandbox.account()).await.expect("201");
    let missing = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        sandbox.assert_received(&create(&json!({"name": "Bob"})));
    }));
    let message = missing.expect_err("it was not received");
    let message = message.downcast_ref::<String>().expect("a message");
    for part in ["POST /unified/crm/contacts", r#"{"name":"Bob"}"#, r#"{"name":"Ada"}"#] {
        assert!(message.contains(part), "{message}");
    }
    sandbox.when(&get("1")).fail(Fault::status(500));
    let unused = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| sandbox.assert_used()));
    assert!(unused.is_err());
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
async fn times_without_a_step_states_what_to_add() {
    let sandbox = sandbox().await;
    let misplaced = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        sandbox.when(&get("1")).times(2);
    }));
    let message = misplaced.expect_err("there is no step");
    let message = message.downcast_ref::<&str>().expect("a message");
    assert!(message.ends_with("add a step such as `reply` or `fail` first"), "{message}");
}

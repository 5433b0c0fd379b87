//! A batch of request values, on the sandbox.

use serde_json::{Value, json};
use truto_core::{Request, Upload, unified_endpoint};
use truto_examples::batch::{Batch, PartError};
use truto_sandbox::Sandbox;

#[unified_endpoint(method = "GET", path = "/unified/crm/contacts", query = Filter)]
#[unified_endpoint(method = "GET", path = "/unified/crm/contacts/<id>")]
#[unified_endpoint(method = "POST", path = "/unified/crm/contacts", body = Value)]
#[unified_endpoint(method = "POST", path = "/unified/crm/contacts/merge", body = Value)]
#[unified_endpoint(method = "PATCH", path = "/unified/crm/contacts/<id>", body = Value)]
#[unified_endpoint(method = "POST", path = "/unified/crm/contacts/upload", body = Upload)]
#[derive(Debug, PartialEq, serde::Deserialize)]
pub struct Contact {
    pub id: String,
    pub name: Option<String>,
}

#[derive(Debug, Default, serde::Serialize)]
pub struct Filter {
    pub name: Option<String>,
    pub group: Option<Group>,
}

#[derive(Debug, serde::Serialize)]
pub struct Group {
    pub id: &'static str,
}

#[tokio::test]
async fn parts_are_typed_and_fail_alone() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    sandbox.seed("crm", "contacts", 60, |number| {
        json!({"id": number.to_string(), "name": "Ada & Co", "group": {"id": (number % 2).to_string()}})
    });
    sandbox.on_method(
        "crm",
        "contacts",
        "merge",
        |received| json!({"id": received.json()["into"], "name": null}),
    );
    let filter = Filter { name: Some("Ada & Co".into()), group: Some(Group { id: "1" }) };
    let mut batch = Batch::new(sandbox.account_id());
    let odd = batch.add("odd", &Contact::list(&filter)).expect("a part");
    let one = batch.add("one", &Contact::get("7")).expect("a part");
    let made = batch.add("made", &Contact::create(&json!({"id": "a/b"}))).expect("a part");
    let merged = batch.add("merged", &Contact::merge(&json!({"into": "m"}))).expect("a part");
    let gone = batch.add("gone", &Contact::get("x")).expect("a part");
    let changed = Contact::update("a/b", &json!({"name": "new"}));
    let changed = batch.add_after("changed", &changed, &["made"]).expect("a part");

    let results = batch.send(&sandbox.client().token_account()).await.expect("200");
    assert_eq!(results.list(&odd).expect("a list").len(), 30);
    assert_eq!(results.one(&one).expect("a record").id, "7");
    assert_eq!(results.one(&made).expect("a record").id, "a/b");
    assert_eq!(results.one(&merged).expect("a record").id, "m");
    assert_eq!(results.one(&changed).expect("a record").name.as_deref(), Some("new"));
    let error = results.one(&gone).expect_err("404");
    assert!(matches!(&error, PartError::Reported(errors) if errors.len() == 1));
    assert_eq!(error.to_string(), "not found");
}

#[test]
fn what_has_no_place_in_a_batch_is_refused() {
    let mut batch = Batch::new("62f44730-dd91-461e-bd6a-aedd9e0ad79d");
    batch.add("one", &Contact::get("1")).expect("a part");
    let upload = Contact::upload(&Upload::bytes("text/plain", "a"));
    let custom = Request::<Value>::at("GET", "/custom/rates", &[]);
    let clear = Request::<Value>::at("DELETE", "/proxy/contacts", &[]);
    for (refused, why) in [
        (batch.add("one", &Contact::get("2")).err(), "there are two parts called `one`"),
        (batch.add("two", &upload).err(), "the body of `two` is not JSON"),
        (batch.add("two", &custom).err(), "`/custom/rates` cannot be a part of a batch"),
        (batch.add("two", &clear).err(), "`DELETE /proxy/contacts` cannot be a part of a batch"),
        (batch.add_after("two", &Contact::get("2"), &["three"]).err(), "no part is called `three`"),
    ] {
        assert_eq!(refused.expect(why).to_string(), why);
    }
}

//! A batch of request values, on the sandbox.

use serde_json::{Value, json};
use truto_admin::{Batch, PartError};
use truto_core::{Request, Upload, endpoint, unified_endpoint};
use truto_sandbox::Sandbox;
use truto_tests::ACCOUNT_ID;

#[unified_endpoint(method = "GET", path = "/unified/crm/contacts", query = Filter)]
#[unified_endpoint(method = "GET", path = "/unified/crm/contacts/<id>")]
#[unified_endpoint(method = "POST", path = "/unified/crm/contacts/upload", body = Upload)]
#[derive(Debug, PartialEq, serde::Deserialize)]
pub struct Contact {
    pub id: String,
    pub name: Option<String>,
}

#[unified_endpoint(method = "GET", path = "/unified/crm/notes", query = ListNotes)]
#[unified_endpoint(method = "GET", path = "/unified/crm/notes/<id>")]
#[unified_endpoint(method = "PATCH", path = "/unified/crm/notes/<id>", body = Value)]
#[unified_endpoint(method = "POST", path = "/unified/crm/notes/merge", body = Value)]
#[derive(Debug, PartialEq, serde::Deserialize)]
pub struct Note {
    pub id: String,
    pub text: Option<String>,
}

#[endpoint(method = "GET", path = "/proxy/Deal")]
#[derive(Debug, PartialEq, serde::Deserialize)]
pub struct Deal {
    pub id: String,
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

#[derive(Debug, serde::Serialize)]
pub struct ListNotes {
    pub contact_id: String,
}

#[tokio::test]
async fn parts_are_typed_and_fail_alone() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    sandbox.seed("crm", "contacts", 60, |number| {
        json!({"id": number.to_string(), "name": "Ada & Co", "group": {"id": (number % 2).to_string()}})
    });
    sandbox.on_method(
        "crm",
        "notes",
        "merge",
        |received| json!({"id": received.json()["into"], "text": null}),
    );
    let filter = Filter { name: Some("Ada & Co".into()), group: Some(Group { id: "1" }) };
    let mut batch = Batch::new(sandbox.account_id());
    let odd = batch.part("odd", &Contact::list(&filter)).add().expect("a part");
    let merged = Note::merge(&json!({"into": "m"}));
    let merged = batch.part("merged", &merged).add().expect("a part");

    let results = batch.send(&sandbox.client().token_account()).await.expect("200");
    assert_eq!(results.list(&odd).expect("a list").len(), 30);
    assert_eq!(results.one(&merged).expect("a record").id, "m");

    let mut batch = Batch::new(sandbox.account_id());
    let one = batch.part("one", &Contact::get("7")).add().expect("a part");
    let gone = batch.part("gone", &Note::get("x")).add().expect("a part");
    let results = batch.send(&sandbox.client().token_account()).await.expect("200");
    assert_eq!(results.one(&one).expect("a record").id, "7");
    let error = results.one(&gone).expect_err("404");
    assert!(matches!(&error, PartError::Reported(errors) if errors.len() == 1));
    assert_eq!(error.to_string(), "the part failed: not found");
}

#[tokio::test]
async fn a_child_is_called_for_each_record_of_its_parent() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    for contact in ["a", "b"] {
        sandbox.insert("crm", "contacts", json!({"id": contact, "name": "Ada"}));
    }
    for (note, contact) in [("1", "a"), ("2", "b"), ("3", "a"), ("4", "c")] {
        sandbox.insert("crm", "notes", json!({"id": note, "contact_id": contact}));
    }
    let mut batch = Batch::new(sandbox.account_id());
    let all = Contact::list(&Filter::default());
    let contacts = batch.part("contacts", &all).persist(false).add().expect("a part");
    let of_contact = ListNotes { contact_id: contacts.reference("id").expect("id").to_string() };
    let notes = batch.part("notes", &Note::list(&of_contact)).add().expect("a part");

    let results = batch.send(&sandbox.client().token_account()).await.expect("200");
    let mut ids: Vec<_> =
        results.list(&notes).expect("notes").into_iter().map(|note| note.id).collect();
    ids.sort();
    assert_eq!(ids, ["1", "2", "3"]);
}

#[tokio::test]
async fn provider_records_are_returned_only_if_persisted() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    sandbox.insert("proxy", "Deal", json!({"id": "1"}));
    for persist in [true, false] {
        let mut batch = Batch::new(sandbox.account_id());
        let deals = batch.part("deals", &Deal::list()).persist(persist).add().expect("a part");
        let results = batch.send(&sandbox.client().token_account()).await.expect("200");
        match results.list(&deals) {
            Ok(deals) => assert!(persist && deals.len() == 1),
            Err(error) => assert!(!persist && matches!(error, PartError::Missing), "{error}"),
        }
    }
}

#[test]
fn refuses_requests_that_a_batch_cannot_carry() {
    let mut batch = Batch::new(ACCOUNT_ID);
    batch.part("one", &Contact::get("1")).add().expect("a part");
    let upload = Contact::upload(&Upload::bytes("text/plain", "a"));
    let custom = Request::<Value>::at("GET", "/custom/rates", &[]);
    let clear = Request::<Value>::at("DELETE", "/proxy/contacts", &[]);
    for (refused, why) in [
        (batch.part("one", &Contact::get("2")).add().err(), "two parts are named `one`"),
        (batch.part("two", &upload).add().err(), "the body of `two` is not JSON"),
        (batch.part("two", &custom).add().err(), "`GET /custom/rates` cannot be a part of a batch"),
        (
            batch.part("two", &clear).add().err(),
            "`DELETE /proxy/contacts` cannot be a part of a batch",
        ),
    ] {
        assert_eq!(refused.expect(why).to_string(), why);
    }
}

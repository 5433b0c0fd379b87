use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use truto_core::{Id, Page, RemoteData, Request, Upload, endpoint, unified_endpoint};

use super::{Batch, BatchError, BatchResults, PartError, Recurse, RecurseConfig};

const ACCOUNT: &str = "62f44730-dd91-461e-bd6a-aedd9e0ad79d";

#[unified_endpoint(method = "GET", path = "/unified/crm/contacts", query = Search)]
#[unified_endpoint(method = "GET", path = "/unified/crm/contacts/<id>")]
#[unified_endpoint(method = "POST", path = "/unified/crm/contacts", body = Value)]
#[derive(Debug, PartialEq, Deserialize)]
struct Contact {
    id: Id,
}

#[endpoint(method = "GET", path = "/proxy/Deal")]
#[derive(Debug, PartialEq, Deserialize)]
struct Deal {}

#[derive(Debug, Default, Serialize)]
struct Search {
    q: Option<String>,
}

fn contacts() -> Request<Page<Contact>> {
    Contact::list(&Search::default())
}

fn sent(batch: &Batch) -> Value {
    serde_json::to_value(batch).expect("JSON")
}

fn refusal<O>(request: &Request<O>) -> String {
    Batch::new(ACCOUNT).part("part", request).add().expect_err("refused").to_string()
}

#[test]
fn asks_for_the_records_of_every_part() {
    let mut batch = Batch::new(ACCOUNT).args(json!({"since": 7})).expect("args");
    batch.part("all", &contacts()).add().expect("a part");
    batch.part("deals", &Deal::list()).persist(false).add().expect("a part");
    assert_eq!(
        sent(&batch),
        json!({
            "integrated_account_id": ACCOUNT,
            "args": {"since": 7},
            "resources": [
                {"name": "all", "resource": "crm/contacts", "method": "list", "persist": true},
                {"name": "deals", "resource": "Deal", "method": "list", "persist": false},
            ],
        })
    );
}

#[test]
fn writes_references_and_makes_them_dependencies() {
    let mut batch = Batch::new(ACCOUNT);
    let deals = batch.part("deals", &Deal::list()).add().expect("a part");
    let owner = deals.reference("owner.id").expect("a field");
    let query = Search { q: Some(format!("owner:{owner}")) };
    batch.part("by_id", &Contact::get(&owner)).add().expect("a part");
    assert_eq!(sent(&batch)["resources"][1]["id"], "{{resources.Deal.owner.id}}");
    assert_eq!(sent(&batch)["resources"][1]["depends_on"], "Deal");

    let list = Contact::list(&query);
    batch.part("by_query", &list).loop_on("resources.Deal").add().expect("a part");
    let part = &sent(&batch)["resources"][2];
    assert_eq!(part["query"], json!({"q": "owner:{{resources.Deal.owner.id}}"}));
    assert_eq!((&part["depends_on"], &part["loop_on"]), (&json!("Deal"), &json!("resources.Deal")));

    let body = json!({"owner": owner, "tags": ["x", owner]});
    batch.part("by_body", &Contact::create(&body)).add().expect("a part");
    let part = &sent(&batch)["resources"][3];
    assert_eq!(part["body"]["tags"][1], "{{resources.Deal.owner.id}}");
    assert_eq!(part["depends_on"], "Deal");
}

#[test]
fn refuses_template_braces_in_user_input() {
    let stolen = "{{oauth.token.access_token}}";
    let search = Search { q: Some(stolen.to_owned()) };
    for text in [
        refusal(&Contact::get(stolen)),
        refusal(&Contact::get(format_args!("a{stolen}"))),
        refusal(&Contact::list(&search)),
        refusal(&Contact::create(&json!({"name": stolen}))),
        refusal(&Contact::create(&json!({"deep": [{"name": stolen}]}))),
        refusal(&Contact::create(&json!({stolen: 1}))),
        refusal(&contacts().query(&json!({stolen: "1"}))),
        Batch::new(ACCOUNT).args(json!([stolen])).expect_err("refused").to_string(),
    ] {
        assert!(text.contains("`{{`"), "{text}");
    }
}

#[test]
fn refuses_requests_that_cannot_be_sent() {
    for (request, why) in [
        (Contact::get(""), "is empty"),
        (Contact::get(".."), "another route"),
        (Contact::get("a\n"), "control character"),
        (Contact::create(&json!({})).header("a b", "c"), "header"),
    ] {
        let error = refusal(&request);
        assert!(error.contains("cannot be sent") && error.contains(why), "{error}");
    }
    let unwritten = contacts().query(&7);
    assert!(refusal(&unwritten).contains("query"), "{}", refusal(&unwritten));
    let form = Upload::form().file("file", "a.txt", "text/plain", &b"a"[..]);
    let form = Request::<Value>::at("POST", "/unified/crm/contacts", &[]).body(&form);
    assert!(refusal(&form).contains("JSON"), "{}", refusal(&form));
}

#[test]
fn refuses_routes_that_a_part_would_read_differently() {
    for (method, template, argument) in [
        ("GET", "/proxy/<resource>", "crm/contacts"),
        ("GET", "/unified/crm/<resource>", "a/b"),
        ("GET", "/proxy/<resource>", "{{oauth.token.access_token}}"),
        ("GET", "/proxy/<resource>", "x}}"),
        ("POST", "/proxy/Deal/<method>", "{{oauth.token.access_token}}"),
        ("POST", "/proxy/Deal/<method>", "a/b"),
    ] {
        let request = Request::<Value>::at(method, template, &[&argument]);
        assert!(refusal(&request).contains("cannot be a part"), "{argument}");
    }
    let mut batch = Batch::new(ACCOUNT);
    let deals = batch.part("deals", &Deal::list()).add().expect("a part");
    let id = deals.reference("id").expect("a field");
    let request = Request::<Value>::at("GET", "/proxy/<resource>", &[&id]);
    assert!(batch.part("x", &request).add().is_err());
    assert!(batch.part("{{oauth.token}}", &contacts()).add().is_err());
    for resource in ["a.b", "a|oauth", "a:int"] {
        let request = Request::<Value>::at("GET", "/proxy/<resource>", &[&resource]);
        let part = batch.part(resource, &request).add().expect("a part");
        assert!(part.reference("id").is_err(), "{resource}");
    }
}

#[test]
fn refuses_template_braces_nested_in_a_query() {
    let stolen = "{{oauth.token.access_token}}";
    for request in [
        contacts().query(&json!({"deep": {stolen: {"gt": "1"}}})),
        contacts().query(&json!({"deep": {"deeper": [stolen]}})),
        contacts().remote_query(&json!({"deep": {"deeper": stolen}})),
        contacts().next_cursor(stolen),
    ] {
        assert!(refusal(&request).contains("`{{`"));
    }
}

#[test]
fn nests_the_query_of_a_part() {
    let mut batch = Batch::new(ACCOUNT);
    let query =
        json!({"created_at": {"gt": "2026-01-01"}, "tags": ["a", "b"], "a.b": 1, "one": ["+%5B"]});
    let list = contacts().query(&query).exclude_fields(["x"]).limit(5);
    batch.part("part", &list).add().expect("a part");
    assert_eq!(
        sent(&batch)["resources"][0]["query"],
        json!({
            "created_at": {"gt": "2026-01-01"}, "tags": ["a", "b"], "a.b": "1", "one": ["+%5B"],
            "truto_exclude_fields": ["x"], "limit": "5",
        })
    );
}

#[test]
fn refers_to_arguments_of_the_batch() {
    let mut batch = Batch::new(ACCOUNT).args(json!({"owner": {"id": 7}})).expect("args");
    let owner = batch.arg("owner.id").expect("an argument");
    batch.part("part", &Contact::get(&owner)).add().expect("a part");
    let part = &sent(&batch)["resources"][0];
    assert_eq!((&part["id"], part.get("depends_on")), (&json!("{{args.owner.id}}"), None));
    assert!(batch.arg("a}}{{b").is_err());
    let beside = Contact::get(format!("}}{owner}"));
    assert!(batch.part("beside", &beside).add().is_err());
}

#[test]
fn replaces_references_in_loops_and_recursions() {
    let mut batch = Batch::new(ACCOUNT);
    let deals = batch.part("deals", &Deal::list()).add().expect("a part");
    let ids = deals.reference("contacts").expect("a field").to_string();
    let recurse = Recurse {
        condition: Some("{{resources.crm.contacts.more:bool}}".to_owned()),
        config: Some(RecurseConfig {
            id: Some(ids.clone()),
            query: Some(json!({"parent": ids, "expand": ["{{args.x}}"]})),
        }),
    };
    batch.part("each", &contacts()).loop_on(ids).recurse(recurse).add().expect("a part");
    let part = &sent(&batch)["resources"][1];
    assert_eq!(part["loop_on"], "resources.Deal.contacts");
    assert_eq!(part["recurse"]["config"]["id"], "{{resources.Deal.contacts}}");
    let query = json!({"parent": "{{resources.Deal.contacts}}", "expand": ["{{args.x}}"]});
    assert_eq!(part["recurse"]["config"]["query"], query);
    assert_eq!(part["recurse"]["if"], "{{resources.crm.contacts.more:bool}}");
    assert_eq!(part["depends_on"], "Deal");
}

#[test]
fn refuses_a_response_format_that_parts_do_not_have() {
    assert!(refusal(&contacts().stream()).contains("response format"));
}

#[test]
fn debug_shows_names_alone() {
    let mut batch = Batch::new(ACCOUNT).args(json!({"key": "s3cret"})).expect("args");
    batch.part("one", &Contact::create(&json!({"name": "s3cret"}))).add().expect("a part");
    assert_eq!(format!("{batch:?}"), r#"Batch { parts: ["one"], .. }"#);
}

#[test]
fn refuses_a_brace_next_to_a_reference() {
    let mut batch = Batch::new(ACCOUNT);
    let deals = batch.part("deals", &Deal::list()).add().expect("a part");
    let id = format!("{{{}", deals.reference("id").expect("a field"));
    let error = batch.part("one", &Contact::get(id)).add().expect_err("refused");
    assert_eq!(error.to_string(), "a string with a reference contains another brace");
}

#[test]
fn keeps_references_of_other_batches_as_text() {
    let mut other = Batch::new(ACCOUNT);
    let foreign = other.part("deals", &Deal::list()).add().expect("a part");
    let foreign = foreign.reference("id").expect("a field");
    let mut batch = Batch::new(ACCOUNT);
    batch.part("one", &Contact::get(&foreign)).add().expect("a part");
    assert_eq!(sent(&batch)["resources"][0]["id"], json!(foreign));
}

#[test]
fn takes_only_fields_as_references() {
    let mut batch = Batch::new(ACCOUNT);
    let deals = batch.part("deals", &Deal::list()).add().expect("a part");
    for field in ["", ".", "id.", "a b", "id}}{{x", "id|y", "é"] {
        assert!(deals.reference(field).is_err(), "{field}");
    }
}

#[test]
fn names_a_parent_by_its_resource() {
    let mut batch = Batch::new(ACCOUNT);
    let all = batch.part("all", &contacts()).add().expect("a part");
    batch.part("twice", &contacts()).add().expect("a part");
    let error = batch.part("deals", &Deal::list()).after(&all).add().expect_err("refused");
    assert!(error.to_string().contains("resource of 2 parts"), "{error}");

    let mut batch = Batch::new(ACCOUNT);
    let all = batch.part("all", &contacts()).add().expect("a part");
    batch.part("deals", &Deal::list()).after(&all).add().expect("a part");
    let error = batch.part("again", &contacts()).add().expect_err("refused");
    assert!(error.to_string().contains("no second part"), "{error}");
}

#[test]
fn refuses_duplicate_names_and_admin_routes() {
    let mut batch = Batch::new(ACCOUNT);
    batch.part("one", &contacts()).add().expect("a part");
    let error = batch.part("one", &Deal::list()).add().expect_err("refused");
    assert_eq!(error.to_string(), "two parts are named `one`");
    let error = batch.part("crm/contacts", &Deal::list()).add().expect_err("refused");
    assert!(error.to_string().contains("resource of the other"), "{error}");
    let admin = Request::<RemoteData>::at("GET", "/integrated-account", &[]);
    assert!(refusal(&admin).contains("`GET /integrated-account` cannot be a part"));
}

#[test]
fn moves_the_response_format_out_of_the_query() {
    let mut batch = Batch::new(ACCOUNT);
    batch.part("raw", &contacts().raw()).add().expect("a part");
    let part = &sent(&batch)["resources"][0];
    assert_eq!((&part["response_format"], part.get("query")), (&json!("raw"), None));
}

#[test]
fn recurses_as_documented() {
    let mut batch = Batch::new(ACCOUNT);
    let recurse = Recurse { condition: Some("$exists(children)".to_owned()), config: None };
    batch.part("tree", &contacts()).recurse(recurse).add().expect("a part");
    assert_eq!(sent(&batch)["resources"][0]["recurse"], json!({"if": "$exists(children)"}));
}

#[test]
fn recurses_with_a_query_of_either_form() {
    let recursed = |query: Value| {
        let mut batch = Batch::new(ACCOUNT);
        let config = Some(RecurseConfig { id: None, query: Some(query) });
        batch.part("tree", &contacts()).recurse(Recurse { condition: None, config }).add()?;
        Ok::<_, BatchError>(sent(&batch)["resources"][0]["recurse"]["config"]["query"].clone())
    };
    for query in [json!("{ \"parent\": id }"), json!({"parent": "{{id}}"}), json!({})] {
        assert_eq!(recursed(query.clone()), Ok(query));
    }
    for query in [json!(7), json!(["id"]), json!(null)] {
        assert!(recursed(query.clone()).is_err(), "{query}");
    }
}

#[test]
fn refuses_integers_whose_digits_it_would_lose() {
    let body = |text: &str| {
        let raw: RemoteData = serde_json::from_str(text).expect("JSON");
        Request::<Value>::at("POST", "/unified/crm/contacts", &[]).body(&raw)
    };
    for text in [
        "18446744073709551616",
        "-9223372036854775809",
        r#"{"a": [{"b": 123456789012345678901234567890}]}"#,
        r#"["\\", 18446744073709551616, "]"]"#,
    ] {
        assert!(refusal(&body(text)).contains("64 bits"), "{text}");
    }
    for text in [
        "18446744073709551615",
        "-9223372036854775808",
        "1.8446744073709551616e19",
        "0",
        r#"["18446744073709551616", "\"18446744073709551616"]"#,
        r#"{"18446744073709551616": -0.5}"#,
    ] {
        assert!(Batch::new(ACCOUNT).part("part", &body(text)).add().is_ok(), "{text}");
    }
}

#[test]
fn refuses_references_in_its_arguments() {
    let mut batch = Batch::new(ACCOUNT);
    let deals = batch.part("deals", &Deal::list()).add().expect("a part");
    let part = deals.reference("id").expect("a field");
    let argument = batch.arg("since").expect("a field");
    for reference in [part.to_string(), argument.to_string()] {
        for args in [json!({"a": [reference]}), json!({&reference: 1}), json!(reference)] {
            let batch = Batch::new(ACCOUNT);
            assert!(batch.args(args.clone()).is_ok(), "a marker of another batch is a text");
        }
    }
    let own = |batch: Batch, reference: String| batch.args(json!({"a": [reference]})).is_err();
    assert!(own(batch, argument.to_string()));
    let mut batch = Batch::new(ACCOUNT);
    let deals = batch.part("deals", &Deal::list()).add().expect("a part");
    let part = deals.reference("id").expect("a field").to_string();
    assert!(own(batch, part));
}

fn results(batch: &Batch, body: Value) -> BatchResults {
    serde_json::from_value::<BatchResults>(body).expect("results").of(batch)
}

#[test]
fn reads_results_by_name_and_by_resource() {
    let mut batch = Batch::new(ACCOUNT);
    let all = batch.part("all", &contacts()).add().expect("a part");
    let record = json!([{"id": "1"}]);
    for key in ["all", "crm/contacts"] {
        let read = results(&batch, json!({"result": {key: record}, "errors": {}}));
        assert_eq!(read.list(&all).expect("records"), [Contact { id: "1".into() }]);
    }
    let one = batch.part("one", &Contact::get("1")).add().expect("a part");
    let read = results(&batch, json!({"result": {"crm/contacts": record}}));
    assert!(matches!(read.list(&all), Err(PartError::Ambiguous)));
    let read = results(&batch, json!({"result": {"one": {"id": "1"}, "all": record}}));
    assert_eq!(read.one(&one).expect("a record").id, "1");
}

#[test]
fn reports_errors_of_one_part_only() {
    let mut batch = Batch::new(ACCOUNT);
    let all = batch.part("all", &contacts()).add().expect("a part");
    let deals = batch.part("deals", &Deal::list()).add().expect("a part");
    let read = results(
        &batch,
        json!({"result": {"all": [], "Deal": [{}]}, "errors": {"all": [{"message": "gone"}], "Deal": []}}),
    );
    assert_eq!(read.list(&all).expect_err("an error").to_string(), "the part failed: gone");
    assert_eq!(read.list(&deals).expect("records"), [Deal {}]);
    let read = results(&batch, json!({"result": {"all": []}, "errors": null}));
    assert_eq!(read.list(&all).expect("records"), []);
    let read = results(&batch, json!({"result": {}}));
    assert!(matches!(read.list(&all), Err(PartError::Missing)));
}

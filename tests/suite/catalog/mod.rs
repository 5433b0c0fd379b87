//! The declared e-signature model, compared with the catalog.
mod decode;
mod endpoints;
mod model;
mod source;

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use truto_examples::e_signature::*;
use truto_sandbox::Sandbox;

use endpoints::every_endpoint;
use model::*;
use source::Declared;

/// Compares a type with the fields of the catalog: the same names, and all values of its enums.
fn check<T: DeserializeOwned + Serialize + Debug>(what: &str, fields: &Value) {
    let listed = paths(fields);
    let sample = full(fields, 0);
    assert_eq!(decode::declared::<T>(&sample), listed, "{what}");
    for pick in 0..12 {
        let sample = full(fields, pick);
        let text = sample.to_string();
        let value: T =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{what}: {error}"));
        let shown = format!("{value:?}");
        assert!(!shown.contains("(Raw("), "{what} misses a word: {shown}");
        let back = serde_json::to_value(&value).expect("JSON");
        assert_eq!(known(&back), sample, "{what}");
    }
}

#[test]
fn every_response_field_is_declared_and_no_other() {
    let catalog = catalog();
    macro_rules! check {
        ($($segment:literal: $type:ty,)*) => {
            $(check::<$type>($segment, &resource(&catalog, $segment)["schema"]);)*
            assert_eq!([$($segment),*].len(), resources(&catalog).len());
        };
    }
    check! {
        "collections": Collection,
        "contacts": Contact,
        "document_fields": DocumentField,
        "documents": Document,
        "field_groups": FieldGroup,
        "fields": Field,
        "groups": Group,
        "signing_request_statuses": SigningRequestStatus,
        "signing_requests": SigningRequest,
        "stages": Stage,
        "templates": Template,
        "users": User,
        "web_forms": WebForm,
        "workflows": Workflow,
    }
}

#[test]
fn every_parameter_and_body_field_is_declared_and_no_other() {
    let catalog = catalog();
    let mut checked = Vec::new();
    let declared = Declared::read();
    macro_rules! check {
        ($($part:literal $segment:literal $method:literal: $type:ident,)*) => {$(
            let what = format!("{} of {} {}", $part, $segment, $method);
            let fields = &method(&catalog, $segment, $method)[$part];
            assert_eq!(declared.paths(stringify!($type)), paths(fields), "{what}");
            declared.check_words(stringify!($type), fields);
            checked.push(what);
        )*};
    }
    check! {
        "query" "document_fields" "list": ListDocumentFields,
        "query" "document_fields" "delete": DeleteDocumentField,
        "query" "documents" "list": ListDocuments,
        "query" "documents" "create": CreateDocument,
        "query" "documents" "download": DownloadDocumentQuery,
        "query" "field_groups" "list": ListFieldGroups,
        "query" "fields" "list": ListFields,
        "query" "signing_requests" "list": ListSigningRequests,
        "query" "signing_requests" "download": DownloadSigningRequestQuery,
        "query" "users" "list": ListUsers,
        "query" "workflows" "list": ListWorkflows,
        "body" "document_fields" "create": CreateDocumentField,
        "body" "documents" "download": DownloadDocument,
        "body" "signing_requests" "create": CreateSigningRequest,
        "body" "signing_requests" "update": UpdateSigningRequest,
        "body" "signing_requests" "download": DownloadSigningRequest,
        "body" "signing_requests" "get_embed_url": GetEmbedUrlSigningRequest,
        "body" "workflows" "create": CreateWorkflow,
        "body" "workflows" "update": UpdateWorkflow,
        "body" "workflows" "cancel": CancelWorkflow,
    }
    // The body of this method is the file itself.
    checked.push("body of documents create".to_owned());
    let mut listed = Vec::new();
    for resource in resources(&catalog) {
        for method in resource["methods"].as_array().expect("methods") {
            for part in ["query", "body"] {
                if method[part].as_array().is_some_and(|fields| !fields.is_empty()) {
                    let (segment, name) = (&resource["segment"], &method["name"]);
                    listed.push(format!("{part} of {segment} {name}").replace('"', ""));
                }
            }
        }
    }
    checked.sort();
    listed.sort();
    assert_eq!(checked, listed);
}

/// A sandbox with one record of each resource, which its custom methods return, too.
async fn with(record: impl Fn(&Value) -> Value) -> Sandbox {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    for resource in resources(&catalog()) {
        let segment = resource["segment"].as_str().expect("a segment");
        let record = record(&resource["schema"]);
        sandbox.insert("e-signature", segment, record.clone());
        for method in ["cancel", "remove_participants"] {
            let record = record.clone();
            sandbox.on_method("e-signature", segment, method, move |_| json!({"result": record}));
        }
        let url = json!({"url": "https://provider.example/embedded"});
        sandbox.on_method("e-signature", segment, "get_embed_url", move |_| url.clone());
        sandbox.on_download("e-signature", segment, "download", "application/pdf", "%PDF");
    }
    sandbox
}

#[tokio::test]
async fn every_endpoint_takes_every_kind_of_record() {
    let catalog = catalog();
    type Make = fn(&Value) -> Value;
    let kinds: [(&str, Make); 6] = [
        ("a full record", |schema| full(schema, 0)),
        ("a record of its id", |_| json!({"id": ID})),
        ("a record of nulls", |schema| nulls(&full(schema, 0))),
        ("unknown fields", |schema| with_unknown_fields(&full(schema, 0))),
        ("unknown words", with_unknown_words),
        ("numbers and objects in tolerant fields", with_other_kinds),
    ];
    for (kind, make) in kinds {
        let sandbox = with(make).await;
        for call in every_endpoint(&sandbox.account()).await {
            let what = format!("{} with {kind}", call.endpoint);
            let record = call.record.unwrap_or_else(|error| panic!("{what}: {error}"));
            if let Some(record) = record {
                let expected = make(&resource(&catalog, call.resource)["schema"]);
                assert_eq!(known(&record), known(&expected), "{what}");
            } else {
                assert!(!matches!(call.method, "list" | "get" | "delete"), "{what}");
            }
        }
    }
}

#[tokio::test]
async fn every_method_of_the_catalog_is_declared_and_no_other() {
    let catalog = catalog();
    let sandbox = with(|schema| full(schema, 0)).await;
    let mut declared: Vec<String> = every_endpoint(&sandbox.account())
        .await
        .iter()
        .map(|call| format!("{} {} = {}", call.resource, call.method, call.endpoint))
        .collect();
    let mut listed = Vec::new();
    for resource in resources(&catalog) {
        for method in resource["methods"].as_array().expect("methods") {
            let text = |value: &Value| value.as_str().expect("text").to_owned();
            let path = text(&method["path"]).replace('{', "<").replace('}', ">");
            let (segment, name) = (text(&resource["segment"]), text(&method["name"]));
            listed.push(format!("{segment} {name} = {} {path}", text(&method["http"])));
        }
    }
    declared.sort();
    listed.sort();
    assert_eq!(declared, listed);
    assert_eq!(listed.len(), 38);
}

/// Records that do not fit their type are returned as JSON.
#[tokio::test]
async fn or_raw_loses_no_record_that_does_not_fit_its_type() {
    let catalog = catalog();
    let sandbox = with(|schema| with_another_type_everywhere(&full(schema, 0))).await;
    let account = sandbox.account();
    macro_rules! check {
        ($($segment:literal $list:expr,)*) => {$(
            let all = $list.or_raw().all(&account).await.expect("a list");
            let schema = &resource(&catalog, $segment)["schema"];
            let sent = with_another_type_everywhere(&full(schema, 0));
            assert_eq!(all.len(), 1, $segment);
            let kept = serde_json::to_value(&all[0]).expect("JSON");
            assert_eq!(kept, sent, $segment);
            let why = all[0].explain().expect("a reason");
            assert!(!why.contains("text"), "{why}");
        )*};
    }
    check! {
        "collections" Collection::list(),
        "contacts" Contact::list(),
        "documents" Document::list(&ListDocuments::default()),
        "signing_requests" SigningRequest::list(&ListSigningRequests::default()),
        "users" User::list(&ListUsers::default()),
        "workflows" Workflow::list(&ListWorkflows::default()),
    }
}

/// The README states how many endpoints and lines the declarations have.
#[test]
fn the_counts_in_the_readme_are_right() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let (mut endpoints, mut lines) = (0, 0);
    for file in std::fs::read_dir(format!("{root}/examples/src/e_signature")).expect("a folder") {
        let path = file.expect("a file").path();
        let text = std::fs::read_to_string(path).expect("a file");
        for attribute in text.split("#[unified_endpoint(").skip(1) {
            let (attribute, _) = attribute.split_once(")]\n").expect("an end");
            endpoints += 1;
            lines += 1 + attribute.matches('\n').count();
        }
    }
    let by_hand = std::fs::read_to_string(format!("{root}/examples/examples/by_hand.rs"));
    let by_hand = by_hand.expect("a file");
    let (_, by_hand) = by_hand.split_once("// The endpoint begins here.\n").expect("a mark");
    let (by_hand, _) = by_hand.split_once("// The endpoint ends here.\n").expect("a mark");
    let code = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with("//");
    let by_hand = by_hand.lines().filter(code).count();
    let readme = std::fs::read_to_string(format!("{root}/README.md")).expect("a README");
    // A figure may be at the end of a line.
    let readme = readme.split_whitespace().collect::<Vec<_>>().join(" ");
    let figures = format!("{endpoints} endpoints in {lines} lines");
    assert!(readme.contains(&figures), "README.md does not say: {figures}");
    let figures = format!("{by_hand} lines by hand");
    assert!(readme.contains(&figures), "README.md does not say: {figures}");
}

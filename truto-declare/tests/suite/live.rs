//! The schemas of an environment, against a stand-in.

use std::collections::BTreeMap;
use std::process::{Command, Output};

use serde_json::{Value, json};
use truto_core::{Request, StatusCode};
use truto_sandbox::Sandbox;

fn run(sandbox: &Sandbox, folder: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_truto-declare"))
        .args(arguments)
        .args(["--out", folder])
        .current_dir(env!("CARGO_TARGET_TMPDIR"))
        .env("TRUTO_API_TOKEN", sandbox.token())
        .env("TRUTO_API_BASE_URL", sandbox.base_url())
        .output()
        .expect("the command")
}

fn words(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}

#[test]
fn the_schemas_of_an_environment() {
    let sandbox = Sandbox::start_blocking().expect("a sandbox");
    let folder = format!("live-{}", std::process::id());
    let schema =
        json!({"type": "object", "properties": {"id": {"type": "string", "required": true}}});
    let resource = json!({"schema": schema, "integration_mapping":
        {"x": {"list": {}, "get": {}, "delete": {}, "merge": {}}}});
    let model = json!({"name": "crm", "resources": {"users": resource, "groups": resource}});
    let request = Request::<Value>::at("GET", "/unified-model", &[])
        .query(&BTreeMap::from([("name", "crm")]));
    sandbox.when(&request).reply(json!({"result": [model], "next_cursor": null}));
    let account = sandbox.account_id();
    let path = "/integrated-account/<id>/capabilities";
    let capabilities = Request::<Value>::at("GET", path, &[&account])
        .query(&BTreeMap::from([("type", "unified")]));
    sandbox.when(&capabilities).reply(json!({"unified": [
        {"model": "crm", "resource": "users", "methods": ["list", "merge", "update"]},
        {"model": "crm", "resource": "groups", "methods": []}]}));

    let output = run(&sandbox, &folder, &["--live", "crm", "--account", account]);
    let said = words(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    for line in [
        "`/unified/crm/groups` is left out: the account cannot use it",
        "`DELETE /unified/crm/users/<id>` is left out: the account has no `delete` there",
    ] {
        assert!(said.contains(line), "no {line} in\n{said}");
    }
    let root = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(&folder);
    let users = std::fs::read_to_string(root.join("users.rs")).expect("a file");
    for part in ["users/merge", "\"PATCH\""] {
        assert!(users.contains(part), "no {part} in\n{users}");
    }
    assert!(!users.contains("DELETE") && !users.contains(sandbox.token()));
    assert!(!root.join("groups.rs").exists());
    assert_eq!((sandbox.received(&request), sandbox.received(&capabilities)), (1, 1));

    sandbox.when(&request).reply_status(401, json!({"message": "who?"}));
    let output = run(&sandbox, &folder, &["--live", "crm"]);
    let said = words(&output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains(StatusCode::UNAUTHORIZED.as_str()) && said.contains("--live crm"),
        "{said}"
    );
    let output = run(&sandbox, &folder, &["--live", "crm", "--account", "not-a-uuid"]);
    assert_eq!(output.status.code(), Some(2));
    std::fs::remove_dir_all(root).expect("the folder");
}

fn model(name: &str, segment: &str, methods: &[&str]) -> Value {
    let schema = json!({"type": "object", "properties": {"id": {"type": "string"}}});
    let mapped: BTreeMap<&str, Value> = methods.iter().map(|name| (*name, json!({}))).collect();
    let resource = json!({"schema": schema, "integration_mapping": {"x": mapped}});
    json!({"result": [{"name": name, "resources": {segment: resource}}], "next_cursor": null})
}

fn schemas(name: &str) -> Request<Value> {
    Request::at("GET", "/unified-model", &[]).query(&BTreeMap::from([("name", name)]))
}

fn meta(model: &str, resource: &str, method: &str) -> Request<Value> {
    let path = "/unified/<model>/<resource>/x/meta/<method>";
    Request::at("GET", path, &[&model, &resource, &method])
}

#[test]
fn several_models_are_fetched_with_their_queries_and_bodies() {
    let sandbox = Sandbox::start_blocking().expect("a sandbox");
    let folder = format!("live-several-{}", std::process::id());
    sandbox.when(&schemas("crm")).reply(model("crm", "users", &["list", "create", "merge"]));
    sandbox.when(&schemas("hris")).reply(model("hris", "employees", &["list"]));
    let body = json!({"type": "object", "properties": {"name": {"type": "string"}}});
    let create = meta("crm", "users", "create");
    sandbox.when(&create).reply(json!({"query_schema": {}, "request_body_schema": body}));
    let list = meta("hris", "employees", "list");
    sandbox.when(&list).reply(json!({"query_schema": {"term": {"type": "string"}}}));
    let merge = meta("crm", "users", "merge");
    sandbox.when(&merge).reply_status(500, json!({"message": "no"}));

    let output = run(&sandbox, &folder, &["--live", "crm", "hris"]);
    let said = words(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("--live: `/unified/crm/users/x/meta/merge` is left out: "), "{said}");
    assert!(sandbox.received(&create) == 1 && sandbox.received(&list) == 1);
    let root = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(&folder);
    let read = |file: &str| std::fs::read_to_string(root.join(file)).expect("a file");
    let users = read("crm/users.rs");
    assert!(users.contains("body = CreateUser)") && users.contains("users/merge"), "{users}");
    let employees = read("hris/employees.rs");
    assert!(employees.contains("pub term: Option<String>,"), "{employees}");
    std::fs::remove_dir_all(root).expect("the folder");
}

#[test]
fn an_account_is_checked_before_anything_is_fetched() {
    let sandbox = Sandbox::start_blocking().expect("a sandbox");
    let output = run(&sandbox, "live-nothing", &["--live", "crm", "--account", "not-a-uuid"]);
    let said = words(&output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("--account not-a-uuid: not an account id"), "{said}");
    assert!(sandbox.requests().is_empty());
}

#[test]
fn a_source_after_live_is_refused() {
    let sandbox = Sandbox::start_blocking().expect("a sandbox");
    for model in ["docs/", "a b", "", "users.md", ".."] {
        let output = run(&sandbox, "live-nothing", &["--live", "crm", model]);
        let said = words(&output);
        assert_eq!(output.status.code(), Some(2), "{said}");
        let expected = format!("--live {model}: not a model\n  expected a segment such as `crm`");
        assert!(said.contains(&expected), "{said}");
    }
    assert!(sandbox.requests().is_empty());
}

#[test]
fn a_model_that_was_not_asked_for_is_not_declared() {
    let sandbox = Sandbox::start_blocking().expect("a sandbox");
    let folder = format!("live-another-{}", std::process::id());
    let one = |name: &str| model(name, "users", &["list"])["result"][0].clone();
    let several = json!({"result": [one("hris"), one("crm")], "next_cursor": null});
    sandbox.when(&schemas("crm")).reply(several);
    let output = run(&sandbox, &folder, &["--live", "crm"]);
    assert_eq!(output.status.code(), Some(0), "{}", words(&output));
    let root = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(&folder);
    let users = std::fs::read_to_string(root.join("users.rs")).expect("a file");
    assert!(users.contains("/unified/crm/users"), "{users}");
    std::fs::remove_dir_all(&root).expect("the folder");

    sandbox.when(&schemas("crm")).reply(model("hris", "users", &["list"]));
    let output = run(&sandbox, &folder, &["--live", "crm"]);
    let said = words(&output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("--live crm: Truto returned the model `hris` instead"), "{said}");
    assert!(!root.exists());
}

#[test]
fn a_refused_token_is_named() {
    let sandbox = Sandbox::start_blocking().expect("a sandbox");
    for (status, hint) in [(401, true), (403, true), (404, false)] {
        sandbox.when(&schemas("crm")).reply_status(status, json!({"message": "no"}));
        let output = run(&sandbox, "live-nothing", &["--live", "crm"]);
        let said = words(&output);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(&status.to_string()), "{said}");
        assert_eq!(said.contains("expected an API token of the environment"), hint, "{said}");
    }
}

#[test]
fn errors_of_the_environment_name_variables_and_no_functions() {
    let (of_token, of_url) = ("TRUTO_API_TOKEN", "TRUTO_API_BASE_URL");
    for (token, url, invalid, other) in [
        ("a-valid-token", "http://example.com", of_url, of_token),
        ("a-valid-token", "https://user:pass@example.com", of_url, of_token),
        ("a-valid-token", "not a url", of_url, of_token),
        ("a\nb", "https://api.example.com", of_token, of_url),
        ("a\nb", "not a url", of_token, of_url),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_truto-declare"))
            .args(["--live", "crm", "--out", "live-nothing"])
            .current_dir(env!("CARGO_TARGET_TMPDIR"))
            .env("TRUTO_API_TOKEN", token)
            .env("TRUTO_API_BASE_URL", url)
            .output()
            .expect("the command");
        let said = words(&output);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(&format!("`{invalid}` is invalid")), "{said}");
        assert!(!said.contains(other), "{said}");
        assert!(!said.contains('(') && !said.contains("pass"), "{said}");
    }
}

#[test]
fn warns_about_methods_with_unreadable_responses() {
    let sandbox = Sandbox::start_blocking().expect("a sandbox");
    let folder = format!("live-damaged-{}", std::process::id());
    let methods = ["list", "create", "merge", "split", "close"];
    sandbox.when(&schemas("crm")).reply(model("crm", "users", &methods));
    let query = json!({"query_schema": {"term": {"type": "string"}}});
    sandbox.when(&meta("crm", "users", "list")).reply(query);
    sandbox.when(&meta("crm", "users", "create")).reply(json!({"request_body_schema": 5}));
    sandbox.when(&meta("crm", "users", "merge")).reply(json!([1]));
    let error = json!({"statusCode": 403, "message": "no"});
    sandbox.when(&meta("crm", "users", "split")).reply(error);
    sandbox.when(&meta("crm", "users", "close")).reply_status(403, json!({"message": "no"}));

    let output = run(&sandbox, &folder, &["--live", "crm"]);
    let said = words(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    for method in ["split", "close"] {
        let path = format!("/unified/crm/users/x/meta/{method}");
        let line = said.lines().find(|line| line.contains("left out") && line.contains(&path));
        assert!(line.is_some(), "no {method} in\n{said}");
    }
    let root = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(&folder);
    let users = std::fs::read_to_string(root.join("users.rs")).expect("a file");
    assert!(users.contains("pub term: Option<String>,"), "{users}");
    std::fs::remove_dir_all(root).expect("the folder");
}

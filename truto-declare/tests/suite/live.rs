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

//! `[derive]`, `[output]`, the formats of `--check`, and the arguments.

use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::Stdio;

use serde_json::Value;

use crate::common::{Folder, assert_has};

const MODEL: &str = r#"{"result": [{"name": "crm", "resources": {"users": {"methods": ["list", "create"],
 "schema": {"type": "object", "properties": {"id": {"type": "string"}, "size": {"type": "integer"},
  "state": {"type": "string", "enum": ["on", "off"]}, "avatar": {"type": "string"}}}}}}]}"#;

const BODY: &str = r#"{"query_schema": {"q": {"type": "string"}}, "request_body_schema": {"name": {"type": "string"}}}"#;

#[test]
fn derives_are_added_by_role() {
    let folder = Folder::new("derives");
    folder.write("m.json", MODEL);
    folder.write("unified/crm/users/meta/create.json", BODY);
    folder.write(
        "src/truto/declare.toml",
        "[derive]\nrecords = [\"schemars::JsonSchema\", \"Debug\", \"Debug \"]\nbodies = [\"utoipa::ToSchema\"]\n\
         enums = [\"strum::Display\"]\n",
    );
    folder.run("m.json unified").exits(0);
    let users = folder.read("src/truto/users.rs");
    for (ty, derive) in [
        ("pub struct User {", "schemars::JsonSchema"),
        ("pub struct CreateUser {", "utoipa::ToSchema"),
        ("pub struct CreateUserQuery {", "utoipa::ToSchema"),
        ("pub enum UserState {", "strum::Display"),
    ] {
        let before = users.split_once(ty).unwrap_or_else(|| panic!("no {ty} in\n{users}")).0;
        let derives = before.rsplit_once("#[derive(").expect("derives").1;
        assert!(derives.contains(derive), "{ty} {derives}");
        assert_eq!(derives.matches("Debug").count(), 1, "{derives}");
    }
}

#[test]
fn the_runtime_may_have_another_name() {
    let folder = Folder::new("runtime");
    folder.write("m.json", MODEL);
    folder.write("src/truto/declare.toml", "[output]\ncrate = \"crate::api::truto\"\n");
    folder.run("m.json").exits(0);
    let users = folder.read("src/truto/users.rs");
    assert!(users.contains("use crate::api::truto::{"), "{users}");
    assert!(users.contains("crate = crate::api::truto"), "{users}");
    assert!(!users.contains("truto_core"), "{users}");
}

#[test]
fn scalars_of_records_may_be_tolerant() {
    let folder = Folder::new("tolerant");
    folder.write("m.json", MODEL);
    folder.write("unified/crm/users/meta/create.json", BODY);
    folder.write("src/truto/declare.toml", "[output]\ntolerant = \"scalars\"\n");
    folder.run("m.json unified").exits(0);
    let users = folder.read("src/truto/users.rs");
    assert_has(
        &users,
        &[
            "pub size: Option<OrRaw<i64>>,",
            "pub avatar: Option<OrRaw<String>>,",
            "pub name: Option<String>,",
            "pub q: Option<String>,",
        ],
    );
}

#[test]
fn check_reports_to_machines() {
    let folder = Folder::new("formats");
    folder.write("m.json", MODEL);
    folder.run("m.json").exits(0);
    let json = |code: i32| -> Value {
        let ran = folder.run("m.json --check --format json").exits(code);
        serde_json::from_str(&ran.out()).unwrap_or_else(|error| panic!("{error}\n{}", ran.out()))
    };
    let report = json(0);
    assert_eq!((&report["changes"], &report["exit"]), (&Value::Array(vec![]), &0.into()));
    folder.run("m.json --check --format github").exits(0).prints("");

    folder.write("m.json", &MODEL.replace("\"off\"]", "\"off\", \"new\"]"));
    let report = json(3);
    let change = serde_json::json!({"model": "crm", "path": "users.state",
        "change": "value `new` added", "breaking": false});
    let found = &report["changes"][0];
    for (key, value) in change.as_object().expect("keys") {
        assert_eq!(&found[key], value, "{report}");
    }
    let files = serde_json::json!([{"path": "users.rs", "state": "differs"}]);
    assert_eq!((&report["files"], &report["exit"]), (&files, &3.into()));
    folder
        .run("m.json --check --format github")
        .exits(3)
        .says("::notice ")
        .says("title=truto-declare::crm users.state: value `new` added\n")
        .says("::warning file=src/truto/users.rs,title=truto-declare::users.rs: differs\n");

    folder.write("m.json", &MODEL.replace("\"avatar\"", "\"picture\""));
    let report = json(1);
    let of = |path: &str| {
        let all = report["changes"].as_array().expect("changes");
        all.iter().find(|change| change["path"] == path).expect("a change").clone()
    };
    assert_eq!(of("users.avatar")["breaking"], true);
    assert_eq!(
        (&of("users.picture")["file"], &of("users.picture")["line"]),
        (&"m.json".into(), &3.into())
    );
    folder
        .run("m.json --check --format github")
        .exits(1)
        .says("::error title=truto-declare::crm users.avatar: removed (Option<String>)\n")
        .says("::notice file=m.json,line=3,title=truto-declare::crm users.picture: added");
    folder.run("m.json --check --format xml").exits(2).says("possible values");
    folder.run("m.json --format json").exits(2).says("--check");
}

#[test]
fn accepts_conventional_options() {
    let folder = Folder::new("arguments");
    folder.write("m.json", MODEL);
    folder.write("names.toml", "[resources]\nusers = \"Person\"\n");
    folder.run("-o out -c names.toml -q m.json").exits(0).prints("");
    assert!(folder.read("out/users.rs").contains("pub struct Person {"));
    let edited =
        folder.read("out/users.rs").replace("pub struct Person", "#[must_use]\npub struct Person");
    folder.write("out/users.rs", &edited);
    folder.run("m.json -o out -c names.toml").exits(1).says("was edited by hand");
    folder.run("m.json -o out -c names.toml -f").exits(0);
    folder.run("-V").exits(0).says(env!("CARGO_PKG_VERSION"));
    folder.run("--version").exits(0).says("truto-declare ");
    let help = folder.run("--help").exits(0);
    help.says("Exit codes:").says("3  --check: compatible changes only");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        folder
            .run(&format!("--completions {shell}"))
            .exits(0)
            .says("truto-declare")
            .says("completions");
    }
    let colored = folder.run("m.json --color always").exits(0);
    assert!(colored.out().contains('\u{1b}'));
    let plain = folder.run("m.json --color never --check").exits(0);
    assert!(!plain.out().contains('\u{1b}'));
    // The variables that other tools follow, too; the argument takes precedence.
    let colors = |arguments: &str, variables: &[(&str, &str)]| {
        let variables = variables.iter().copied();
        folder.run_with(arguments, |command| command.envs(variables)).out().contains('\u{1b}')
    };
    folder.write("other.json", &MODEL.replace("\"id\"", "\"key\""));
    let check = "other.json --check";
    assert!(!colors(check, &[]));
    assert!(colors(check, &[("CLICOLOR_FORCE", "1")]));
    assert!(!colors(check, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!colors(&format!("{check} --color never"), &[("CLICOLOR_FORCE", "1")]));
    assert!(colors(&format!("{check} --color always"), &[("NO_COLOR", "1")]));
    // Texts about the arguments themselves.
    for (arguments, code) in [("--nope", 2), ("--help", 0), ("m.json -q -v", 2)] {
        let always = folder.run(&format!("--color always {arguments}")).exits(code);
        assert!(format!("{}{}", always.out(), always.err()).contains('\u{1b}'), "{arguments}");
        let never = folder.run_with(&format!("--color=never {arguments}"), |command| {
            command.env("CLICOLOR_FORCE", "1")
        });
        let never = never.exits(code);
        assert!(!format!("{}{}", never.out(), never.err()).contains('\u{1b}'), "{arguments}");
    }
    folder.run("m.json -q -v").exits(2).says("cannot be used with");
    folder.run("m.json --check --force").exits(2).says("cannot be used with");
}

#[test]
fn explains_arguments_that_match_nothing() {
    let folder = Folder::new("odd-arguments");
    folder.write("m.json", MODEL);
    let empty = |arguments: [&'static str; 2]| {
        folder.run_with("", move |command| command.args(arguments)).exits(2)
    };
    empty(["m.json", ""]).says("error: a SOURCE is empty").says("expected a file, a folder");
    empty(["m.json", "--only="]).says("--only ``: the sources have no such resource");
    folder.run("crm/users=m.json").exits(2).says("or MODEL/RESOURCE/METHOD=FILE");
    folder.run("crm/users/list=").exits(2).says("error: crm/users/list=: names no file");
    folder.run("m.json --only users,nobody").exits(2).says("--only `nobody`: ");
    folder.run("m.json --only users,users").exits(0);
    fs::write(folder.0.join("latin.toml"), b"[fields]\n# \xe4\n").expect("a file");
    folder.run("m.json -c latin.toml").exits(2).says("latin.toml:2: not UTF-8");
    folder.write("vec.toml", "[fields]\n\"users.id\" = \"Vec<\"\n");
    folder.run("m.json -c vec.toml").exits(2).says("the type of a field: it is not a type\n");
}

#[test]
fn an_output_that_cannot_be_written_is_an_error() {
    let folder = Folder::new("full");
    folder.write("m.json", MODEL);
    folder.run("m.json").exits(0);
    for arguments in
        ["--help", "--completions bash", "m.json --check", "m.json --check --format json", "m.json"]
    {
        // Only some systems have a device that is always full.
        if let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") {
            let ran = folder.run_with(arguments, |command| command.stdout(Stdio::from(full)));
            ran.exits(2).says("error: standard output: No space left");
        }
        // The reader is gone, as with `head`.
        let (reader, writer) = UnixStream::pair().expect("a pair of sockets");
        drop(reader);
        let writer = Stdio::from(OwnedFd::from(writer));
        let ran = folder.run_with(arguments, |command| command.stdout(writer)).exits(0);
        assert!(!ran.err().contains("error"), "{}", ran.err());
    }
}

#[test]
fn many_warnings_of_a_kind_are_grouped() {
    let folder = Folder::new("grouped");
    let fields: Vec<String> =
        (0..50).map(|n| format!("\"f{n}_at\": {{\"type\": \"string\"}}")).collect();
    let resource = format!(
        "{{\"methods\": [\"list\"], \"schema\": {{\"type\": \"object\", \"properties\": {{{}}}}}}}",
        fields.join(", ")
    );
    folder.write(
        "m.json",
        &format!(
            "{{\"result\": [{{\"name\": \"crm\", \"resources\": {{\"users\": {resource}}}}}]}}"
        ),
    );
    let ran = folder.run("m.json").exits(0).says("30 more of this kind; `--verbose` prints them");
    assert_eq!(ran.err().lines().count(), 21, "{}", ran.err());
    let ran = folder.run("m.json -v").exits(0).says("`crm/users.f49_at` has no format");
    assert_eq!(ran.err().lines().count(), 50, "{}", ran.err());
}

#[cfg(unix)]
#[test]
fn arguments_that_are_not_utf8_are_named() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let folder = Folder::new("not-utf8");
    folder.write("m.json", MODEL);
    for (arguments, last, expected) in [
        ("", &b"caf\xe9.json"[..], "error: SOURCE `caf\u{fffd}.json`: not UTF-8"),
        ("--check m.json", b"\xff", "error: SOURCE `\u{fffd}`: not UTF-8"),
        ("m.json --only", b"\xff", "error: --only `\u{fffd}`: not UTF-8"),
        ("m.json", b"--only=a,\xff", "error: --only `a,\u{fffd}`: not UTF-8"),
        ("--live a", b"\xff", "error: --live `\u{fffd}`: not UTF-8"),
        ("--live a --account", b"\xff", "error: --account `\u{fffd}`: not UTF-8"),
        ("m.json --check --format", b"\xff", "invalid value '\u{fffd}' for '--format <FORMAT>'"),
        ("m.json --color", b"\xff", "invalid value '\u{fffd}' for '--color <WHEN>'"),
        ("--completions", b"\xff", "invalid value '\u{fffd}' for '--completions <SHELL>'"),
        ("--out a", b"\xff", "error: SOURCE `\u{fffd}`: not UTF-8"),
    ] {
        let ran = folder.run_with(arguments, |command| command.arg(OsStr::from_bytes(last)));
        ran.exits(2).says(expected);
    }
    // Paths may be of any bytes, where the file system takes them; that of macOS does not.
    let out = OsStr::from_bytes(b"out\xff");
    if fs::create_dir(folder.0.join(out)).is_ok() {
        folder.run_with("m.json --out", |command| command.arg(out)).exits(0);
    }
}

//! The command as a person or a CI job runs it: exit codes, files, words.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of its own for a test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        if path.exists() {
            fs::remove_dir_all(&path).expect("an empty place");
        }
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.0.join(file);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.0.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    fn has(&self, file: &str) -> bool {
        self.0.join(file).exists()
    }

    fn run(&self, arguments: &str) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_truto-declare"))
            .args(arguments.split_whitespace())
            .current_dir(&self.0)
            .env_remove("TRUTO_API_TOKEN")
            .output()
            .expect("the command");
        Ran(output)
    }
}

struct Ran(Output);

impl Ran {
    #[track_caller]
    fn exits(self, code: i32) -> Self {
        let (out, err) = (self.out(), self.err());
        assert_eq!(self.0.status.code(), Some(code), "{out}\n{err}");
        self
    }

    fn out(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).expect("UTF-8")
    }

    fn err(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).expect("UTF-8")
    }

    #[track_caller]
    fn says(self, words: &str) -> Self {
        let all = format!("{}\n{}", self.out(), self.err());
        assert!(all.contains(words), "no {words:?} in\n{all}");
        self
    }
}

/// The response of `GET /unified-model`, with users and groups.
const MODEL: &str = r#"{"result": [{"name": "crm", "updated_at": "2026-01-01", "resources": {
  "users": {"description": "A person.", "schema": {"type": "object", "properties": {
    "id": {"type": "string", "required": true},
    "status": {"type": "string", "enum": ["active", "inactive"], "description": "Whether active."},
    "avatar": {"type": "string"},
    "joined_at": {"type": "string", "format": "date-time"}
  }}, "integration_mapping": {"x": {"list": {}, "get": {}}, "y": {"delete": {}, "merge": {}}}},
  "groups": {"schema": {"type": "object", "properties": {"id": {"type": "string"}}}}
}}]}"#;

#[test]
fn the_first_run_writes_and_the_second_changes_nothing() {
    let folder = Folder::new("first");
    folder.write("m.json", MODEL);
    let ran = folder.run("m.json").exits(0).says("src/truto/users.rs");
    let colored = ran.out().contains('\u{1b}') || ran.err().contains('\u{1b}');
    assert!(!colored, "no colors into a pipe");
    ran.says("`groups` names no methods; `list` and `get` are taken (m.json:8)");
    let users = folder.read("src/truto/users.rs");
    for part in [
        "// Source: m.json sha256 ",
        "// Command: truto-declare m.json\n",
        "/// A person.\n",
        "    path = \"/unified/crm/users/merge\",\n    body = truto_core::RemoteData\n)]",
        "pub status: Option<OrRaw<UserStatus>>,",
        "pub id: Id,",
        "pub joined_at: Option<OrRaw<jiff::Timestamp>>,",
        "    /// Whether active.\n",
    ] {
        assert!(users.contains(part), "no {part} in\n{users}");
    }
    folder.run("m.json").exits(0).says("nothing changed");
    folder.run("m.json --check").exits(0);
}

#[test]
fn check_tells_what_changed_and_writes_nothing() {
    let folder = Folder::new("check");
    folder.write("m.json", MODEL);
    folder.run("m.json").exits(0);
    let before = folder.read("src/truto/users.rs");
    let newer = MODEL
        .replace(r#""inactive"]"#, r#""inactive", "suspended"]"#)
        .replace(r#""avatar": {"type": "string"}"#, r#""age": {"type": "integer"}"#)
        .replace(r#"{"type": "string", "format": "date-time"}"#, r#"{"type": "integer"}"#)
        .replace(r#""merge": {}"#, r#""merge": {}, "update": {}"#);
    folder.write("m.json", &newer);
    folder
        .run("m.json --check")
        .exits(1)
        .says("`User.status`: new value `suspended`")
        .says("`User.avatar`: gone")
        .says("`User.age`: added")
        .says("`User.joined_at`: type from `Option<OrRaw<jiff::Timestamp>>` to `Option<i64>`")
        .says("`PATCH /unified/crm/users/<id>`: added")
        .says("\n+    pub age: Option<i64>,");
    assert_eq!(folder.read("src/truto/users.rs"), before);
    // White space changes the source, not what it declares.
    folder.write("m.json", &MODEL.replace("  \"groups\"", "\"groups\""));
    folder.run("m.json --check").exits(0);
}

#[test]
fn edited_and_hand_written_files_are_kept() {
    let folder = Folder::new("kept");
    folder.write("m.json", MODEL);
    folder.write("src/truto/users.rs", "// mine\n");
    let words = "src/truto/users.rs was not written by this command";
    folder.run("m.json").exits(1).says(words);
    assert!(folder.has("src/truto/groups.rs") && folder.has("src/truto/mod.rs"));
    folder.run("m.json --force").exits(1).says(words);
    assert_eq!(folder.read("src/truto/users.rs"), "// mine\n");

    fs::remove_file(folder.0.join("src/truto/users.rs")).expect("a file");
    folder.run("m.json").exits(0);
    let whole = folder.read("src/truto/users.rs");
    let edited = whole.replace("pub avatar: Option<String>", "pub avatar: Option<u8>");
    folder.write("src/truto/users.rs", &edited);
    folder.run("m.json").exits(1).says("src/truto/users.rs was edited by hand");
    folder.run("m.json --check").exits(1).says("users.rs: was edited by hand");
    assert_eq!(folder.read("src/truto/users.rs"), edited);
    folder.run("m.json --force").exits(0);
    assert_eq!(folder.read("src/truto/users.rs"), whole);
    // Line ends of another system are not an edit.
    folder.write("src/truto/users.rs", &whole.replace('\n', "\r\n"));
    folder.run("m.json --check").exits(0);
}

#[test]
fn files_of_what_is_gone_are_removed_unless_edited() {
    let folder = Folder::new("gone");
    folder.write("m.json", MODEL);
    folder.write("src/truto/notes.rs", "//! mine\n");
    folder.run("m.json").exits(0);
    let config = "[resources]\ngroups = false\nusers = \"Person\"\n";
    folder.write("src/truto/declare.toml", config);
    folder.run("m.json").exits(0).says("removed src/truto/groups.rs");
    assert!(!folder.has("src/truto/groups.rs") && folder.has("src/truto/notes.rs"));
    assert!(folder.read("src/truto/users.rs").contains("pub struct Person {"));
    fs::remove_file(folder.0.join("src/truto/declare.toml")).expect("a file");
    folder.run("m.json").exits(0);
    let groups = folder.read("src/truto/groups.rs");
    folder.write("src/truto/groups.rs", &format!("{groups}// mine\n"));
    folder.write("src/truto/declare.toml", config);
    folder.run("m.json").exits(1).says("groups.rs was edited by hand");
    assert!(folder.has("src/truto/groups.rs"));
}

#[test]
fn only_leaves_other_resources_alone() {
    let folder = Folder::new("only");
    folder.write("m.json", MODEL);
    folder.run("m.json --only users").exits(0);
    assert!(folder.has("src/truto/users.rs") && !folder.has("src/truto/groups.rs"));
    assert!(!folder.read("src/truto/mod.rs").contains("groups"));
    folder.run("m.json --only users --check").exits(0);
    folder.run("m.json --only groups").exits(0);
    let modules = folder.read("src/truto/mod.rs");
    assert!(modules.contains("pub use self::users::{User, UserStatus};"), "{modules}");
    assert!(modules.contains("pub use self::groups::Group;"), "{modules}");
    folder.run("m.json --only nobody").exits(2).says("one of groups, users");
}

#[test]
fn the_config_has_the_last_word_and_unused_keys_are_told() {
    let folder = Folder::new("config");
    folder.write("m.json", MODEL);
    folder.write(
        "names.toml",
        "[types]\n\"users.status\" = \"State\"\n\"users.nothing\" = \"X\"\n\
         [fields]\n\"users.avatar\" = false\n\"users.joined_at\" = \"u64\"\n",
    );
    let unused = "names.toml: `users.nothing` in `[types]` fits nothing";
    folder.run("m.json --config names.toml").exits(0).says(unused);
    let users = folder.read("src/truto/users.rs");
    assert!(users.contains("pub enum State {") && users.contains("pub joined_at: Option<u64>,"));
    assert!(!users.contains("avatar"));
    for (broken, words) in [
        ("[fields]\nx = \"not a type\"", "names.toml:2: "),
        ("[resources]\nusers = \"String\"", "cannot name a type"),
        ("[resources]\nusers = true", "a name or `false`"),
        ("[nothing]\n", "unknown field"),
        ("[", "names.toml:1: "),
    ] {
        folder.write("names.toml", broken);
        folder.run("m.json --config names.toml").exits(2).says(words);
    }
    folder.run("m.json --config missing.toml").exits(2).says("missing.toml");
}

#[test]
fn what_cannot_be_read_says_where_and_what_was_expected() {
    let folder = Folder::new("errors");
    let page = "# X Object\n\n> Source: https://x\n\n## Properties\n\n- **`id`** _(string)_\n";
    let number = r#"{"result": [{"name": "crm", "resources": {"u": {"schema":
                    {"type": "object", "properties": {"a": 5}}}}}]}"#;
    for (file, text, words) in [
        ("a.json", "{\n\"a\": }", "a.json:2: not JSON"),
        ("b.json", "{\"x\": 1}", "not a source of a known form"),
        ("c.json", r#"{"query_schema": {}, "schema": {}}"#, "MODEL/RESOURCE/METHOD=FILE"),
        ("d.md", "# Notes\n\nHello.", "not a source of a known form"),
        ("e.md", page, "does not say its resource"),
        ("f.json", r#"{"result": [{"name": "crm"}]}"#, "without `resources`"),
        ("g.json", r#"{"result": [{"resources": {}}]}"#, "`name`"),
        ("h.json", number, "h.json:2: the schema of `a` is a number"),
        ("i.json", r#"{"result": []}"#, "holds no model"),
    ] {
        folder.write(file, text);
        folder.run(file).exits(2).says(words).says("expected");
    }
    folder.run("missing.json").exits(2).says("missing.json");
    fs::write(folder.0.join("latin.json"), b"{\n\"\xff\"}").expect("a file");
    folder.run("latin.json").exits(2).says("latin.json:2: not UTF-8");
    folder.run("").exits(2).says("Usage").says("Examples:");
    folder.run("--live crm").exits(2).says("TRUTO_API_TOKEN");
    assert!(!folder.has("src"), "nothing is written");
}

#[test]
fn sources_fill_each_other_and_conflicts_name_both_places() {
    let folder = Folder::new("merge");
    folder.write("m.json", MODEL);
    folder.write(
        "meta/unified/crm/users/hubspot/meta/list.json",
        r#"{"method": "list", "schema": {"type": "object", "properties": {"avatar": {"type": "integer"}}},
            "query_schema": {"email": {"type": "string", "required": true}, "limit": {"type": "integer"}},
            "request_body_schema": null}"#,
    );
    folder.write(
        "docs/users.md",
        "# Users Object\n\n> Source: https://x\n\n## Properties\n\n- **`avatar`** _(string)_\n\
         \u{20} A picture\n- **`nickname`** _(string)_\n  A short name\n\n\
         ## Methods\n\n- [GET /unified/crm/users](x) — List\n",
    );
    let words = "`users.avatar` is `integer` in one source, `string` in another; `integer` counts \
                 (meta/unified/crm/users/hubspot/meta/list.json:1, m.json:5)";
    folder.run("docs m.json meta").exits(0).says(words);
    let users = folder.read("src/truto/users.rs");
    assert!(users.contains("pub avatar: Option<i64>,") && users.contains("/// A short name\n"));
    assert!(users.contains("pub fn new(email: impl Into<String>) -> Self {"), "{users}");
    assert!(!users.contains("limit"));
    // The order of the command line does not count.
    folder.run("meta docs m.json --check").exits(0);
    let stated = "crm/users/list=meta/unified/crm/users/hubspot/meta/list.json";
    folder.run(&format!("m.json {stated} docs --check")).exits(0);
}

#[test]
fn several_models_have_a_folder_each() {
    let folder = Folder::new("models");
    let with_link = |model: &str| {
        let link = r#""avatar": {"type": "object", "properties":
                      {"url": {"type": "string"}, "size": {"type": "integer"}}}"#;
        let named = MODEL.replace("\"crm\"", &format!("{model:?}"));
        named.replace(r#""avatar": {"type": "string"}"#, link)
    };
    folder.write("a.json", &with_link("crm"));
    folder.write("b.json", &with_link("user-directory"));
    folder.run("a.json b.json").exits(0);
    assert!(folder.read("src/truto/mod.rs").contains("pub mod user_directory;"));
    assert!(folder.read("src/truto/shared.rs").contains("pub struct Avatar {"));
    let users = folder.read("src/truto/crm/users.rs");
    assert!(users.contains("use super::super::shared::{Avatar, UserStatus};"), "{users}");
    folder.run("a.json").exits(0).says("removed src/truto/user_directory/users.rs");
    assert!(!folder.has("src/truto/user_directory"));
}

#[test]
fn a_list_that_a_page_cuts_is_filled_by_a_schema() {
    let folder = Folder::new("cut");
    let page = "# Users Object\n\n> Source: https://x\n\n## Properties\n\n- **`status`** _(string)_\n\
         \u{20} Allowed: `active`, `gone` (+1 more)\n\n## Methods\n\n- [GET /unified/crm/users](x) — List\n";
    folder.write("users.md", page);
    let cut = "`users.status` has 1 more values than are listed (users.md:7)";
    folder.run("users.md").exits(0).says(cut);
    assert!(!folder.read("src/truto/users.rs").contains("Inactive"));
    let whole = MODEL.replace(r#""inactive"]"#, r#""inactive", "gone"]"#);
    folder.write("m.json", &whole);
    let ran = folder.run("users.md m.json --force").exits(0);
    assert!(!ran.err().contains("more values"), "{}", ran.err());
    let users = folder.read("src/truto/users.rs");
    assert!(users.contains("    Inactive,\n") && users.contains("    Gone,\n"), "{users}");
}

#[test]
fn what_several_methods_take_is_not_named_after_one_of_them() {
    let folder = Folder::new("parameters");
    let account = r#""account": {"type": "object", "properties": {"id": {"type": "string"}}}"#;
    let record = r#""id": {"type": "string"}, "account": {"type": "object", "properties": {"id": {"type": "string"}, "name": {"type": "string"}}}"#;
    folder.write(
        "unified/crm/contacts/meta/list.json",
        &format!(
            r#"{{"method": "list", "schema": {{{record}}}, "query_schema": {{{account}}}, "request_body_schema": null}}"#
        ),
    );
    folder.write(
        "unified/crm/contacts/meta/create.json",
        &format!(
            r#"{{"method": "create", "schema": {{{record}}}, "query_schema": {{}}, "request_body_schema": {{{account}}}}}"#
        ),
    );
    folder.run(".").exits(0);
    let contacts = folder.read("src/truto/contacts.rs");
    let shared = contacts.matches("Option<AccountParameter>,").count();
    assert_eq!(shared, 2, "{contacts}");
}

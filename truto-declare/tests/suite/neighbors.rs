//! Runs on a part of a folder: `--only`, kept files, and further models.

use crate::common::Folder;

fn resource(fields: &str) -> String {
    format!(
        r#"{{"schema": {{"type": "object", "properties": {{"id": {{"type": "string"}}{fields}}}}}, "methods": ["list"]}}"#
    )
}

fn model(name: &str, resources: &[(&str, String)]) -> String {
    let resources: Vec<String> =
        resources.iter().map(|(segment, json)| format!("{segment:?}: {json}")).collect();
    format!(r#"{{"result": [{{"name": "{name}", "resources": {{{}}}}}]}}"#, resources.join(", "))
}

const ADDRESS: &str =
    r#", "address": {"type": "object", "properties": {"city": {"type": "string"}}}"#;

#[test]
fn only_refuses_what_would_not_compile() {
    let folder = Folder::new("only-shared");
    let config = "[types]\n\"users.address\" = \"Address\"\n\"groups.address\" = \"Address\"\n";
    folder.write("src/truto/declare.toml", config);
    let both = [("users", resource(ADDRESS)), ("groups", resource(ADDRESS))];
    folder.write("m.json", &model("crm", &both));
    folder.run("m.json").exits(0);
    assert!(folder.read("src/truto/shared.rs").contains("pub struct Address {"));
    let before = folder.read("src/truto/groups.rs");
    folder
        .write("m.json", &model("crm", &[("users", resource("")), ("groups", resource(ADDRESS))]));
    let words = "--only: `crm/groups` still uses the shared type `Address`";
    folder.run("m.json --only users").exits(2).says(words).says("`--only groups` too");
    folder.run("m.json --only users --check").exits(2).says(words);
    assert_eq!(folder.read("src/truto/groups.rs"), before);
    folder.run("m.json --only users --only groups").exits(0);
    assert!(folder.read("src/truto/groups.rs").contains("pub struct Address {"));
    folder.run("m.json --check").exits(0);
}

#[test]
fn a_kept_file_keeps_its_part_of_the_module() {
    let folder = Folder::new("kept-module");
    folder.write("m.json", &model("crm", &[("users", resource(""))]));
    folder.run("m.json").exits(0);
    let users = folder.read("src/truto/users.rs");
    let edited = format!("{users}\n/// Mine.\npub struct Mine;\n");
    folder.write("src/truto/users.rs", &edited);
    // The kept file has another state than the sources, and a neighbor is new.
    let more = [("users", resource(r#", "age": {"type": "integer"}"#)), ("groups", resource(""))];
    folder.write("m.json", &model("crm", &more));
    folder.run("m.json").exits(1).says("users.rs was edited by hand");
    assert_eq!(folder.read("src/truto/users.rs"), edited);
    let modules = folder.read("src/truto/mod.rs");
    for part in ["pub use self::users::{Mine, User};", "pub use self::groups::Group;"] {
        assert!(modules.contains(part), "no {part} in\n{modules}");
    }
    // The lock has the fields of the file, not those of the sources.
    let lock = folder.read("src/truto/declare.lock");
    assert!(!lock.contains("age"), "{lock}");
    folder.run("m.json --check").exits(1).says("crm users.age: added (Option<i64>) [compatible]");
    folder.run("m.json --force").exits(0);
    assert!(folder.read("src/truto/users.rs").contains("pub age: Option<i64>,"));
    folder.run("m.json --check").exits(0);
}

#[test]
fn a_second_model_is_added_beside_the_first() {
    let folder = Folder::new("second-model");
    // The first model has a resource with the name of the second model's folder.
    folder.write("a.json", &model("crm", &[("users", resource("")), ("hris", resource(""))]));
    folder.write("b.json", &model("hris", &[("employees", resource(""))]));
    folder.run("a.json").exits(0);
    let users = folder.read("src/truto/users.rs");
    folder.run("b.json").exits(0);
    assert_eq!(folder.read("src/truto/users.rs"), users);
    assert!(folder.read("src/truto/hris.rs").contains("/unified/crm/hris"));
    assert!(folder.read("src/truto/hris_2/employees.rs").contains("/unified/hris/employees"));
    let modules = folder.read("src/truto/mod.rs");
    for part in ["pub mod hris_2;", "mod hris;", "mod users;", "pub use self::users::User;"] {
        assert!(modules.contains(part), "no {part} in\n{modules}");
    }
    for sources in ["a.json", "b.json", "a.json b.json"] {
        folder.run(&format!("{sources} --check")).exits(0);
        folder.run(sources).exits(0).says("nothing changed");
    }
    // Both models keep their sources in the lock.
    let lock = folder.read("src/truto/declare.lock");
    assert!(lock.contains("\"a.json\"") && lock.contains("\"b.json\""), "{lock}");
}

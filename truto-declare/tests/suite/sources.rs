//! Sources of every form: what is read, what is skipped, and what is refused.

use std::fs;

use crate::common::{Folder, assert_has};

/// A page of a method, with properties in the sections that have any.
fn page(route: &str, query: &[&str], body: &[&str], response: &[&str]) -> String {
    let mut page = format!("# A method\n\n> Source: https://x\n\n`{route}`\n\nResource: **x**\n");
    for (title, names) in
        [("Query Parameters", query), ("Request body", body), ("Response body", response)]
    {
        if !names.is_empty() {
            page.push_str(&format!("\n## {title}\n\n"));
            for name in names {
                page.push_str(&format!("- **`{name}`** _(string)_ — Its text.\n"));
            }
        }
    }
    page
}

fn model(name: &str, resource: &str) -> String {
    format!(r#"{{"result": [{{"name": "{name}", "resources": {{"users": {resource}}}}}]}}"#)
}

const SCHEMA: &str = r#""schema": {"type": "object", "properties": {"id": {"type": "string"}}}"#;

#[test]
fn methods_are_read_beside_integration_mappings() {
    for methods in [
        r#"["list", "merge-all"]"#,
        r#"[{"name": "list"}, {"method": "merge-all"}]"#,
        r#"{"list": {}, "merge-all": {"label": "x"}}"#,
    ] {
        let folder = Folder::new("methods");
        let mapping = r#""integration_mapping": {"x": {"create": {}}, "y": {"list": {}}}"#;
        let resource = format!("{{{SCHEMA}, \"methods\": {methods}, {mapping}}}");
        folder.write("m.json", &model("crm", &resource));
        let ran = folder.run("m.json").exits(0);
        assert!(!ran.err().contains("lists no methods"), "{}", ran.err());
        let users = folder.read("src/truto/users.rs");
        for part in ["users/merge-all\"", "method = \"GET\"", "body = RemoteData"] {
            assert!(users.contains(part), "{methods}: no {part} in\n{users}");
        }
        assert_eq!(users.matches("#[unified_endpoint(").count(), 3, "{users}");
    }
}

#[test]
fn other_routes_are_declared_with_endpoint() {
    let folder = Folder::new("proxy");
    folder.write("proxy.md", &page("GET /proxy/users", &["q", "limit"], &[], &["id", "name"]));
    folder.write("one.md", &page("GET /proxy/users/{id}", &[], &[], &["id"]));
    let meta = r#"{"query_schema": {}, "request_body_schema": {"type": "object", "properties": {"name": {"type": "string"}}}}"#;
    folder.write("proxy/users/meta/create.json", meta);
    folder.run("proxy.md one.md proxy").exits(0);
    let users = folder.read("src/truto/users.rs");
    assert_has(
        &users,
        &[
            "#[endpoint(method = \"GET\", path = \"/proxy/users\", query = ListUsers)]",
            "#[endpoint(method = \"GET\", path = \"/proxy/users/<id>\")]",
            "#[endpoint(method = \"POST\", path = \"/proxy/users\", body = CreateUser)]",
        ],
    );

    let folder = Folder::new("own");
    folder.write("a.md", &page("GET /integrated-account", &["tenant_id"], &[], &["id"]));
    folder.write("b.md", &page("POST /integrated-account/:id/pause", &[], &["reason"], &[]));
    folder.write("c.md", &page("POST /batch-request", &[], &["requests"], &["id"]));
    folder.run(".").exits(0);
    let modules = folder.read("src/truto/mod.rs");
    assert!(modules.contains("//! Resources of Truto's own API, one file each.\n"), "{modules}");
    let accounts = folder.read("src/truto/integrated_account.rs");
    assert_has(
        &accounts,
        &[
            "path = \"/integrated-account\",\n    name = \"list\",",
            "response = truto_core::Page<IntegratedAccount>",
            "method = \"POST\",\n    path = \"/integrated-account/<id>/pause\",\n    name = \"post_pause\",",
        ],
    );
    let batch = folder.read("src/truto/batch_request.rs");
    assert!(batch.contains("body = CreateBatchRequest"), "{batch}");
}

#[test]
fn lists_may_be_described_with_their_envelope() {
    let records = r#"{"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}}"#;
    for (rest, field) in [(r#", "next_cursor": {"type": "string"}"#, "name"), ("", "result")] {
        let folder = Folder::new("envelope");
        let schema =
            format!(r#"{{"type": "object", "properties": {{"result": {records}{rest}}}}}"#);
        folder.write("crm/m.json", &format!(r#"{{"schema": {schema}, "query_schema": {{}}}}"#));
        folder.run("crm/users/list=crm/m.json").exits(0);
        let users = folder.read("src/truto/users.rs");
        let record = users.split_once("pub struct User {").expect("a record").1;
        assert!(record.trim_start().starts_with(&format!("pub {field}: ")), "{users}");
        // Another method may return an object with these fields.
        folder.run("crm/users/get=crm/m.json --out get").exits(0);
        assert!(folder.read("get/users.rs").contains("pub result: Option<Vec<UserResult>>,"));
    }
}

#[test]
fn unknown_types_of_pages_and_catalogs_are_kept_as_json() {
    let folder = Folder::new("unknown-types");
    let text = page("GET /unified/crm/users", &[], &[], &["a", "b", "c"]);
    let text = text
        .replace("**`a`** _(string)_", "**`a`** _(string | null)_")
        .replace("**`b`** _(string)_", "**`b`**")
        .replace("**`c`** _(string)_", "**`c`** _(array<money>)_");
    folder.write("a.md", &text);
    let ran = folder.run("a.md").exits(0);
    let ran = ran.says("`crm/users.a` is kept as JSON: it has the type `string | null` (a.md:11)");
    let ran = ran.says("`crm/users.c` is an array of an unknown type");
    assert!(!ran.err().contains("`b` is kept"), "{}", ran.err());
    assert_has(
        &folder.read("src/truto/users.rs"),
        &[
            "pub a: Option<RemoteData>",
            "pub b: Option<RemoteData>",
            "pub c: Option<Vec<RemoteData>>",
        ],
    );
    let catalog = r#"{"format": "truto-unified-model/1", "model": "crm", "resources": [{"segment": "users",
        "methods": [{"http": "GET", "path": "/unified/crm/users"}],
        "schema": [{"name": "a", "type": "money"}, {"name": "b", "type": "array", "items": {"type": "money"}}]}]}"#;
    folder.write("c.json", catalog);
    let ran = folder.run("c.json --out catalog").exits(0);
    ran.says("`crm/users.a` is kept as JSON: it has the type `money` (c.json:3)")
        .says("`crm/users.b` is kept as JSON: it has the type `money` (c.json:3)");
}

#[test]
fn coverage_pages_add_methods_to_resources_that_others_name() {
    let coverage = "# Ecommerce Integration Coverage\n\n> Source: https://truto.one/docs/api-reference/unified-e-commerce-api/coverage.md\n\n\
        ## Shop One (`shop-one`)\n\n- **Users**: list (partial), get\n- **Gift Cards**: list\n- **Notes**:\n\n\
        ## Other (`other`)\n\n- **Users**: list, merge\n";
    let folder = Folder::new("coverage");
    folder.write("coverage.md", coverage);
    let resource = format!("{{{SCHEMA}, \"methods\": [\"list\"]}}");
    folder.write("m.json", &model("ecommerce", &resource));
    let ran = folder.run("m.json coverage.md").exits(0);
    let skipped =
        "no other source has the resource `e-commerce/Gift Cards`; it is skipped (coverage.md:8)";
    let ran = ran.says(skipped).says("`e-commerce/Notes`; it is skipped (coverage.md:1)");
    assert!(!ran.err().contains("heading"), "{}", ran.err());
    let users = folder.read("src/truto/users.rs");
    for part in ["/unified/ecommerce/users/<id>\"", "/unified/ecommerce/users/merge\""] {
        assert!(users.contains(part), "no {part} in\n{users}");
    }
    assert_eq!(users.matches("#[unified_endpoint(").count(), 3, "{users}");
    // A page of another model adds nothing, and one alone declares nothing.
    folder.write("coverage.md", &coverage.replace("e-commerce", "crm"));
    folder.run("m.json coverage.md --check").exits(1).says("removed [breaking]");
    folder.run("coverage.md").exits(2).says("the sources contain no resource");
}

#[test]
fn headings_of_pages_are_read_in_any_case_and_unknown_ones_reported() {
    let folder = Folder::new("headings");
    let text = page("GET /unified/crm/users", &["search"], &[], &["id"]);
    folder.write("a.md", &format!("{text}\n## Rate limits\n\nFew.\n"));
    folder
        .run("a.md")
        .exits(0)
        .says("the heading `Rate limits` of `crm/users.list` is unknown; it is skipped (a.md:");
    let users = folder.read("src/truto/users.rs");
    assert!(users.contains("pub search: Option<String>,"), "{users}");
    assert!(users.contains("    /// Its text.\n"), "{users}");
}

/// One response may be one line, and one resource may come from many files: the place alone does not
/// identify it.
#[test]
fn warnings_name_model_resource_and_field() {
    let folder = Folder::new("wire-paths");
    let catalog = r#"{"format": "truto-unified-model/1", "model": "crm", "resources": [{"segment": "users", "methods": [{"http": "post", "path": "/unified/crm/users", "query": [{"name": "q", "type": "money"}], "body": [{"name": "b", "type": "object", "fields": [{"name": "c", "type": "money"}, {"type": "string"}]}]}, {"http": "GET", "path": "x"}], "schema": [{"name": "a", "type": "object", "fields": [{"name": "d", "type": "string"}, {"name": "d", "type": "string"}, {"name": "when_at", "type": "string"}]}]}]}"#;
    folder.write("catalog.json", catalog);
    let text = page("GET /unified/crm/users", &["q"], &[], &["a", "k"]);
    let text = text.replace("_(string)_ — Its text.", "_(money)_");
    folder.write("page.md", &format!("{text}  - **`x`** _(money)_\n  - **`x`** _(money)_\n"));
    let schema = r##"{"properties": {"a": {"type": "integer"}, "o": {"properties": {"w": {"oneOf": [{}, {}]}, "$": 1, "v": {"$ref": "#/no"}}}, "s": {"enum": ["x", "X", 1]}, "m": {"enum": [true, 1]}}}"##;
    let resources =
        format!(r#"{{"users": {{"schema": {schema}, "methods": ["a b"]}}, "a/b": {{}}}}"#);
    folder.write(
        "model.json",
        &format!(r#"{{"result": [{{"name": "crm", "resources": {resources}}}]}}"#),
    );
    let meta = format!(
        r#"{{"method": "list", "query_schema": {schema}, "request_body_schema": {schema}}}"#
    );
    folder.write("unified/crm/users/meta/update.json", &meta);
    let index = "# CRM\n\n> Source: x\n\n## Resources\n\n- [GET /unified/crm/users](x)\n- [GET /nope](x)\n\n## Odd\n";
    folder.write("index.md", index);
    let ran = folder.run("catalog.json page.md model.json unified index.md -v").exits(0);
    for words in [
        "`crm/users.create.query.q` is kept as JSON: it has the type `money` (catalog.json:1)",
        "`crm/users.create.body.b.c` is kept as JSON: it has the type `money` (catalog.json:1)",
        "a field of `crm/users.create.body.b` without a name is left out (catalog.json:1)",
        "this route of `crm/users` is left out (catalog.json:1)",
        "`crm/users.a.d` is listed twice; the first entry is used (catalog.json:1)",
        "`crm/users.list.query.q` is kept as JSON: it has the type `money` (page.md:11)",
        "`crm/users.k.x` is listed twice; the first entry is used (page.md:17, page.md:18)",
        "the heading `Odd` of `crm` is unknown; it is skipped (index.md:",
        "`GET /nope` is not a route of `crm`; it is declared as one of `truto/nope` (index.md:8)",
        "`crm/users.o.w` is kept as JSON: it has `oneOf` (model.json:1)",
        "the schema of `crm/users.o.$` is a number; it is kept as JSON (model.json:1)",
        "`$ref` to `#/no` in `crm/users.update.query.o.v` does not exist in this schema (",
        "a value of `enum` of `crm/users.update.body.s` is a number; it is left out (",
        "`crm/users.m` is kept as JSON: it has an `enum` of several types (model.json:1)",
        "the method `a b` of `crm/users` cannot be a path segment; it is left out (model.json:1)",
        "`a/b` of `crm` cannot be a path segment; it is left out (model.json:1)",
        "but its path is that of `crm/users.update`; the path is used",
        "`crm/users.a` is `integer` in one source, `object` in another; `integer` is used (",
        "`X` of `crm/users.s` is called `X2`; `X` is taken",
        "the fields of `/nope` are unknown; records are kept as JSON (index.md:8)",
    ] {
        assert!(ran.err().contains(words), "no {words} in\n{}", ran.err());
    }
    for line in ran.err().lines() {
        // A route is a path, too.
        let paths = ["crm/users", "`crm`", "/nope"];
        assert!(paths.iter().any(|path| line.contains(path)), "{line}");
    }
}

#[test]
fn routes_of_index_pages_that_are_no_paths_are_reported() {
    let folder = Folder::new("index");
    let lines = "- [GET /unified/crm/users](x) — List\n- [GET unified/crm/users/{id}](x) — Get\n\
        - DELETE /unified/crm/users/{id}\n- [Get started](x)\n";
    folder.write("index.md", &format!("# CRM\n\n> Source: x\n\n## Resources\n\n{lines}"));
    let words =
        "`unified/crm/users/{id}` is not a path; this route of `crm` is left out (index.md:8)";
    folder.run("index.md").exits(0).says(words);
    let users = folder.read("src/truto/users.rs");
    assert!(users.contains("DELETE") && !users.contains("name = \"get\""), "{users}");
}

#[test]
fn routes_of_other_resources_in_a_catalog_are_reported() {
    let folder = Folder::new("foreign-routes");
    let route = |path: &str| format!(r#"{{"http": "GET", "path": "{path}"}}"#);
    let paths =
        ["/proxy/users", "/unified/crm/groups", "/unified/crm/users", "/unified/hris/users"];
    let methods = paths.map(route).join(",");
    let catalog = format!(
        r#"{{"format": "truto-unified-model/1", "model": "crm", "resources": [{{"segment": "users",
        "methods": [{methods}], "schema": [{{"name": "id", "type": "string"}}]}}]}}"#
    );
    folder.write("c.json", &catalog);
    let ran = folder.run("c.json").exits(0);
    for (path, listed) in paths.into_iter().zip([true, true, false, true]) {
        let words = format!("`GET {path}` is listed under `/unified/crm/users`, but is not one of");
        assert_eq!(ran.err().contains(&words), listed, "{path} {}", ran.err());
    }
    // The routes of the resource itself have the plain names.
    let users = folder.read("src/truto/users.rs");
    assert!(users.contains("path = \"/unified/crm/users\")]"), "{users}");
}

#[test]
fn error_bodies_and_unknown_files_are_reported_as_such() {
    let error = r#"{"statusCode": 401, "error": "Unauthorized", "message": "who?"}"#;
    for (text, words) in [
        (error, "a saved error of Truto (401), not a schema"),
        ("{}", "not a known kind of source"),
        ("[]", "not a known kind of source"),
        (r#"{"hello": {"world": 1}}"#, "not a known kind of source"),
    ] {
        let folder = Folder::new("unknown");
        folder.write("in/x.json", text);
        folder.run("in/x.json").exits(2).says(words).says("expected");
        assert!(!folder.has("src"));
        // Within a folder, such a file is passed over.
        let resource = format!("{{{SCHEMA}, \"methods\": [\"list\"]}}");
        folder.write("in/m.json", &model("crm", &resource));
        folder.run("in").exits(0).says(words).says("it is skipped (in/x.json:1)");
        assert!(folder.has("src/truto/users.rs"));
    }
}

#[test]
fn folders_are_read_without_hanging() {
    let folder = Folder::new("folders");
    let resource = format!("{{{SCHEMA}, \"methods\": [\"list\"]}}");
    folder.write("in/m.JSON", &model("crm", &resource));
    let meta =
        r#"{"query_schema": {"q": {"type": "string"}}, "schema": {"id": {"type": "string"}}}"#;
    folder.write("in/unified/crm/users/meta/list.JSON", meta);
    folder.write("in/unified/unified/unified/meta/list.json", meta);
    folder.write("in/notes.txt", "hello");
    folder.write("in/.hidden.json", "{");
    folder.write("in/folder.json/more.md", &page("GET /unified/crm/users/{id}", &[], &[], &["id"]));
    let ran = if cfg!(unix) { odd_entries(&folder) } else { folder.run("in").exits(0) };
    assert!(!ran.err().contains("notes.txt"), "{}", ran.err());
    let users = folder.read("src/truto/crm/users.rs");
    assert!(users.contains("pub q: Option<String>,") && users.contains("/<id>\""), "{users}");
    assert!(folder.read("src/truto/unified/unified.rs").contains("/unified/unified/unified"));
}

#[cfg(unix)]
fn odd_entries(folder: &Folder) -> crate::common::Ran {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    let inside = folder.0.join("in");
    symlink("nowhere.json", inside.join("dangling.json")).expect("a link");
    symlink("..", inside.join("unified/up")).expect("a link");
    symlink("self.json", inside.join("self.json")).expect("a link");
    let fifo = std::process::Command::new("mkfifo").arg(inside.join("pipe.json")).status();
    let has_fifo = fifo.is_ok_and(|status| status.success());
    let name = std::ffi::OsStr::from_bytes(b"latin-\xff.json");
    let has_latin = fs::write(inside.join(name), "{}").is_ok();
    let mut ran = folder.run("in").exits(0);
    ran = ran.says("in/dangling.json: ").says("in/self.json: ");
    ran = ran.says("in/unified/up: a link to a parent folder; it is skipped");
    if has_fifo {
        ran = ran.says("in/pipe.json: not a file; it is skipped");
    }
    if has_latin {
        ran = ran.says("the name is not UTF-8; it is skipped");
    }
    ran
}

#[cfg(not(unix))]
fn odd_entries(folder: &Folder) -> crate::common::Ran {
    folder.run("in").exits(0)
}

#[test]
fn windows_line_ends_change_nothing() {
    let folder = Folder::new("crlf");
    let text = page("POST /unified/crm/users", &["q"], &["name"], &["id", "name"]);
    let resource = format!("{{{SCHEMA},\n\"methods\": [\"list\", \"create\"]}}");
    let model = model("crm", &resource);
    folder.write("a.md", &text);
    folder.write("m.json", &model);
    folder.write("src/truto/declare.toml", "[resources]\nusers = \"Person\"\n");
    folder.run("a.md m.json").exits(0);
    let person = folder.read("src/truto/users.rs");
    assert!(person.contains("pub struct Person {"), "{person}");
    for file in ["a.md", "m.json", "src/truto/declare.toml", "src/truto/declare.lock"] {
        let text = folder.read(file);
        folder.write(file, &format!("\u{feff}{}", text.replace('\n', "\r\n")));
    }
    folder.run("a.md m.json --check").exits(0);
    for file in ["users.rs", "mod.rs"] {
        let path = format!("src/truto/{file}");
        folder.write(&path, &folder.read(&path).replace('\n', "\r\n"));
    }
    folder.run("a.md m.json --check").exits(0);
    folder.run("a.md m.json").exits(0).says("nothing changed");
}

#[test]
fn avoids_file_names_reserved_by_windows() {
    let folder = Folder::new("reserved");
    let resource = format!("{{{SCHEMA}, \"methods\": [\"list\"]}}");
    let names = [
        "con", "CON", "aux", "nul", "prn", "com1", "COM9", "lpt1", "lib", "mod", "main", "conin",
        "com10",
    ];
    let resources: Vec<String> = names.iter().map(|name| format!("{name:?}: {resource}")).collect();
    let model =
        |name: &str| format!("{{\"name\": {name:?}, \"resources\": {{{}}}}}", resources.join(", "));
    folder.write("m.json", &format!("{{\"result\": [{}, {}]}}", model("aux"), model("crm")));
    folder.run("m.json").exits(0);
    for entry in fs::read_dir(folder.0.join("src/truto")).expect("a folder") {
        let name = entry.expect("an entry").file_name();
        assert_ne!(name, "aux");
    }
    let files = fs::read_dir(folder.0.join("src/truto/crm")).expect("a folder");
    let mut lower: Vec<String> = files
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().to_lowercase())
        .collect();
    lower.sort();
    let all = lower.len();
    lower.dedup();
    assert_eq!(lower.len(), all, "names that differ in case alone: {lower:?}");
    for stem in lower.iter().map(|name| name.split('.').next().unwrap_or_default()) {
        assert!(!["con", "aux", "nul", "prn", "com1", "com9", "lpt1"].contains(&stem), "{stem}");
    }
    folder.run("m.json --check").exits(0);
}

#[test]
fn paths_of_either_separator_name_a_meta_response() {
    let folder = Folder::new("separators");
    let meta = r#"{"query_schema": {}, "schema": {"id": {"type": "string"}}}"#;
    folder.write("unified/crm/users/meta/list.json", meta);
    folder.run("unified/crm/users/meta/list.json").exits(0);
    let lock = folder.read("src/truto/declare.lock");
    assert!(!lock.contains('\\') && lock.contains("[models.crm.resources.users]"), "{lock}");
    if cfg!(not(windows)) {
        // A name of this system that has the form of a path of the other one.
        folder.write("unified\\crm\\users\\meta\\list.json", meta);
        folder.run("unified\\crm\\users\\meta\\list.json --check").exits(0);
    }
}

#[test]
fn omits_methods_unsupported_by_a_family() {
    let folder = Folder::new("put");
    let list = page("GET /integrated-account", &[], &[], &["id"]);
    folder.write("list.md", &list);
    folder.write("put.md", &page("PUT /integrated-account/:id", &[], &["a"], &["id"]));
    folder.write("head.md", &page("HEAD /proxy/users", &[], &[], &["id"]));
    let words = "`PUT /integrated-account/<id>` is left out: Truto's routes are GET, POST, PATCH and DELETE (put.md:5)";
    folder.run(".").exits(0).says(words).says("`HEAD /proxy/users` is left out");
    let accounts = folder.read("src/truto/truto/integrated_account.rs");
    assert!(!accounts.contains("PUT") && accounts.contains("GET"), "{accounts}");
}

#[test]
fn the_layout_of_a_source_changes_no_type() {
    let folder = Folder::new("layout");
    let resource = serde_json::json!({"methods": ["list"], "schema": {"type": "object",
        "properties": {"home": {"$ref": "#/definitions/Address"}, "work": {"$ref": "#/definitions/Address"}},
        "definitions": {"Address": {"type": "object", "properties": {"city": {"type": "string"}}}}}});
    let model = serde_json::json!({"result": [{"name": "crm",
        "resources": {"users": resource, "groups": resource}}]});
    folder.write("m.json", &serde_json::to_string_pretty(&model).expect("JSON"));
    folder.run("m.json").exits(0);
    folder.write("m.json", &model.to_string());
    folder.run("m.json --out line").exits(0);
    for file in ["users.rs", "groups.rs", "mod.rs"] {
        assert_eq!(folder.read(&format!("line/{file}")), folder.read(&format!("src/truto/{file}")));
    }
    assert!(!folder.has("line/shared.rs"));
    assert!(folder.read("line/users.rs").contains("pub work: Option<UserAddress>,"));
}

#[test]
fn the_first_route_of_a_page_may_be_of_another_model() {
    let folder = Folder::new("first-route");
    let index = "# CRM\n\n> Source: x\n\n## Resources\n\n- [GET /unified/hris/a](x)\n\
         - [GET /unified/crm/users](x)\n- [GET /unified/crm/groups](x)\n";
    folder.write("index.md", index);
    let page = "# User\n\n> Source: x\n\n## Properties\n\n- **`id`** _(string)_\n  Id.\n\n## Methods\n\n\
         - [GET /unified/crm/groups](x)\n- [GET /unified/crm/users](x)\n- [POST /unified/crm/users](x)\n";
    folder.write("page.md", page);
    let ran = folder.run("index.md page.md -v").exits(0);
    let foreign =
        "`GET /unified/hris/a` is not a route of `crm`; it is declared as one of `hris/a`";
    assert_eq!(ran.err().matches("is not a route of").count(), 1, "{}", ran.err());
    ran.says(foreign).says("the fields of `/unified/crm/groups` are unknown");
    assert!(folder.read("src/truto/crm/users.rs").contains("pub id: "), "the record of the page");
}

#[test]
fn values_of_a_text_enum_that_are_no_texts_are_told_in_each_form() {
    let folder = Folder::new("enum-values");
    folder.write(
        "catalog.json",
        r#"{"format": "truto-unified-model/1", "model": "a", "resources": [{"segment": "users", "methods": [],
          "schema": [{"name": "s", "type": "string", "enum": [1, "on", true, null]}]}]}"#,
    );
    let schema = r#"{"type": "object", "properties": {"s": {"type": "string", "enum": [1, "on", true, null]}}}"#;
    folder.write(
        "model.json",
        &format!(
            r#"{{"result": [{{"name": "b", "resources": {{"users": {{"schema": {schema}}}}}}}]}}"#
        ),
    );
    folder.write("meta.json", &format!(r#"{{"schema": {schema}}}"#));
    let ran = folder.run("catalog.json model.json c/users/list=meta.json -v").exits(0);
    for model in ["a", "b", "c"] {
        for kind in ["a number", "a boolean"] {
            let words = format!("a value of `enum` of `{model}/users.s` is {kind}; it is left out");
            assert_eq!(ran.err().matches(&words).count(), 1, "{words}\n{}", ran.err());
        }
    }
}

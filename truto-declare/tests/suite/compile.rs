//! The output compiles without a warning, whatever the names and descriptions are.

use serde_json::{Map, Value, json};

use crate::common::Scratch;

/// Descriptions that would be code, links or markup if they were not escaped.
const TEXTS: [&str; 18] = [
    "```rust\npanic!()\n```",
    "    let x = std::process::exit(3);",
    "- a\n\t- b\n\t\t- c",
    "*/ end /* begin",
    "<b>bold</b><script>",
    "[link](x) [User] [`x`] [a][b]",
    "see https://example.com/a_b?c=d and www.example.com",
    "trailing\\",
    "\u{202e}abc\u{7}\u{2066}",
    "# head\n> quote\n1. x\n===",
    "| a | b |\n|---|---|",
    "&amp; `unclosed",
    "  ",
    "DocuSign & HelloWorld [^1]: x",
    "\r\n---\r\n",
    "~~~\nx\n~~~",
    "\"]\n#[cfg(x)]",
    "{} $x$ <https://a.b> mailto:a@b.c http://x",
];

const NAMES: [&str; 50] = [
    "type",
    "self",
    "Self",
    "crate",
    "super",
    "async",
    "gen",
    "fn",
    "String",
    "Option",
    "Vec",
    "Ok",
    "None",
    "Some",
    "Box",
    "r#type",
    "a-b",
    "a b",
    "a_b",
    "A_B",
    "",
    "1",
    "+1",
    "-1",
    "größe",
    "日本",
    "$ref x",
    "a\"b",
    "a\\b",
    "a\nb",
    "\u{202e}",
    "try",
    "union",
    "_",
    "__",
    "created_at",
    "createdAt",
    "user_id",
    "Default",
    "i32",
    "serde",
    "core",
    "std",
    "truto_core",
    "bool",
    "str",
    "u8",
    "is_a",
    "id",
    "self_",
];

const SEGMENTS: [&str; 30] = [
    "users",
    "strings",
    "options",
    "self",
    "mod",
    "shared",
    "type",
    "vecs",
    "gen",
    "search",
    "Ok",
    "serde",
    "core",
    "std",
    "truto_core",
    "jiff",
    "box",
    "2fa",
    "users-list",
    "list_users",
    "results",
    "defaults",
    "con",
    "unified",
    "crate",
    "ids",
    "filters",
    "or-raws",
    "remote_data",
    "pages",
];

fn properties() -> Value {
    let mut fields = Map::new();
    for (index, text) in TEXTS.iter().enumerate() {
        fields.insert(format!("f{index}"), json!({"type": "string", "description": text}));
    }
    for name in NAMES {
        fields.insert(name.to_owned(), json!({"type": "string"}));
    }
    let words = [
        "in-progress",
        "In Progress",
        "IN_PROGRESS",
        "+1",
        "-1",
        "1",
        "",
        "ü",
        "日本",
        "Self",
        "None",
        "Ok",
        "String",
        "a\"b",
        "\\",
        "\n",
        "`x`",
        "type",
        "Some",
        " ",
        "\u{202e}",
        "1.5",
        "1_5",
        "15",
    ];
    fields.insert("x".repeat(300), json!({"type": "string"}));
    fields.insert("words".into(), json!({"type": "string", "enum": words}));
    fields.insert(
        "String".into(),
        json!({"type": "object", "properties": {
        "a": {"type": "string", "enum": ["x", "y"]},
        "Option": {"type": "object", "properties": {"q": {"type": "integer", "required": true}}}}}),
    );
    fields.insert(
        "Vec".into(),
        json!({"type": "array", "items": {"type": "object", "properties": {
        "b": {"$ref": "#"}, "ok": {"type": "object", "properties": {"z": {"type": "boolean"}}}}}}),
    );
    fields.insert("parent".into(), json!({"$ref": "#"}));
    fields.insert(
        "node".into(),
        json!({"type": "object", "properties": {
        "next": {"$ref": "#/properties/node"}, "v": {"type": "string"},
        "kids": {"type": "array", "items": {"$ref": "#/properties/node"}}}}),
    );
    fields.insert("other".into(), json!({"$ref": "#/properties/node"}));
    let mut deep = json!({"type": "string"});
    for _ in 0..5 {
        deep = json!({"type": "array", "items": deep});
    }
    fields.insert("deep".into(), deep);
    for index in 0..5 {
        fields.insert(format!("flag{index}"), json!({"type": "boolean", "required": true}));
    }
    Value::Object(fields)
}

fn model() -> Value {
    let methods = [
        "list",
        "get",
        "create",
        "update",
        "delete",
        "move-stage",
        "new",
        "self",
        "type",
        "2fa",
        "List",
        "clone",
        "gen",
        "meta",
        "default",
        "search",
    ];
    let methods: Map<String, Value> =
        methods.iter().map(|name| ((*name).to_owned(), json!({}))).collect();
    let resource = |(index, segment): (usize, &&str)| {
        let resource = json!({
            "description": TEXTS[index % TEXTS.len()],
            "schema": {"type": "object", "properties": properties()},
            "integration_mapping": {"x": methods},
        });
        ((*segment).to_owned(), resource)
    };
    let resources: Map<String, Value> = SEGMENTS.iter().enumerate().map(resource).collect();
    json!({"result": [{"name": "search", "resources": resources}]})
}

/// Routes of every shape, with queries and bodies.
fn catalog() -> Value {
    let query = json!([{"name": "created_at", "type": "string"}, {"name": "id", "type": "string"},
        {"name": "x y", "type": "string"}, {"name": "type", "type": "string"}]);
    let mut body: Vec<Value> = (0..9)
        .map(|n| json!({"name": format!("r{n}"), "type": "string", "required": true}))
        .collect();
    body.push(json!({"name": "k", "type": "string", "enum": ["a"], "required": true}));
    body.push(json!({"name": "n", "type": "object", "required": true,
        "fields": [{"name": "x", "type": "integer", "required": true}]}));
    body.push(json!({"name": "flag", "type": "boolean", "required": true}));
    let when = json!([{"name": "when", "type": "string", "format": "date", "required": true}]);
    let resource = |segment: &str| {
        let route = |verb: &str, rest: &str, query: &Value, body: &[Value]| {
            json!({"http": verb, "path": format!("/unified/zoo/{segment}{rest}"), "query": query,
                   "body": body, "response": if rest == "/download" { "binary" } else { "" }})
        };
        let none = json!([]);
        json!({"segment": segment, "schema": [{"name": "id", "type": "any"},
            {"name": "d", "type": "string", "format": "date"}], "methods": [
            route("GET", "", &query, &[]),
            route("GET", "/{id}", &query, &[]),
            route("POST", "", &query, &body),
            route("PATCH", "/{id}", &none, &body[9..]),
            route("DELETE", "/{id}", &query, &[]),
            route("POST", "/list", &query, &body[10..]),
            route("GET", "/{id}/parts/{partId}", &query, &[]),
            route("POST", "/{query}", &none, &body[..1]),
            route("PATCH", "/{id}/x/{body}/{self}", &when, &[]),
            route("PUT", "", &none, &[]),
            route("GET", "/download", &none, &[]),
        ]})
    };
    json!({"format": "truto-unified-model/1", "model": "zoo",
           "resources": [resource("things"), resource("queries")]})
}

#[test]
fn foreign_names_and_texts_compile_without_a_warning() {
    let lints = "[lints.rust]\nmissing_docs = \"deny\"\nunreachable_pub = \"deny\"\nwarnings = \"deny\"\n\
         unsafe_code = \"forbid\"\n[lints.clippy]\npedantic = \"deny\"\n[lints.rustdoc]\nall = \"deny\"\n";
    let scratch = Scratch::new("declared", lints);
    // A program that does not use the model yet.
    scratch.folder.write("src/main.rs", "//! Declared.\n\nmod truto;\n\nfn main() {}\n");
    scratch.folder.write("m.json", &model().to_string());
    scratch.folder.write("c.json", &catalog().to_string());
    scratch.folder.run("m.json c.json").exits(0);
    scratch.lint(&[]);
    scratch.cargo(&["doc", "--quiet", "--no-deps", "--offline"]);
}

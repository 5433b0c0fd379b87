//! Any schema yields files that are Rust as rustfmt writes it, or an error; never a panic.

use std::io::Write;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::config::Config;
use crate::diagnostic::{SourceError, Warnings};
use crate::read::Source;
use crate::write::{File, files};

/// All steps from sources to files.
pub(crate) fn declare(sources: &[Source]) -> Result<Vec<File>, SourceError> {
    let mut warnings = Warnings::default();
    let mut resources = Vec::new();
    for source in sources {
        resources.extend(crate::read::read(source, &mut warnings)?);
    }
    let merged = crate::merge::merge(resources, &mut warnings);
    let plan = crate::plan::plan(&merged, &Config::default(), &mut warnings);
    Ok(files(&plan, &|_, _| {}))
}

pub(crate) fn source(name: &str, text: String) -> Source {
    Source { name: name.into(), text, about: None, found: false }
}

/// Names that are keywords, types, or nothing at all.
fn name() -> impl Strategy<Value = String> {
    let odd = [
        "type",
        "self",
        "Self",
        "async",
        "gen",
        "String",
        "Option",
        "Vec",
        "Ok",
        "id",
        "user_id",
        "created_at",
        "remote_data",
        "",
        "a-b",
        "a b",
        "A_B",
        "+1",
        "-1",
        "1",
        "größe",
        "日本",
        "__",
        "\u{202e}",
        "a\"b\\",
        "a\nb",
        "users",
        "User",
        "status",
        "name",
        "serde",
        "truto_core",
    ];
    prop_oneof![
        3 => proptest::sample::select(odd.to_vec()).prop_map(str::to_owned),
        1 => "[a-z_]{1,12}",
        1 => any::<String>(),
        1 => "[a-zA-Z0-9]{60,200}",
    ]
}

fn schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!({"type": "string"})),
        Just(json!({"type": "string", "format": "date-time"})),
        Just(json!({"type": "string", "format": "date", "required": true})),
        prop::collection::vec(name(), 0..6)
            .prop_map(|words| json!({"type": "string", "enum": words})),
        proptest::sample::select(vec![
            "integer", "number", "boolean", "object", "array", "unknown"
        ])
        .prop_map(|kind| json!({"type": kind, "required": kind == "integer"})),
        proptest::sample::select(vec![
            "#",
            "#/properties/a",
            "#/properties/node",
            "nowhere",
            "#/x/y"
        ])
        .prop_map(|to| json!({"$ref": to})),
        any::<String>().prop_map(|text| json!({"type": "string", "description": text})),
        Just(json!({})),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            inner.clone().prop_map(|item| json!({"type": "array", "items": item})),
            prop::collection::vec((name(), inner), 0..6).prop_map(|fields| {
                let fields: Map<String, Value> = fields.into_iter().collect();
                json!({"type": "object", "properties": fields})
            }),
        ]
    })
}

/// A part of a schema with something of a wrong kind in it.
fn broken() -> impl Strategy<Value = Value> {
    let wrong = prop_oneof![
        Just(json!(null)),
        Just(json!(5)),
        Just(json!("text")),
        Just(json!([[]])),
        Just(json!({"a": 1})),
        Just(json!(true)),
    ];
    let key = proptest::sample::select(vec![
        "type",
        "properties",
        "items",
        "enum",
        "required",
        "description",
        "format",
        "$ref",
    ]);
    (schema(), key, wrong).prop_map(|(mut schema, key, wrong)| {
        schema[key] = wrong;
        json!({"type": "object", "properties": {"a": schema, "node": {"type": "object"}}})
    })
}

fn model(resources: &[(String, Value)]) -> String {
    let resource = |(segment, schema): &(String, Value)| {
        let methods = json!({"list": {}, "create": {}, "new": {}, "self": {}, "List": {}});
        let own = json!({"type": "object", "properties": {"id": {"type": "string"}, "a": schema}});
        (segment.clone(), json!({"schema": own, "integration_mapping": {"x": methods}}))
    };
    let resources: Map<String, Value> = resources.iter().map(resource).collect();
    json!({"result": [{"name": "m", "resources": resources}]}).to_string()
}

/// Whether rustfmt leaves the text as it is; without rustfmt nothing is known.
fn is_formatted(text: &str) -> bool {
    let command = Command::new("rustfmt")
        .args(["--edition", "2024", "--check"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut command) = command else {
        eprintln!("skipped: no rustfmt");
        return true;
    };
    let mut input = command.stdin.take().expect("a pipe");
    input.write_all(text.as_bytes()).expect("rustfmt reads");
    drop(input);
    let output = command.wait_with_output().expect("rustfmt ends");
    println!("{}", String::from_utf8_lossy(&output.stdout));
    output.status.success()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_schema_yields_rust(resources in prop::collection::vec(("[a-zA-Z][a-z_-]{0,8}", schema()), 1..4)) {
        let files = declare(&[source("m.json", model(&resources))]);
        for file in files.expect("files") {
            if let Err(error) = syn::parse_file(&file.content) {
                panic!("{error}\n{}", file.content);
            }
        }
    }

    #[test]
    fn what_is_of_a_wrong_kind_is_an_error_or_left_open(schema in broken(), text in any::<String>()) {
        for source in [
            source("m.json", model(&[("users".to_owned(), schema)])),
            source("x.json", text.clone()),
            source("x.md", text.clone()),
            source("y.md", format!("# T\n\n> Source: x\n\n`GET /unified/a/b`\n\n## Response body\n\n{text}")),
            source("z.md", format!("# T\n\n> Source: x\n\n`POST /unified/a/b`\n\n## Request body\n\n- **`a`** _(string)_\n  Allowed: {text}")),
        ] {
            for file in declare(&[source]).unwrap_or_default() {
                prop_assert!(syn::parse_file(&file.content).is_ok(), "{}", file.content);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rustfmt_leaves_it_as_it_is(resources in prop::collection::vec(("[a-z]{1,30}", schema()), 2..4)) {
        let files = declare(&[source("m.json", model(&resources))]).expect("files");
        // Modules of others would be looked for on the disk.
        for file in files.iter().filter(|file| !file.path.ends_with("mod.rs")) {
            prop_assert!(is_formatted(&file.content), "{}", file.content);
        }
        let modules = files.iter().find(|file| file.path == "mod.rs").expect("a mod.rs");
        let (_, uses) = modules.content.split_once("\n\n").expect("modules");
        let inline = uses.lines().filter(|line| !line.starts_with("mod ")).collect::<Vec<_>>().join("\n");
        prop_assert!(is_formatted(&format!("{}\n", inline.trim())), "{inline}");
    }
}

#[test]
fn wide_and_deep_schemas_end() {
    let mut deep = json!({"type": "string"});
    for _ in 0..50 {
        deep = json!({"type": "object", "properties": {"a": deep}});
    }
    let wide: Map<String, Value> =
        (0..5_000).map(|n| (format!("field {n}"), json!({"type": "string"}))).collect();
    let wide = json!({"type": "object", "properties": wide});
    // Each level names the next one twice: without a bound this would be 2^40 fields.
    let mut levels = Map::new();
    for n in 0..40 {
        let next = json!({"$ref": format!("#/properties/a/properties/l{}", n + 1)});
        levels.insert(
            format!("l{n}"),
            json!({"type": "object", "properties": {"x": next, "y": next}}),
        );
    }
    let many = json!({"type": "object", "properties": levels});
    // A chain of references that is deeper than any stack.
    let mut chain = Map::new();
    for n in 0..5_000 {
        let next = json!({"$ref": format!("#/properties/a/properties/c{}", n + 1)});
        chain.insert(format!("c{n}"), json!({"type": "object", "properties": {"x": next}}));
    }
    let chain = json!({"type": "object", "properties": chain});
    for (schema, works) in [(deep, true), (wide, true), (many, false), (chain, false)] {
        let text = model(&[("users".to_owned(), schema)]);
        assert_eq!(declare(&[source("m.json", text)]).is_ok(), works);
    }
}

//! Any schema yields Rust or an error, never a panic; and what has a name keeps it.

use std::path::Path;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::config::Config;
use crate::diagnostic::{SourceError, Warnings};
use crate::lock::Lock;
use crate::read::Source;
use crate::write::{File, Printed, by_tree, fingerprint, format_all};

/// All steps from sources to files, and the lock that they leave.
pub(crate) fn declare_after(
    sources: &[Source],
    lock: &Lock,
) -> Result<(Vec<File>, Lock), SourceError> {
    let mut warnings = Warnings::default();
    let mut resources = Vec::new();
    for source in sources {
        resources.extend(crate::read::read(source, &mut warnings)?);
    }
    let merged = crate::merge::merge(resources, &mut warnings);
    let config = Config::default();
    let plan = crate::plan::plan(&merged, &config, lock, &mut warnings);
    let plan = plan.map_err(|mut errors| errors.remove(0))?;
    let mut files = Vec::new();
    for model in &plan.models {
        for (index, file) in model.files.iter().enumerate() {
            let text = crate::write::content(model, index, &config);
            files.push(File { path: format!("{}.rs", file.module), text });
        }
        if let Some(text) = crate::write::shared_content(model, &config) {
            files.push(File { path: "shared.rs".to_owned(), text });
        }
    }
    let lock = lock.after(&plan, &|_| true, false);
    // The lock survives a round trip.
    assert_eq!(Lock::parse(&lock.text()).expect("TOML"), lock);
    Ok((files, lock))
}

pub(crate) fn declare(sources: &[Source]) -> Result<Vec<File>, SourceError> {
    declare_after(sources, &Lock::default()).map(|(files, _)| files)
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_schema_yields_rust(resources in prop::collection::vec(("[a-zA-Z][a-z_-]{0,8}", schema()), 1..4)) {
        let files = declare(&[source("m.json", model(&resources))]);
        for file in files.expect("files") {
            if let Err(error) = syn::parse_file(&file.text) {
                panic!("{error}\n{}", file.text);
            }
            prop_assert_eq!(fingerprint(&file.text), by_tree(&file.text), "{}", file.text);
        }
    }

    #[test]
    fn values_of_a_wrong_kind_are_errors_or_left_open(schema in broken(), text in any::<String>()) {
        for source in [
            source("m.json", model(&[("users".to_owned(), schema)])),
            source("x.json", text.clone()),
            source("x.md", text.clone()),
            source("y.md", format!("# T\n\n> Source: x\n\n`GET /unified/a/b`\n\n## Response body\n\n{text}")),
            source("z.md", format!("# T\n\n> Source: x\n\n`POST /unified/a/b`\n\n## Request body\n\n- **`a`** _(string)_\n  Allowed: {text}")),
        ] {
            for file in declare(&[source]).unwrap_or_default() {
                prop_assert!(syn::parse_file(&file.text).is_ok(), "{}", file.text);
            }
        }
    }
}

/// The entries of a lock, by model, resource and path.
fn entries(lock: &Lock) -> std::collections::BTreeMap<String, String> {
    let mut all = std::collections::BTreeMap::new();
    for (model, locked) in &lock.models {
        for (segment, resource) in &locked.resources {
            let mut add = |kind: &str, path: &str, value: &str| {
                all.insert(format!("{model} {segment} {kind} {path}"), value.to_owned());
            };
            add("module", "", &resource.module);
            resource.types.iter().for_each(|(path, name)| add("type", path, name));
            resource.endpoints.iter().for_each(|(path, name)| add("endpoint", path, name));
            resource.fields.iter().for_each(|(path, name)| add("field", path, name));
            for (path, words) in resource.words.iter() {
                for (word, name) in words.iter() {
                    add("word", &format!("{path} {word}"), name);
                }
            }
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn additions_rename_nothing(
        resources in prop::collection::btree_map("[a-zA-Z][a-z_-]{0,8}", schema(), 1..4),
        field in (name(), schema()),
        resource in ("[a-zA-Z][a-z_-]{0,8}", schema()),
        first in any::<bool>(),
    ) {
        let mut all: Vec<(String, Value)> = resources.into_iter().collect();
        let Ok((_, old)) = declare_after(&[source("m.json", model(&all))], &Lock::default()) else {
            return Ok(());
        };
        let before = entries(&old);
        // A resource, and a field beside those of the first one.
        if let Some(fields) = all[0].1.get_mut("properties").and_then(Value::as_object_mut)
            // An object without fields is an open one, and its first field makes it a struct.
            && !fields.is_empty()
            && !fields.contains_key(&field.0)
        {
            fields.insert(field.0, field.1);
        }
        if all.iter().all(|(segment, _)| *segment != resource.0) {
            let at = if first { 0 } else { all.len() };
            all.insert(at, resource);
        }
        let Ok((files, new)) = declare_after(&[source("m.json", model(&all))], &old) else {
            return Ok(());
        };
        let after = entries(&new);
        for (path, name) in before {
            prop_assert_eq!(after.get(&path), Some(&name), "{}", path);
        }
        for file in files {
            prop_assert!(syn::parse_file(&file.text).is_ok(), "{}", file.text);
        }
    }
}

#[test]
fn keeps_the_name_of_a_body_whose_path_a_field_spells() {
    let body = json!([{"name": "text", "type": "string", "required": true}]);
    let comment = json!({"name": "comment", "type": "object", "fields": [
        {"name": "body", "type": "object", "fields": [{"name": "html", "type": "string"}]}]});
    let catalog = |field: bool, method: bool| {
        let mut schema = vec![json!({"name": "id", "type": "string"})];
        schema.extend(field.then(|| comment.clone()));
        let mut methods = vec![json!({"http": "GET", "path": "/unified/crm/tickets"})];
        let post = json!({"http": "POST", "path": "/unified/crm/tickets/comment", "body": body});
        methods.extend(method.then_some(post));
        let resource = json!({"segment": "tickets", "methods": methods, "schema": schema});
        let catalog =
            json!({"format": "truto-unified-model/1", "model": "crm", "resources": [resource]});
        source("c.json", catalog.to_string())
    };
    for (field, method) in [(false, true), (true, false), (true, true)] {
        let first = declare_after(&[catalog(field, method)], &Lock::default()).expect("files");
        let second = declare_after(&[catalog(true, true)], &first.1).expect("files");
        let third = declare_after(&[catalog(true, true)], &second.1).expect("files");
        assert_eq!(second.1, third.1);
        let text = &second.0[0].text;
        for line in [
            "body = CommentTicket)]",
            "pub struct CommentTicket {\n    pub text: ",
            "pub body: Option<TicketCommentBody>,",
            "pub struct TicketCommentBody {\n    pub html: ",
        ] {
            assert!(text.contains(line), "{field} {method}: no {line} in\n{text}");
        }
        let (before, after) = (entries(&first.1), entries(&second.1));
        for (path, name) in before {
            assert_eq!(after.get(&path), Some(&name), "{path}");
        }
    }
}

#[test]
fn keeps_locked_types_apart_if_a_definition_replaces_them() {
    let address = json!({"type": "object", "properties": {
        "street": {"type": "string"}, "kind": {"type": "string", "enum": ["home", "work"]}}});
    let reference = json!({"$ref": "#/definitions/Address"});
    let users = |fields: &[(&str, &Value)]| {
        let fields: Map<String, Value> =
            fields.iter().map(|(name, schema)| ((*name).to_owned(), (*schema).clone())).collect();
        let schema = json!({"type": "object", "properties": fields,
            "definitions": {"Address": address}});
        let users = json!({"users": {"schema": schema, "methods": ["list"]}});
        source("m.json", json!({"result": [{"name": "crm", "resources": users}]}).to_string())
    };
    let own = [("billing", &address), ("shipping", &address)];
    let (_, first) = declare_after(&[users(&own)], &Lock::default()).expect("files");
    // New places of the definition join the first type.
    let shared = ["alt", "billing", "shipping", "zip"].map(|name| (name, &reference));
    let (files, second) = declare_after(&[users(&shared)], &first).expect("files");
    let text = &files[0].text;
    for (field, ty) in [
        ("alt", "UserBilling"),
        ("billing", "UserBilling"),
        ("shipping", "UserShipping"),
        ("zip", "UserBilling"),
        ("kind", "OrRaw<UserBillingKind>"),
        ("kind", "OrRaw<UserShippingKind>"),
    ] {
        let line = format!("pub {field}: Option<{ty}>,");
        assert!(text.contains(&line), "no {line} in\n{text}");
    }
    let (_, third) = declare_after(&[users(&shared)], &second).expect("files");
    assert_eq!(second, third);
    let after = entries(&second);
    for (path, name) in entries(&first) {
        assert_eq!(after.get(&path), Some(&name), "{path}");
    }
    // Without the old names all places are the definition's.
    let (files, _) = declare_after(&[users(&shared)], &Lock::default()).expect("files");
    assert_eq!(files[0].text.matches(": Option<UserAddress>,").count(), 4, "{}", files[0].text);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rustfmt_changes_no_token(resources in prop::collection::vec(("[a-z]{1,30}", schema()), 2..4)) {
        let files = declare(&[source("m.json", model(&resources))]).expect("files");
        let printed = |file: File| Printed {
            fingerprint: fingerprint(&file.text).expect("Rust"),
            path: file.path,
            text: file.text,
        };
        let mut files: Vec<Printed> = files.into_iter().map(printed).collect();
        // A file whose tokens differ afterwards is a warning.
        prop_assert_eq!(format_all(&mut files, Path::new(".")), Vec::<String>::new());
        let formatted: Vec<String> = files.iter().map(|file| file.text.clone()).collect();
        prop_assert_eq!(format_all(&mut files, Path::new(".")), Vec::<String>::new());
        for (file, formatted) in files.iter().zip(formatted) {
            prop_assert_eq!(&file.text, &formatted);
        }
    }
}

#[test]
fn terminates_on_wide_and_deep_schemas() {
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

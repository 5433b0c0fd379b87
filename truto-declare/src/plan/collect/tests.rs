//! The type of each schema, in a record, a query, a body and a PATCH body.

use serde_json::{Value, json};

use crate::properties::{declare, source};
use crate::read::Source;
use crate::read::meta::About;

/// The type of the field `x` with this schema, and everything that is declared around it.
fn declared(method: &str, schema: &Value, required: bool) -> (String, String) {
    let mut properties = json!({"type": "object", "properties": {"x": schema}});
    if required {
        properties["required"] = json!(["x"]);
    }
    let open = json!({"type": "object", "properties": {"y": {"type": "string"}}});
    let meta = match method {
        "get" => json!({"schema": properties, "query_schema": {}}),
        "list" => json!({"schema": open, "query_schema": properties}),
        _ => json!({"schema": open, "query_schema": {}, "request_body_schema": properties}),
    };
    let about = About { model: "m".into(), resource: "things".into(), method: method.into() };
    let meta = Source { about: Some(about), ..source("meta.json", meta.to_string()) };
    let files = declare(&[meta]).expect("files");
    let text = files.into_iter().next().expect("a file").text;
    let line = text.lines().find_map(|line| line.trim().strip_prefix("pub x: "));
    let line = line.unwrap_or("none").trim_end_matches(',').to_owned();
    (line, text)
}

#[test]
fn types_of_records() {
    let object = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    for (schema, ty) in [
        (json!({"type": "string"}), "Option<String>"),
        (json!({"type": "string", "format": "date-time"}), "Option<OrRaw<jiff::Timestamp>>"),
        (json!({"type": "string", "format": "date"}), "Option<OrRaw<jiff::civil::Date>>"),
        (json!({"type": "string", "format": "uuid"}), "Option<String>"),
        (json!({"type": "integer"}), "Option<i64>"),
        (json!({"type": "integer", "format": "uint64"}), "Option<u64>"),
        (json!({"type": "integer", "maximum": u64::MAX}), "Option<u64>"),
        (json!({"type": "number"}), "Option<f64>"),
        (json!({"type": "boolean"}), "Option<bool>"),
        (json!({"type": "integer", "enum": [1, 2]}), "Option<OrRaw<i64>>"),
        (json!({"type": "integer", "enum": [1, u64::MAX]}), "Option<OrRaw<u64>>"),
        (json!({"type": "boolean", "enum": [true]}), "Option<OrRaw<bool>>"),
        (json!({"type": "number", "enum": [0.5]}), "Option<OrRaw<f64>>"),
        (json!({"enum": [1, 2]}), "Option<OrRaw<i64>>"),
        (json!({"enum": [1, 2.5]}), "Option<OrRaw<f64>>"),
        (json!({"enum": [1, u64::MAX]}), "Option<OrRaw<u64>>"),
        (json!({"enum": [true, 1]}), "Option<RemoteData>"),
        (json!({"enum": [null]}), "Option<RemoteData>"),
        (json!({"enum": ["a", "b"]}), "Option<OrRaw<ThingX>>"),
        (json!({"type": "string", "enum": ["a", "a", "b", null]}), "Option<OrRaw<ThingX>>"),
        (json!({"type": "array", "items": {"type": "string"}}), "Option<Vec<String>>"),
        (
            json!({"type": "array", "items": {"type": ["string", "null"]}}),
            "Option<Vec<Option<String>>>",
        ),
        (json!({"type": "array", "items": object}), "Option<Vec<ThingX>>"),
        (json!({"type": "array"}), "Option<Vec<RemoteData>>"),
        (object.clone(), "Option<ThingX>"),
        (json!({"type": "object"}), "Option<RemoteData>"),
        (json!({}), "Option<RemoteData>"),
        (json!({"type": "any"}), "Option<RemoteData>"),
        (json!({"type": "file"}), "Option<RemoteData>"),
        (json!({"type": ["string", "integer"]}), "Option<RemoteData>"),
        (json!({"oneOf": [{"type": "string"}, {"type": "integer"}]}), "Option<RemoteData>"),
        (json!({"anyOf": [{"type": "string"}, {"type": "null"}]}), "Option<String>"),
        (json!({"const": "a"}), "Option<RemoteData>"),
        (json!({"patternProperties": {"^a": {"type": "string"}}}), "Option<RemoteData>"),
        (
            json!({"type": "object", "additionalProperties": {"type": "integer"}}),
            "Option<BTreeMap<String, i64>>",
        ),
        (json!({"type": "object", "additionalProperties": true}), "Option<RemoteData>"),
        (
            json!({"type": "object", "properties": {"a": {"type": "string"}},
                "additionalProperties": {"type": "string"}}),
            "Option<RemoteData>",
        ),
        (json!({"allOf": [object]}), "Option<ThingX>"),
        (json!({"allOf": [{"type": "string"}]}), "Option<String>"),
        (json!({"allOf": [{"type": "string"}, {"enum": ["a"]}]}), "Option<OrRaw<ThingX>>"),
        (json!({"allOf": [{"type": "integer"}, {"type": "integer"}]}), "Option<i64>"),
        // Parts that annotate the others.
        (json!({"allOf": [object, {"required": ["a"]}]}), "Option<ThingX>"),
        (json!({"allOf": [{"type": "integer"}, {"enum": [1]}]}), "Option<OrRaw<i64>>"),
        (json!({"allOf": [{"enum": [1]}, {"type": "integer"}]}), "Option<OrRaw<i64>>"),
        (
            json!({"allOf": [{"type": "array"}, {"type": "array", "items": {"type": "string"}}]}),
            "Option<Vec<String>>",
        ),
        (json!({"allOf": [{"description": "An x."}, {"type": "string"}]}), "Option<String>"),
        (json!({"allOf": [object, {"type": "object"}, {"deprecated": true}]}), "Option<ThingX>"),
        (json!({"allOf": [{"additionalProperties": false}, object]}), "Option<ThingX>"),
        (json!({"allOf": [{"description": "An x."}]}), "Option<RemoteData>"),
        (json!({"allOf": [object, {"oneOf": [object, {}]}]}), "Option<RemoteData>"),
        (json!({"anyOf": [{"type": "string"}]}), "Option<String>"),
        (json!({"allOf": [{"type": "string"}, object]}), "Option<RemoteData>"),
        (json!({"$ref": "#"}), "Option<Box<Thing>>"),
        (json!({"$ref": "#/nowhere"}), "Option<RemoteData>"),
        (json!({"type": "array", "items": {"$ref": "#"}}), "Option<Vec<Thing>>"),
        (json!(null), "Option<RemoteData>"),
        (json!(5), "Option<RemoteData>"),
    ] {
        let (found, text) = declared("get", &schema, false);
        assert_eq!(found, ty, "{schema}\n{text}");
    }
    for (schema, ty) in [
        (json!({"type": "string"}), "String"),
        (json!({"type": ["string", "null"]}), "Option<String>"),
        (json!({"type": "string", "nullable": true}), "Option<String>"),
        (json!({"oneOf": [{"type": "null"}, {"type": "integer"}]}), "Option<i64>"),
        (json!({"type": "string", "enum": ["a", null]}), "Option<OrRaw<ThingX>>"),
        (json!({"allOf": [{"type": "string"}, {"nullable": true}]}), "Option<String>"),
        (json!({"allOf": [{"type": "string", "nullable": true}]}), "Option<String>"),
        (json!({"allOf": [{"type": ["string", "null"]}, {"type": "string"}]}), "String"),
        (json!({"anyOf": [{"type": ["string", "null"]}]}), "Option<String>"),
        (
            json!({"$ref": "#/properties/x/$defs/y", "$defs": {"y": {"type": ["string", "null"]}}}),
            "Option<String>",
        ),
        (json!({"$ref": "#/properties/x/$defs/y", "$defs": {"y": {"type": "string"}}}), "String"),
    ] {
        let (found, text) = declared("get", &schema, true);
        assert_eq!(found, ty, "required: {schema}\n{text}");
    }
}

#[test]
fn parts_of_one_object_are_merged() {
    let part = |x: &str| json!({"type": "object", "properties": {"a": {"type": x}, "b": {"type": "string"}}});
    let schema = json!({"allOf": [part("string"), part("integer"), {"required": ["b"]}], "required": ["a"],
        "properties": {"c": {"type": "boolean"}}});
    let (_, text) = declared("get", &schema, false);
    for line in ["pub a: String,", "pub b: String,", "pub c: Option<bool>,"] {
        assert!(text.contains(line), "no {line} in\n{text}");
    }
}

#[test]
fn fields_that_several_parts_describe_are_merged() {
    let part = |fields: Value| json!({"type": "object", "properties": fields});
    let object = |name: &str, x: &str| part(json!({name: {"type": x}}));
    let schema = json!({"allOf": [
        part(json!({"in": object("a", "string"), "word": {"type": "string"}, "any": {},
            "list": {"type": "array", "items": object("c", "string")},
            "clash": object("e", "string")})),
        part(json!({"in": object("b", "integer"), "word": {"enum": ["w"]},
            "any": {"type": ["boolean", "null"]},
            "list": {"type": "array", "items": object("d", "string")},
            "clash": object("e", "integer")})),
        {"required": ["any"]}]});
    let (_, text) = declared("get", &schema, false);
    for line in [
        "pub struct ThingXIn {\n    pub a: Option<String>,\n    pub b: Option<i64>,\n}",
        "pub word: Option<OrRaw<ThingXWord>>,",
        "pub any: Option<bool>,",
        "pub list: Option<Vec<ThingXList>>,",
        "pub struct ThingXList {\n    pub c: Option<String>,\n    pub d: Option<String>,\n}",
        "pub struct ThingXClash {\n    pub e: Option<String>,\n}",
    ] {
        assert!(text.contains(line), "no {line} in\n{text}");
    }
}

#[test]
fn a_part_of_an_object_may_refer_to_the_whole() {
    let part = json!({"type": "object", "properties": {"parent": {"$ref": "#/properties/x"},
        "kids": {"type": "array", "items": {"$ref": "#/properties/x"}},
        "inner": {"type": "object", "properties": {"up": {"$ref": "#/properties/x"}, "top": {"$ref": "#"}}}}});
    let base = json!({"type": "object", "properties": {"id": {"type": "string"}}});
    for parts in [
        json!([base, part]),
        json!([{"allOf": [part, base]}]),
        json!([base, {"allOf": [{"allOf": [part]}]}]),
    ] {
        let (ty, text) = declared("get", &json!({"allOf": parts}), false);
        assert_eq!(ty, "Option<ThingX>", "{text}");
        for line in [
            "pub parent: Option<Box<ThingX>>,",
            "pub kids: Option<Vec<ThingX>>,",
            "pub up: Option<Box<ThingX>>,",
            "pub top: Option<Box<Thing>>,",
            "pub id: Option<Id>,",
        ] {
            assert!(text.contains(line), "no {line} in\n{text}");
        }
    }
    // An array as a part is not the whole.
    let list = json!({"allOf": [{"type": "array", "items": {"type": "object",
        "properties": {"up": {"$ref": "#/properties/x"}}}}]});
    let (_, text) = declared("get", &list, false);
    assert!(text.contains("pub up: Option<RemoteData>,"), "{text}");
}

#[test]
fn definitions_of_bodies_are_named_after_their_endpoint() {
    let schema = json!({"type": "object", "properties": {"x": {"$ref": "#/$defs/Address"}, "y": {"$ref": "#/$defs/ThingNote"}},
        "$defs": {"Address": {"type": "object", "properties": {"a": {"type": "string"}}},
            "ThingNote": {"type": "object", "properties": {"a": {"type": "string"}}}}});
    let meta = json!({"schema": schema, "query_schema": schema, "request_body_schema": schema});
    let about = About { model: "m".into(), resource: "things".into(), method: "create".into() };
    let meta = Source { about: Some(about), ..source("meta.json", meta.to_string()) };
    let text = declare(&[meta]).expect("files").remove(0).text;
    for name in [
        "ThingAddress",
        "ThingNote",
        "CreateThingAddress",
        "CreateThingNote",
        "CreateThingQueryAddress",
        "CreateThingQueryNote",
    ] {
        assert_eq!(text.matches(&format!("pub struct {name} {{")).count(), 1, "{name}\n{text}");
    }
}

#[test]
fn types_of_what_is_sent() {
    let day = json!({"type": "string", "format": "date-time"});
    let range = json!({"type": "object", "properties": {"gt": day, "lte": {"type": "string"}}});
    let object = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    for (method, schema, ty) in [
        ("list", day.clone(), "Option<Filter<jiff::Timestamp>>"),
        ("list", range, "Option<Filter<jiff::Timestamp>>"),
        (
            "list",
            json!({"type": "object", "properties": {"eq": {"type": "integer"}}}),
            "Option<Filter<i64>>",
        ),
        ("list", object.clone(), "Option<ListThingsX>"),
        ("create", day.clone(), "Option<OrRaw<jiff::Timestamp>>"),
        ("create", object.clone(), "Option<CreateThingX>"),
        ("create", json!({"type": "string", "enum": ["a"]}), "Option<OrRaw<CreateThingX>>"),
        ("update", json!({"type": "string"}), "Update<String>"),
        ("update", json!({"type": ["string", "null"]}), "Update<String>"),
        ("update", object.clone(), "Update<UpdateThingX>"),
        ("update", json!({"type": "array", "items": object}), "Update<Vec<UpdateThingX>>"),
    ] {
        let (found, text) = declared(method, &schema, false);
        assert_eq!(found, ty, "{method}: {schema}\n{text}");
    }
    // Fields of an object within a PATCH body are left out, cleared or set, too; items are whole.
    let (_, text) = declared("update", &object, false);
    assert!(text.contains("pub a: Update<String>"), "{text}");
    let (_, text) = declared("update", &json!({"type": "array", "items": object}), false);
    assert!(text.contains("pub a: Option<String>"), "{text}");
    assert_eq!(declared("create", &json!({"type": "string"}), true).0, "String");
}

#[test]
fn an_integer_id_is_sent_as_a_number() {
    let nested = json!({"type": "object", "properties": {"id": {"type": "integer"}}});
    let (_, text) = declared("create", &nested, false);
    assert!(text.contains("pub id: Option<i64>"), "{text}");
    let (_, text) = declared("get", &nested, false);
    assert!(text.contains("pub id: Option<Id>"), "{text}");
}

#[test]
fn words_follow_one_style_and_need_no_comments() {
    let words = json!({"type": "string", "description": "Its state.",
        "enum": ["in_progress", "done", "OTHER"]});
    let (_, text) = declared("get", &words, false);
    assert!(text.contains("#[serde(rename_all = \"snake_case\")]"), "{text}");
    assert_eq!(text.matches("rename = ").count(), 1, "{text}");
    assert_eq!(text.matches("Its state.").count(), 1, "{text}");
    let body = text.split_once("pub enum ThingX {").expect("an enum").1;
    let body = body.split_once('}').expect("its end").0;
    assert!(!body.contains("///"), "{text}");
}

#[test]
fn types_derive_default_or_have_new() {
    let (_, text) = declared("get", &json!({"type": "string"}), false);
    let derives = "#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]";
    assert!(text.contains(derives) && !text.contains("fn new("), "{text}");
    let (_, text) = declared("get", &json!({"type": "string"}), true);
    let derives = "#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]";
    assert!(text.contains(derives) && text.contains("pub fn new(x: impl Into<String>)"), "{text}");
}

#[test]
fn properties_may_have_the_names_of_keywords() {
    // A map of properties without `type` and `properties` around it.
    let schema = json!({"properties": {"type": "array", "items": {"type": "string"}},
        "sort": {"type": "object"}, "type": {"type": "string"}, "required": {"type": "boolean"}});
    let model = json!({"result": [{"name": "m", "resources": {"things": {"schema": schema,
        "methods": ["list"]}}}]});
    let files = declare(&[source("m.json", model.to_string())]).expect("files");
    for part in [
        "pub properties: Option<Vec<String>>",
        "pub sort: Option<RemoteData>",
        "pub kind: Option<String>",
        "pub required: Option<bool>",
    ] {
        assert!(files[0].text.contains(part), "no {part} in\n{}", files[0].text);
    }
}

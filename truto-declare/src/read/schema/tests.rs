//! The rules for one schema, and for schemas made of others.

use crate::diagnostic::Warnings;
use crate::model::{Field, Format, Shape, Text};
use crate::read::{Source, read};

/// The fields of a query with this schema or the error, and the warnings.
fn fields_after(schema: &str, mut warnings: Warnings) -> (Result<Vec<Field>, String>, String) {
    let name = "unified/crm/users/meta/list.json".into();
    let text = format!(r#"{{"query_schema":{schema}}}"#);
    let resources = read(&Source { name, text, about: None, found: false }, &mut warnings);
    let fields = resources.map(|mut all| all.remove(0).routes.remove(0).query);
    (fields.map_err(|error| error.to_string()), warnings.lines(true).join("\n"))
}

fn fields(schema: &str) -> (Vec<Field>, String) {
    let (fields, warnings) = fields_after(schema, Warnings::default());
    (fields.expect(schema), warnings)
}

/// The field `a` with this schema, and the warnings.
fn field(schema: &str) -> (Field, String) {
    let (mut fields, warnings) = fields(&format!(
        r#"{{"type":"object","properties":{{"a":{schema},"z":{{"type":"string"}}}}}}"#
    ));
    (fields.remove(0), warnings)
}

fn text(words: &[&str], format: Option<Format>) -> Shape {
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    Shape::Text(Text { format, words, ..Text::default() })
}

#[test]
fn a_map_of_properties_needs_no_schema_around_it() {
    let a = r#""a":{"type":"string"}"#;
    for (schema, names) in [
        (format!("{{{a}}}"), &["a"][..]),
        (format!(r#"{{"type":{{"type":"string"}},{a}}}"#), &["type", "a"]),
        (format!(r#"{{"items":{{"enum":["x"]}},{a}}}"#), &["items", "a"]),
        (format!(r#"{{"properties":{{"type":"string"}},{a}}}"#), &["properties", "a"]),
        (format!(r##"{{"properties":{{"$ref":"#/a"}},{a}}}"##), &["properties", "a"]),
        (format!(r#"{{"properties":{{{a}}}}}"#), &["a"]),
        (format!(r#"{{"properties":{{{a}}},"b":{{}}}}"#), &["a"]),
        (format!(r#"{{"allOf":[{{"properties":{{{a}}}}}],"b":{{}}}}"#), &["a"]),
    ] {
        let (fields, _) = fields(&schema);
        let found: Vec<&str> = fields.iter().map(|field| &*field.name).collect();
        assert_eq!(found, names, "{schema}");
    }
}

#[test]
fn null_is_a_value_only_where_the_schema_has_it() {
    for (schema, nullable) in [
        (r#"{"type":"string"}"#, false),
        (r#"{"type":["string"]}"#, false),
        (r#"{"type":["string","null"]}"#, true),
        (r#"{"type":"string","nullable":true}"#, true),
        (r#"{"type":"string","nullable":false}"#, false),
        (r#"{"type":"string","enum":["x"]}"#, false),
        (r#"{"type":"string","enum":["x",null]}"#, true),
        (r#"{"anyOf":[{"type":"string"},{"type":"null"}]}"#, true),
        (r#"{"oneOf":[{"type":"string"},{"type":"null"}]}"#, true),
        (r#"{"anyOf":[{"type":"string"}]}"#, false),
    ] {
        assert_eq!(field(schema).0.nullable, nullable, "{schema}");
    }
}

#[test]
fn a_property_states_itself_whether_it_is_required() {
    let (mut required, mut warned) = (Vec::new(), Vec::new());
    for schema in [
        r#"{"type":"string"}"#,
        r#"{"type":"string","required":true}"#,
        r#"{"type":"string","required":false}"#,
        r#"{"type":"object","properties":{"b":{}},"required":["b"]}"#,
        r#"{"type":"string","required":"yes"}"#,
    ] {
        let (field, warnings) = field(schema);
        required.push(field.required);
        warned.push(warnings.contains(
            "`required` of `crm/users.list.query.a` is not a boolean; it counts as false",
        ));
    }
    assert_eq!(required, [false, true, false, false, false]);
    assert_eq!(warned, [false, false, false, false, true]);
}

#[test]
fn a_property_without_a_schema_is_any_json() {
    for (schema, warning) in [
        ("true", ""),
        ("5", "the schema of `crm/users.list.query.a` is a number; it is kept as JSON"),
        ("null", "the schema of `crm/users.list.query.a` is null; it is kept as JSON"),
    ] {
        let (field, warnings) = field(schema);
        assert_eq!(field.shape, Shape::Open, "{schema}");
        assert!(warnings.starts_with(warning), "{schema}: {warnings}");
        assert_eq!(warnings.is_empty(), warning.is_empty(), "{schema}: {warnings}");
    }
    let (fields, warnings) =
        fields(r#"{"properties":{"a":{"type":"string"},"a":{"type":"integer"}}}"#);
    assert_eq!(fields.len(), 1);
    assert_eq!(fields[0].shape, Shape::Integer);
    let message = "`crm/users.list.query.a` is listed twice; the last entry is used";
    assert!(warnings.starts_with(message), "{warnings}");
}

/// An empty array is how some languages write an empty object.
#[test]
fn an_object_without_properties_is_a_map_or_any_json() {
    let map = || Shape::Map(Box::new(text(&[], None)));
    let more = r#""additionalProperties":{"type":"string"}"#;
    for (schema, expected, warning) in [
        (r#"{"type":"object","properties":{}}"#.to_owned(), Shape::Open, ""),
        (r#"{"type":"object","properties":[]}"#.to_owned(), Shape::Open, ""),
        (r#"{"type":"object","properties":[1]}"#.to_owned(), Shape::Open, "`properties` of"),
        (r#"{"type":"object","properties":5}"#.to_owned(), Shape::Open, "`properties` of"),
        (format!(r#"{{"type":"object",{more}}}"#), map(), ""),
        (format!(r#"{{"type":"object","properties":{{}},{more}}}"#), map(), ""),
        (format!(r#"{{"type":"object","properties":[],{more}}}"#), map(), ""),
        (
            format!(r#"{{"type":"object","properties":{{"b":{{}}}},{more}}}"#),
            Shape::Open,
            "`crm/users.list.query.a` is kept as JSON: it has `additionalProperties` together",
        ),
        (r#"{"additionalProperties":true}"#.to_owned(), Shape::Open, ""),
        (r#"{"additionalProperties":{}}"#.to_owned(), Shape::Open, ""),
    ] {
        let (field, warnings) = field(&schema);
        assert_eq!(field.shape, expected, "{schema}");
        assert!(warnings.starts_with(warning), "{schema}: {warnings}");
        assert_eq!(warnings.is_empty(), warning.is_empty(), "{schema}: {warnings}");
    }
}

#[test]
fn properties_beside_any_others_are_fields() {
    for more in ["true", "false", "{}"] {
        let schema = format!(r#"{{"properties":{{"b":{{}}}},"additionalProperties":{more}}}"#);
        let (field, warnings) = field(&schema);
        assert!(matches!(&field.shape, Shape::Object(all) if all.fields.len() == 1), "{schema}");
        assert_eq!(warnings, "", "{schema}");
    }
}

#[test]
fn an_enum_without_one_type_is_kept_as_json() {
    for (schema, reason) in [
        (r#"{"enum":[{"b":1}]}"#, "an object in its `enum`"),
        (r#"{"enum":[1,[]]}"#, "an array in its `enum`"),
        (r#"{"enum":[true,1]}"#, "an `enum` of several types"),
    ] {
        let (field, warnings) = field(schema);
        assert_eq!(field.shape, Shape::Open, "{schema}");
        let message = format!("`crm/users.list.query.a` is kept as JSON: it has {reason} ");
        assert!(warnings.starts_with(&message), "{schema}: {warnings}");
    }
}

#[test]
fn lists_words_once_as_text() {
    for (schema, expected, warns) in [
        (r#"{"type":"string","enum":["a","b","a",null]}"#, &["a", "b"][..], false),
        (r#"{"type":"string","enum":["a",1]}"#, &["a"], true),
        (r#"{"enum":["a"]}"#, &["a"], false),
    ] {
        let (field, warnings) = field(schema);
        assert_eq!(field.shape, text(expected, None), "{schema}");
        assert_eq!(warnings.contains("a value of `enum`"), warns, "{schema}: {warnings}");
    }
}

#[test]
fn parts_of_one_value_are_merged_and_others_are_kept_as_json() {
    let coded = || Shape::Coded(Box::new(Shape::Integer));
    let date = || text(&[], Some(Format::Date));
    for (parts, expected, warns) in [
        (r#"{"type":"integer"},{"type":"integer","enum":[1]}"#, coded(), false),
        (r#"{"type":"integer","enum":[1]},{"type":"integer"}"#, coded(), false),
        (r#"{"type":"string"},{"type":"integer","enum":[1]}"#, Shape::Open, true),
        (r#"{"type":"integer","enum":[1]},{"type":"string"}"#, Shape::Open, true),
        (r#"{"type":"string","format":"date"},{"type":"string"}"#, date(), false),
        (r#"{"type":"string"},{"type":"string","format":"date"}"#, date(), false),
        // An annotation describes no values.
        (r#"{"additionalProperties":{}},{"type":"string"}"#, text(&[], None), false),
        (
            r#"{"additionalProperties":{"type":"string"}},{}"#,
            Shape::Map(Box::new(text(&[], None))),
            false,
        ),
    ] {
        let (field, warnings) = field(&format!(r#"{{"allOf":[{parts}]}}"#));
        assert_eq!(field.shape, expected, "{parts}");
        assert_eq!(warnings.contains("several types"), warns, "{parts}: {warnings}");
    }
}

#[test]
fn fields_of_several_parts_are_merged() {
    let string = || text(&[], None);
    for (one, other, shape, (required, nullable), warns) in [
        (r#"{"type":"string"}"#, r#"{"type":"string"}"#, string(), (false, false), false),
        (
            r#"{"type":"string"}"#,
            r#"{"type":"string","required":true}"#,
            string(),
            (true, false),
            false,
        ),
        (
            r#"{"type":"string","required":true}"#,
            r#"{"type":"string"}"#,
            string(),
            (true, false),
            false,
        ),
        (r#"{"type":"string"}"#, "{}", string(), (false, false), false),
        ("{}", r#"{"type":["string","null"]}"#, string(), (false, true), false),
        (
            r#"{"type":"string"}"#,
            r#"{"type":"string","enum":["x"]}"#,
            text(&["x"], None),
            (false, false),
            false,
        ),
        (r#"{"type":"string"}"#, r#"{"type":"integer"}"#, string(), (false, false), true),
    ] {
        let schema = format!(
            r#"{{"allOf":[{{"properties":{{"a":{one}}}}},{{"properties":{{"a":{other}}}}}]}}"#
        );
        let (fields, warnings) = fields(&schema);
        let [field] = &*fields else { panic!("{schema}: {fields:?}") };
        assert_eq!(field.shape, shape, "{schema}");
        assert_eq!((field.required, field.nullable), (required, nullable), "{schema}");
        let message = "`crm/users.list.query.a` has several types in an `allOf`";
        assert_eq!(warnings.contains(message), warns, "{schema}: {warnings}");
    }
}

/// Only what becomes a type has a reference: places with the same one share it.
#[test]
fn a_reference_is_kept_for_objects_and_enums() {
    for (target, expected) in [
        (r#"{"type":"string"}"#, None),
        (r#"{"type":"string","enum":["x"]}"#, Some("/$defs/d")),
        (r#"{"type":"object","properties":{"b":{}}}"#, Some("/$defs/d")),
        (r#"{"type":"integer"}"#, None),
    ] {
        let schema = format!(
            r##"{{"properties":{{"a":{{"$ref":"#/$defs/d"}}}},"$defs":{{"d":{target}}}}}"##
        );
        let (fields, _) = fields(&schema);
        let reference = match &fields[0].shape {
            Shape::Text(text) => text.reference.as_ref(),
            Shape::Object(object) => object.reference.as_ref(),
            _ => None,
        };
        assert_eq!(reference.map(|reference| &*reference.pointer), expected, "{target}");
    }
}

#[test]
fn a_pointer_leads_through_objects_and_arrays() {
    let defs = r#""$defs":{"a/b":{"type":"integer"},"c~d":{"type":"boolean"},
        "all":{"allOf":[{"type":"number"},{"type":"string"}]}}"#;
    for (pointer, expected, warns) in [
        ("#/$defs/a~1b", Shape::Integer, false),
        ("#/$defs/c~0d", Shape::Boolean, false),
        ("#/$defs/all/allOf/0", Shape::Number, false),
        ("#/$defs/all/allOf/1", text(&[], None), false),
        ("#/$defs/all/allOf/2", Shape::Open, true),
        ("#/$defs/all/allOf/x", Shape::Open, true),
        ("#/$defs/none", Shape::Open, true),
        ("other.json#/$defs/all", Shape::Open, true),
    ] {
        let schema = format!(r#"{{"properties":{{"x":{{"$ref":"{pointer}"}}}},{defs}}}"#);
        let (fields, warnings) = fields(&schema);
        assert_eq!(fields[0].shape, expected, "{pointer}");
        assert_eq!(warnings.contains("does not exist"), warns, "{pointer}: {warnings}");
    }
}

#[test]
fn references_are_followed_to_a_limit() {
    // Each reference counts twice: itself, and the object that it leads to.
    let chain = |length: usize| {
        let level = |n: usize| {
            let next = n + 1;
            format!(r##""l{n}":{{"properties":{{"x":{{"$ref":"#/$defs/l{next}"}}}}}}"##)
        };
        let levels: Vec<String> = (0..length).map(level).collect();
        format!(
            r##"{{"properties":{{"a":{{"$ref":"#/$defs/l0"}}}},
            "$defs":{{{},"l{length}":{{"type":"string"}}}}}}"##,
            levels.join(",")
        )
    };
    let error = |schema: &str, unfolded: usize| {
        let mut warnings = Warnings::default();
        warnings.unfolded += unfolded;
        fields_after(schema, warnings).0.err().unwrap_or_default()
    };
    assert_eq!(error(&chain(63), 0), "");
    let refused = error(&chain(64), 0);
    assert!(refused.contains("nested deeper than 128 levels"), "{refused}");
    // The number of schemas in this run.
    let one = r##"{"properties":{"a":{"$ref":"#/$defs/d"}},"$defs":{"d":{"type":"string"}}}"##;
    assert_eq!(error(one, 199_999), "");
    let refused = error(one, 200_000);
    assert!(refused.contains("more than 200000 schemas"), "{refused}");
}

/// A definition may list hundreds of words, and thousands of fields may refer to it.
#[test]
fn references_to_one_definition_share_its_words_and_descriptions() {
    let (fields, _) = fields(
        r##"{"definitions": {
            "word": {"type": "string", "enum": ["x", "y"]},
            "object": {"properties": {"in": {"type": "string", "description": "Long."}}}},
        "properties": {
            "a": {"$ref": "#/definitions/word"}, "b": {"$ref": "#/definitions/word"},
            "c": {"$ref": "#/definitions/object"}, "d": {"$ref": "#/definitions/object"}}}"##,
    );
    let words = |at: usize| match &fields[at].shape {
        Shape::Text(text) => &text.words,
        other => panic!("{other:?}"),
    };
    assert_eq!(**words(0), ["x", "y"]);
    assert!(std::sync::Arc::ptr_eq(words(0), words(1)));
    let description = |at: usize| match &fields[at].shape {
        Shape::Object(object) => object.fields[0].description.as_ref().expect("a description"),
        other => panic!("{other:?}"),
    };
    assert_eq!(&**description(2), "Long.");
    assert!(std::sync::Arc::ptr_eq(description(2), description(3)));
}

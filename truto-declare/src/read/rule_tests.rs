//! The rule for each form of a source, and for each type in it.

use super::*;
use crate::model::{Body, Format, Shape, Text};

pub(super) fn source(name: &str, text: &str) -> Source {
    Source { name: name.into(), text: text.to_owned(), about: None, found: false }
}

/// The resources or the error, and the warnings.
pub(super) fn outcome(source: &Source) -> (Result<Vec<Resource>, String>, String) {
    let mut warnings = Warnings::default();
    let read = read(source, &mut warnings).map_err(|error| error.to_string());
    (read, warnings.lines(true).join("\n"))
}

pub(super) fn words(words: &[&str], format: Option<Format>) -> Shape {
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    Shape::Text(Text { format, words, ..Text::default() })
}

pub(super) fn array(item: Shape) -> Shape {
    Shape::Array(Box::new(item))
}

#[test]
fn a_saved_error_is_not_a_source() {
    for (text, status) in [
        (r#"{"statusCode":401,"message":"x"}"#, Some("401")),
        (r#"{"status_code":500}"#, Some("500")),
        (r#"{"statusCode":"401"}"#, None),
        (r#"{"statusCode":200,"result":[]}"#, None),
        (r#"{"statusCode":200,"query_schema":{}}"#, None),
    ] {
        let mut source = source("unified/crm/users/meta/list.json", text);
        let (read, _) = outcome(&source);
        let refused = read.err().unwrap_or_default();
        match status {
            Some(status) => {
                let expected = format!("a saved error of Truto ({status}), not a schema");
                assert!(refused.contains(&expected), "{text}: {refused}");
                source.found = true;
                let (read, warnings) = outcome(&source);
                assert!(read.is_ok_and(|resources| resources.is_empty()), "{text}");
                assert!(warnings.contains("it is skipped"), "{warnings}");
            }
            None => assert!(!refused.contains("saved error"), "{text}: {refused}"),
        }
    }
}

#[test]
fn text_that_is_no_json_is_refused_with_its_line() {
    for name in ["a.json", "a.JSON"] {
        let refused = outcome(&source(name, "not\nJSON")).0.expect_err(name);
        assert!(refused.contains("expected JSON"), "{refused}");
    }
    let refused = outcome(&source("a.txt", "{\n\n]")).0.expect_err("no JSON");
    assert!(refused.starts_with("a.txt:3: "), "{refused}");
    let refused = outcome(&source("a.txt", "text")).0.expect_err("no form");
    assert!(refused.contains("not a known kind of source"), "{refused}");
    let found = Source { found: true, ..source("a.txt", "text") };
    let (read, warnings) = outcome(&found);
    assert!(read.is_ok_and(|resources| resources.is_empty()));
    assert!(warnings.contains("it is skipped"), "{warnings}");
}

/// A page has a title and a source, the address of Truto, or a route and a resource.
#[test]
fn pages_are_recognized_by_their_first_lines() {
    let route = "`GET /unified/m/users`";
    for (text, is_page) in [
        (format!("# U\n\n> Source: x\n\n{route}\n"), true),
        (format!("# U\n\nBase URL: x\n\n{route}\n"), true),
        (format!("\n\n# U\n> Source: x\n{route}\n"), true),
        (format!("U\n\n> Source: x\n\n{route}\n"), false),
        (format!("# U\n\n1\n\n2\n\n3\n\n> Source: x\n\n{route}\n"), false),
        (format!("U\nBase URL: `https://api.truto.one/unified`\n{route}\n"), true),
        (format!("U\n\n{route}\nResource: **users**\n"), true),
        (format!("U\n\n{route}\n"), false),
        ("U\n\nResource: **users**\n".to_owned(), false),
        ("U\n\n`get /unified/m/users`\nResource: **users**\n".to_owned(), false),
        ("U\n\n`GET unified`\nResource: **users**\n".to_owned(), false),
        (String::new(), false),
    ] {
        let (read, _) = outcome(&source("a.md", &text));
        assert_eq!(read.is_ok(), is_page, "{text:?}: {:?}", read.err());
    }
}

pub(super) fn page(sections: &str) -> Source {
    source("a.md", &format!("# U\n\n> Source: x\n\n`POST /unified/m/users`\n\n{sections}"))
}

#[test]
fn a_route_has_the_place_of_its_line_and_its_body() {
    let query = "## Query parameters\n\n- **`q`** _(string, required)_\n\n";
    for (sections, body) in [
        ("", "Nothing"),
        ("## Request body\n\n", "Open"),
        ("## Request body\n\n- **`a`** _(string)_\n", "Fields"),
    ] {
        let (read, _) = outcome(&page(&format!("{query}{sections}")));
        let resources = read.expect("a page");
        let route = &resources[0].routes[0];
        assert_eq!((route.verb.as_str(), route.place.line), ("POST", 5));
        assert!(route.query[0].required && route.query[0].name == "q");
        let found = match &route.body {
            Body::Nothing => "Nothing",
            Body::Open => "Open",
            Body::Unknown => "Unknown",
            Body::Fields(_) => "Fields",
        };
        assert_eq!(found, body, "{sections}");
    }
}

#[test]
fn a_heading_that_nothing_reads_is_a_warning() {
    for (heading, warns) in [("Odd things", true), ("Notes", false), ("notes", false)] {
        let (read, warnings) = outcome(&page(&format!("## {heading}\n\ntext\n")));
        assert!(read.is_ok());
        assert_eq!(warnings.contains(heading), warns, "{warnings}");
    }
}

#[test]
fn each_type_of_a_page_has_a_shape() {
    let allowed = "\n  Allowed: `1`, `2`";
    for (kind, more, expected, warns) in [
        ("string", "", words(&[], None), false),
        ("string", allowed, words(&["1", "2"], None), false),
        ("boolean", "", Shape::Boolean, false),
        ("integer", "", Shape::Integer, false),
        ("number", "", Shape::Number, false),
        ("boolean", allowed, Shape::Coded(Box::new(Shape::Boolean)), false),
        ("integer", allowed, Shape::Coded(Box::new(Shape::Integer)), false),
        ("number", allowed, Shape::Coded(Box::new(Shape::Number)), false),
        ("object", "", Shape::Open, false),
        ("unknown", "", Shape::Open, false),
        ("any", "", Shape::Open, false),
        ("null", "", Shape::Open, false),
        ("array", "", array(Shape::Open), false),
        ("array<string>", "", array(words(&[], None)), false),
        ("array<integer>", "", array(Shape::Integer), false),
        ("array<array<string>>", "", array(array(Shape::Open)), false),
        ("array<odd>", "", array(Shape::Open), false),
        ("odd", "", Shape::Open, true),
    ] {
        let text = format!("## Response body\n\n- **`a`** _({kind})_{more}\n");
        let (read, warnings) = outcome(&page(&text));
        let resources = read.expect("a page");
        let record = resources[0].record.as_ref().expect("a record");
        assert_eq!(record[0].shape, expected, "{kind}");
        assert_eq!(warnings.contains("it has the type"), warns, "{kind}: {warnings}");
    }
}

/// The names of properties with those inside them.
pub(super) fn outline(fields: &[crate::model::Field]) -> String {
    let names = fields.iter().map(|field| match &field.shape {
        Shape::Object(object) => format!("{}({})", field.name, outline(&object.fields)),
        Shape::Array(item) => match &**item {
            Shape::Object(object) => format!("{}[{}]", field.name, outline(&object.fields)),
            _ => format!("{}[]", field.name),
        },
        _ => field.name.clone(),
    });
    names.collect::<Vec<_>>().join(" ")
}

#[test]
fn properties_are_nested_by_their_indent() {
    for (lines, expected) in [
        (&["- **`a`** _(string)_", "- **`b`** _(string)_"][..], "a b"),
        (&["- **`a`** _(object)_", "  - **`b`** _(string)_", "- **`c`** _(string)_"], "a(b) c"),
        (&["- **`a`** _(array)_", "  - **`b`** _(string)_"], "a[b]"),
        (&["- **`a`** _(array<object>)_", "  - **`b`** _(string)_"], "a[b]"),
        (
            &[
                "- **`a`** _(object)_",
                "  - **`b`** _(object)_",
                "    - **`c`** _(string)_",
                "  - **`d`** _(string)_",
                "- **`e`** _(string)_",
            ],
            "a(b(c) d) e",
        ),
        // The first level begins at any indent, and one more blank is deeper.
        (&["  - **`a`** _(object)_", "   - **`b`** _(string)_", "  - **`c`**"], "a(b) c"),
        (&["- **`a`** _(odd)_", " - **`b`** _(string)_"], "a(b)"),
        (&["- **`a`** _(object)_", "    - **`b`**", "  - **`c`**", "- **`d`**"], "a(b) c d"),
        (&["  - **`a`**", "- **`b`**"], "a b"),
        (&["- **`a`** _(string)_", "- **`a`** _(integer)_"], "a"),
    ] {
        let text = format!("## Response body\n\n{}\n", lines.join("\n"));
        let (read, warnings) = outcome(&page(&text));
        let resources = read.expect("a page");
        let record = resources[0].record.as_ref().expect("a record");
        assert_eq!(outline(record), expected, "{lines:?}");
        assert!(!warnings.contains("it has the type"), "{lines:?}: {warnings}");
    }
}

#[test]
fn the_path_of_a_meta_response_names_its_route() {
    for (name, expected) in [
        ("x/unified/crm/users/meta/list.json", Some("GET /unified/crm/users")),
        ("unified/crm/users/hubspot/meta/get.json", Some("GET /unified/crm/users/<id>")),
        ("x\\unified\\crm\\users\\meta\\create.JSON", Some("POST /unified/crm/users")),
        ("x/unified/crm/unified/meta/list.json", Some("GET /unified/crm/unified")),
        ("x/proxy/users/meta/list.json", Some("GET /proxy/users")),
        ("x/proxy/users/hubspot/meta/delete.json", Some("DELETE /proxy/users/<id>")),
        ("x/unified/crm/users/list.json", None),
        ("x/unified/crm/meta/list.json", None),
        ("x/custom/users/meta/list.json", None),
        ("x/unified/crm/users/meta/list.txt", None),
        ("x/unified/c m/users/meta/list.json", None),
    ] {
        let (read, _) = outcome(&source(name, r#"{"query_schema":{}}"#));
        let found = read.ok().map(|resources| {
            let route = &resources[0].routes[0];
            format!("{} {}", route.verb, route.path)
        });
        assert_eq!(found.as_deref(), expected, "{name}");
    }
}

#[test]
fn a_meta_response_is_recognized_by_its_keys() {
    let name = "unified/crm/users/meta/update.json";
    for (text, is_meta) in [
        (r#"{"response_mapping":1}"#, true),
        (r#"{"method":"update","schema":{}}"#, true),
        (r#"{"method":"update"}"#, false),
        (r#"{"schema":{}}"#, false),
        ("{}", false),
        ("[]", false),
    ] {
        assert_eq!(outcome(&source(name, text)).0.is_ok(), is_meta, "{text}");
    }
    for (method, warns) in
        [("update", false), ("PATCH", false), ("delete", false), ("list", true), ("other", true)]
    {
        let text = format!(r#"{{"method":"{method}","query_schema":{{}}}}"#);
        let (_, warnings) = outcome(&source(name, &text));
        assert_eq!(warnings.contains("the path is used"), warns, "{method}: {warnings}");
    }
}

/// The response of a list may be described with its envelope.
#[test]
fn the_record_of_a_list_is_inside_its_envelope() {
    let record = r#"{"type":"object","properties":{"id":{"type":"string"}}}"#;
    let envelope = |cursor: &str, result: &str| {
        format!(r#"{{"type":"object","properties":{{"{cursor}":{{}},"result":{result}}}}}"#)
    };
    let list = format!(r#"{{"type":"array","items":{record}}}"#);
    for (method, schema, expected) in [
        ("list", envelope("next_cursor", &list), "id"),
        ("list", envelope("cursor", &list), "cursor result[id]"),
        ("get", envelope("next_cursor", &list), "next_cursor result[id]"),
        ("list", envelope("next_cursor", record), "next_cursor result(id)"),
        ("list", list.clone(), "id"),
        ("get", record.to_owned(), "id"),
    ] {
        let name = format!("unified/crm/users/meta/{method}.json");
        let (read, _) = outcome(&source(&name, &format!(r#"{{"response_schema":{schema}}}"#)));
        let resources = read.expect("a meta response");
        let found = resources[0].record.as_deref().map(outline);
        assert_eq!(found.as_deref(), Some(expected), "{method} {schema}");
    }
}

#[test]
fn a_body_follows_from_the_method_and_the_schema() {
    let fields = r#"{"type":"object","properties":{"a":{"type":"string"}}}"#;
    for (method, schema, expected) in [
        ("create", fields, "Fields"),
        ("create", "{}", "Unknown"),
        ("create", r#"{"type":"string"}"#, "Open"),
        ("create", r#"{"type":"array","items":{"type":"string"}}"#, "Open"),
        ("list", fields, "Nothing"),
        ("get", fields, "Nothing"),
        ("delete", fields, "Nothing"),
        ("update", fields, "Fields"),
    ] {
        let name = format!("unified/crm/users/meta/{method}.json");
        let (read, _) = outcome(&source(&name, &format!(r#"{{"request_body_schema":{schema}}}"#)));
        let resources = read.expect("a meta response");
        let body = format!("{:?}", resources[0].routes[0].body);
        assert!(body.starts_with(expected), "{method} {schema}: {body}");
    }
}

#[test]
fn a_type_of_a_schema_may_follow_from_its_other_keys() {
    for (schema, expected) in [
        (r#"{"type":"string"}"#, words(&[], None)),
        (r#"{"type":"boolean"}"#, Shape::Boolean),
        (r#"{"type":"number"}"#, Shape::Number),
        (r#"{"items":{"type":"boolean"}}"#, array(Shape::Boolean)),
        (r#"{"additionalProperties":{"type":"boolean"}}"#, Shape::Map(Box::new(Shape::Boolean))),
        (r#"{"enum":["a","b"]}"#, words(&["a", "b"], None)),
        (r#"{"enum":[true]}"#, Shape::Coded(Box::new(Shape::Boolean))),
        ("{}", Shape::Open),
    ] {
        let text =
            format!(r#"{{"query_schema":{{"type":"object","properties":{{"a":{schema}}}}}}}"#);
        let (read, _) = outcome(&source("unified/crm/users/meta/list.json", &text));
        let resources = read.expect("a meta response");
        assert_eq!(resources[0].routes[0].query[0].shape, expected, "{schema}");
    }
}

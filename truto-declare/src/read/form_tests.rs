//! The rules for catalogs, models, coverage pages and lists on pages.

use serde_json::{Value, json};

use super::rule_tests::{array, outcome, outline, page, source, words};
use crate::model::{Field, Format, Resource, Shape};

/// The resources of a catalog with these resources, and the warnings.
fn catalog(resources: &Value) -> (Result<Vec<Resource>, String>, String) {
    let catalog = json!({"format": "truto-unified-model/1", "model": "m", "resources": resources});
    outcome(&source("c.json", &catalog.to_string()))
}

fn record(mut resources: Vec<Resource>) -> Vec<Field> {
    resources.remove(0).record.expect("a record")
}

#[test]
fn each_type_of_a_catalog_has_a_shape() {
    let coded = |shape| Shape::Coded(Box::new(shape));
    for (field, expected, warns) in [
        (json!({"type": "string"}), words(&[], None), false),
        (
            json!({"type": "string", "format": "date-time"}),
            words(&[], Some(Format::DateTime)),
            false,
        ),
        (json!({"type": "string", "format": "date"}), words(&[], Some(Format::Date)), false),
        (json!({"type": "string", "format": "uri"}), words(&[], Some(Format::Other)), false),
        (json!({"type": "string", "enum": ["a", "b", "a", 1]}), words(&["a", "b"], None), false),
        (json!({"type": "integer"}), Shape::Integer, false),
        (json!({"type": "number"}), Shape::Number, false),
        (json!({"type": "boolean"}), Shape::Boolean, false),
        (json!({"type": "integer", "enum": [1]}), coded(Shape::Integer), false),
        (json!({"type": "array"}), array(Shape::Open), false),
        (json!({"type": "array", "items": {"type": "number"}}), array(Shape::Number), false),
        (json!({"type": "object"}), Shape::Open, false),
        (json!({"type": "any"}), Shape::Open, false),
        (json!({}), Shape::Open, false),
        (json!({"type": "odd"}), Shape::Open, true),
    ] {
        let mut named = field.clone();
        named["name"] = json!("a");
        let (read, warnings) = catalog(&json!([{"segment": "users", "schema": [named]}]));
        assert_eq!(record(read.expect("a catalog"))[0].shape, expected, "{field}");
        assert_eq!(warnings.contains("it has the type"), warns, "{field}: {warnings}");
    }
    let inner = json!([{"name": "a", "type": "object", "fields": [{"name": "b"}]}]);
    let (read, _) = catalog(&json!([{"segment": "users", "schema": inner}]));
    assert_eq!(outline(&record(read.expect("a catalog"))), "a(b)");
}

#[test]
fn a_note_of_a_catalog_becomes_a_sentence() {
    for (field, expected) in [
        (json!({}), None),
        (json!({"note": "the name"}), Some("The name.")),
        (json!({"note": " the name. "}), Some("The name.")),
        (json!({"description": "ID", "note": "x"}), Some("ID.")),
        (json!({"required_by": []}), None),
        (json!({"required_by": ["hubspot", "zoho"]}), Some("Required by hubspot, zoho.")),
        (json!({"note": "x", "required_by": ["zoho"]}), Some("X. Required by zoho.")),
    ] {
        let mut named = field.clone();
        named["name"] = json!("a");
        let (read, _) = catalog(&json!([{"segment": "users", "schema": [named]}]));
        let fields = record(read.expect("a catalog"));
        assert_eq!(fields[0].description.as_deref(), expected, "{field}");
    }
}

#[test]
fn a_route_of_another_resource_is_a_warning() {
    for (path, warns) in [
        ("/unified/m/users", false),
        ("/unified/m/users/<id>/parts", false),
        ("/unified/m/groups", true),
        ("/unified/other/users", true),
    ] {
        let methods = json!([{"http": "GET", "path": path}]);
        let (read, warnings) = catalog(&json!([{"segment": "users", "methods": methods}]));
        assert_eq!(read.expect("a catalog")[0].routes[0].path, path);
        let message = format!("`GET {path}` is listed under `/unified/m/users`");
        assert_eq!(warnings.contains(&message), warns, "{path}: {warnings}");
    }
}

#[test]
fn a_model_is_recognized_by_its_keys() {
    let unknown = "not a known kind of source";
    let resources = r#"{"users":{"methods":["list"]}}"#;
    for (text, error) in [
        (format!(r#"{{"result":[{{"name":"m","resources":{resources}}}]}}"#), None),
        (format!(r#"{{"result":{{"name":"m","resources":{resources}}}}}"#), None),
        (format!(r#"{{"name":"m","resources":{resources}}}"#), None),
        (format!(r#"[{{"name":"m","resources":{resources}}}]"#), None),
        (r#"{"result":[]}"#.to_owned(), Some("`result` contains no model")),
        (r#"{"result":[{"name":"m"}]}"#.to_owned(), Some("a model without `resources`")),
        (format!(r#"{{"resources":{resources}}}"#), Some("a model without a usable `name`")),
        (r#"{"result":5}"#.to_owned(), Some(unknown)),
        (r#"{"result":[{"x":1}]}"#.to_owned(), Some(unknown)),
        (r#"{"name":"m","resources":[]}"#.to_owned(), Some(unknown)),
        ("[]".to_owned(), Some(unknown)),
        (r#"[{"x":1}]"#.to_owned(), Some(unknown)),
        ("{}".to_owned(), Some(unknown)),
    ] {
        let found = outcome(&source("m.json", &text)).0.err();
        match error {
            Some(error) => {
                let found = found.expect(&text);
                assert!(found.contains(error), "{text}: {found}");
            }
            None => assert_eq!(found, None, "{text}"),
        }
    }
}

#[test]
fn methods_of_a_model_are_listed_in_several_forms() {
    for (resource, expected) in [
        (r#"{"methods":["get"]}"#, &["/unified/m/users/<id>"][..]),
        (r#"{"methods":[{"name":"get"}]}"#, &["/unified/m/users/<id>"]),
        (r#"{"methods":[{"method":"get"}]}"#, &["/unified/m/users/<id>"]),
        (r#"{"methods":{"get":{}}}"#, &["/unified/m/users/<id>"]),
        (r#"{"integration_mapping":{"x":{"get":{}}}}"#, &["/unified/m/users/<id>"]),
        ("{}", &["/unified/m/users", "/unified/m/users/<id>"]),
    ] {
        let text = format!(r#"{{"name":"m","resources":{{"users":{resource}}}}}"#);
        let (read, warnings) = outcome(&source("m.json", &text));
        let resources = read.expect("a model");
        let paths: Vec<&str> = resources[0].routes.iter().map(|route| &*route.path).collect();
        assert_eq!(paths, expected, "{resource}");
        let assumed = warnings.contains("lists no methods");
        assert_eq!(assumed, resource == "{}", "{resource}: {warnings}");
    }
}

#[test]
fn a_coverage_page_lists_methods_by_label() {
    let read = |text: &str| outcome(&source("c.md", text));
    let head = "# CRM Coverage\n\n> Source: x/unified-crm-api/coverage\n\n";
    let (resources, warnings) =
        read(&format!("{head}- **Contacts**: list (partial), Get, b?d\n\n- **Notes**: delete\n"));
    let found: Vec<(String, Vec<(String, usize)>)> = resources
        .expect("a page")
        .into_iter()
        .map(|resource| {
            let routes = resource.routes.into_iter();
            let routes =
                routes.map(|route| (format!("{} {}", route.verb, route.path), route.place.line));
            (format!("{}/{}", resource.model, resource.segment), routes.collect())
        })
        .collect();
    let contacts = vec![
        ("GET /unified/crm/Contacts/<id>".to_owned(), 5),
        ("GET /unified/crm/Contacts".to_owned(), 5),
    ];
    let notes = vec![("DELETE /unified/crm/Notes/<id>".to_owned(), 7)];
    assert_eq!(found, [("crm/Contacts".to_owned(), contacts), ("crm/Notes".to_owned(), notes)]);
    assert_eq!(warnings, "");
    for (rest, warns) in [("text", true), ("_No integration coverage data available._", false)] {
        let (resources, warnings) = read(&format!("{head}{rest}\n"));
        assert!(resources.expect("a page").is_empty(), "{rest}");
        assert_eq!(warnings.contains("a coverage page without lines"), warns, "{warnings}");
    }
    // The first title decides.
    let (other, _) = read("# Users\n\n> Source: x\n\n# Coverage\n\n- **Contacts**: list\n");
    assert!(other.is_err());
}

#[test]
fn a_list_of_routes_is_grouped_by_resource() {
    let text = "# U\n\n> Source: x\n\n## Resources\n\n\
        - [GET /unified/m/users](x)\n- [GET /unified/m/groups](x)\n- [POST /unified/m/users](x)\n";
    let (read, _) = outcome(&source("a.md", text));
    let found: Vec<(String, Vec<(String, usize)>)> = read
        .expect("a page")
        .into_iter()
        .map(|resource| {
            let routes = resource.routes.into_iter();
            (resource.segment, routes.map(|route| (route.verb, route.place.line)).collect())
        })
        .collect();
    let users = vec![("GET".to_owned(), 7), ("POST".to_owned(), 9)];
    let groups = vec![("GET".to_owned(), 8)];
    assert_eq!(found, [("users".to_owned(), users), ("groups".to_owned(), groups)]);
}

/// A deletion may return the id alone.
#[test]
fn the_response_of_a_page_is_the_record_except_for_a_deletion() {
    let response = "## Response body\n\n- **`id`** _(string)_\n";
    for (verb, sections, known) in
        [("GET", response, true), ("GET", "", false), ("DELETE", response, false)]
    {
        let text = format!("# U\n\n> Source: x\n\n`{verb} /unified/m/users/{{id}}`\n\n{sections}");
        let (read, _) = outcome(&source("a.md", &text));
        assert_eq!(read.expect("a page")[0].record.is_some(), known, "{verb} {sections}");
    }
}

#[test]
fn a_property_has_its_line_and_the_text_after_it() {
    let text = "## Response body\n\n- **`a`** _(string)_ — First.\n  more\n- **`b`** _(string)_\n";
    let (read, _) = outcome(&page(text));
    let fields = record(read.expect("a page"));
    let found: Vec<(&str, Option<&str>, usize)> = fields
        .iter()
        .map(|field| (&*field.name, field.description.as_deref(), field.place.line))
        .collect();
    assert_eq!(found, [("a", Some("First. more"), 9), ("b", None, 11)]);
}

#[test]
fn lists_that_are_nested_too_deeply_are_refused() {
    for (levels, refused) in [(65, false), (66, true)] {
        let lines: Vec<String> =
            (0..levels).map(|level| format!("{}- **`a`** _(object)_", " ".repeat(level))).collect();
        let (read, _) = outcome(&page(&format!("## Response body\n\n{}\n", lines.join("\n"))));
        match read {
            Ok(_) => assert!(!refused, "{levels}"),
            Err(error) => {
                assert!(refused && error.contains("nested deeper than 64 levels"), "{error}");
            }
        }
    }
}

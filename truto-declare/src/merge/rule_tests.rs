//! The rule for each pair of descriptions.

use super::*;
use crate::model::{Object, Rank};

fn place(line: usize) -> Place {
    Place::new(&"a.md".into(), line)
}

fn text(words: &[&str], cut: usize, format: Option<Format>) -> Text {
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    Text { format, words, cut, reference: None }
}

fn field(name: &str, shape: Shape) -> Field {
    Field::of_shape(name, shape, place(1))
}

/// The result of a merge, and its warnings.
fn merged_shapes(mut one: Shape, other: Shape) -> (Shape, Vec<String>) {
    let mut warnings = Warnings::default();
    let places = (place(1), place(2));
    Merge { warnings: &mut warnings }.shape(
        &mut one,
        other,
        &mut FieldIndex::default(),
        "users.a",
        &places,
    );
    (one, warnings.lines(true))
}

fn merged_texts(one: Text, other: Text) -> (Text, Vec<String>) {
    match merged_shapes(Shape::Text(one), Shape::Text(other)) {
        (Shape::Text(text), warnings) => (text, warnings),
        (other, _) => panic!("{other:?}"),
    }
}

/// Words, and the number of omitted ones.
type Words = (&'static [&'static str], usize);

/// The words of both sources, those of the result, and whether there is a warning.
#[test]
fn a_complete_list_of_words_replaces_a_truncated_one() {
    let cases: [(Words, Words, Words, bool); 14] = [
        ((&[], 0), (&["a"], 2), (&["a"], 2), false),
        ((&["a"], 2), (&[], 0), (&["a"], 2), false),
        ((&["a"], 2), (&["a"], 1), (&["a"], 1), false),
        ((&["a"], 0), (&["a"], 1), (&["a"], 0), false),
        ((&["a"], 0), (&[], 3), (&["a"], 0), false),
        // The second list is complete.
        ((&["b"], 5), (&["a", "b"], 0), (&["a", "b"], 0), false),
        ((&["a"], 1), (&["a", "b"], 0), (&["a", "b"], 0), false),
        ((&["a", "x"], 1), (&["a", "b", "c"], 0), (&["a", "x", "b", "c"], 0), false),
        // The first one is.
        ((&["a", "b"], 0), (&["a"], 1), (&["a", "b"], 0), false),
        ((&["a", "b"], 0), (&["c"], 1), (&["a", "b"], 0), true),
        // Neither is: the first one names more, and the total stays.
        ((&["a"], 3), (&["b"], 5), (&["a", "b"], 2), false),
        ((&["a"], 1), (&["b", "c"], 5), (&["a", "b", "c"], 0), false),
        // Both are, and differ.
        ((&["a", "b"], 0), (&["a", "c"], 0), (&["a", "b"], 0), true),
        ((&["a", "b"], 0), (&["a"], 0), (&["a", "b"], 0), true),
    ];
    for ((one, cut), (other, other_cut), (words, expected_cut), warns) in cases {
        let (found, warnings) = merged_texts(text(one, cut, None), text(other, other_cut, None));
        assert_eq!(*found.words, *words, "{one:?} {cut} {other:?} {other_cut}");
        assert_eq!(found.cut, expected_cut, "{one:?} {cut} {other:?} {other_cut}");
        assert_eq!(!warnings.is_empty(), warns, "{warnings:?}");
    }
}

#[test]
fn a_warning_names_the_words_of_either_source_alone() {
    let (_, warnings) = merged_texts(text(&["a", "b"], 0, None), text(&["b", "c"], 0, None));
    let shown = warnings.join("\n");
    assert!(shown.contains("only in the first: `a`; only in the second: `c`"), "{shown}");
    let (_, warnings) = merged_texts(text(&["a", "b"], 0, None), text(&["b"], 0, None));
    let shown = warnings.join("\n");
    assert!(shown.contains("only in the first: `a`; only in the second: none"), "{shown}");
}

#[test]
fn truncates_lists_of_words_after_twelve() {
    let words: Vec<String> = (1..=14).map(|number| format!("w{number}")).collect();
    let twelve = "`w1`, `w2`, `w3`, `w4`, `w5`, `w6`, `w7`, `w8`, `w9`, `w10`, `w11`, `w12`";
    for (count, expected) in [
        (0, "none".to_owned()),
        (1, "`w1`".to_owned()),
        (2, "`w1`, `w2`".to_owned()),
        (12, twelve.to_owned()),
        (13, format!("{twelve}, 1 more")),
        (14, format!("{twelve}, 2 more")),
    ] {
        assert_eq!(listed(words[..count].iter()), expected);
    }
}

#[test]
fn uses_the_first_known_format() {
    let (date, time, other) = (Some(Format::Date), Some(Format::DateTime), Some(Format::Other));
    for (one, two, expected, warns) in [
        (None, date, date, false),
        (date, None, date, false),
        (date, date, date, false),
        (other, date, date, false),
        (date, other, date, false),
        (None, other, other, false),
        (other, None, other, false),
        (None, None, None, false),
        (date, time, date, true),
        (time, date, time, true),
    ] {
        let (found, warnings) = merged_texts(text(&[], 0, one), text(&[], 0, two));
        assert_eq!(found.format, expected, "{one:?} {two:?}");
        assert_eq!(!warnings.is_empty(), warns, "{one:?} {two:?}");
    }
}

#[test]
fn prefers_the_more_precise_shape_and_warns_about_other_kinds() {
    let words = || Shape::Text(text(&["a"], 0, None));
    let array = |item| Shape::Array(Box::new(item));
    let nullable = |item| Shape::Nullable(Box::new(item));
    let object = |names: &[&str]| {
        let fields = names.iter().map(|name| field(name, Shape::Integer)).collect();
        Shape::Object(Object { fields, reference: None })
    };
    for (one, other, expected, warns) in [
        (Shape::Open, Shape::Integer, Shape::Integer, false),
        (Shape::Integer, Shape::Open, Shape::Integer, false),
        (Shape::Integer, Shape::Integer, Shape::Integer, false),
        (Shape::Integer, Shape::Boolean, Shape::Integer, true),
        (Shape::Boolean, words(), Shape::Boolean, true),
        (Shape::Unsigned, Shape::Integer, Shape::Unsigned, false),
        (Shape::Unsigned, Shape::Boolean, Shape::Unsigned, true),
        (
            Shape::Coded(Box::new(Shape::Integer)),
            words(),
            Shape::Coded(Box::new(Shape::Integer)),
            false,
        ),
        (array(Shape::Open), array(Shape::Number), array(Shape::Number), false),
        (array(Shape::Number), array(Shape::Boolean), array(Shape::Number), true),
        (nullable(Shape::Open), Shape::Number, nullable(Shape::Number), false),
        (nullable(Shape::Open), nullable(Shape::Number), nullable(Shape::Number), false),
        (
            Shape::Map(Box::new(Shape::Open)),
            Shape::Map(Box::new(Shape::Number)),
            Shape::Map(Box::new(Shape::Number)),
            false,
        ),
        (object(&["a"]), object(&["a", "b"]), object(&["a", "b"]), false),
        (Shape::Back(0), object(&["a"]), Shape::Back(0), false),
        (object(&["a"]), Shape::Back(0), object(&["a"]), false),
        (object(&["a"]), array(object(&["a"])), object(&["a"]), true),
    ] {
        let what = format!("{one:?} and {other:?}");
        let (found, warnings) = merged_shapes(one, other);
        assert_eq!(found, expected, "{what}");
        assert_eq!(!warnings.is_empty(), warns, "{what}: {warnings:?}");
    }
}

#[test]
fn fills_gaps_of_the_first_source() {
    let with = |required, nullable, description: Option<&str>| Field {
        required,
        nullable,
        description: description.map(Into::into),
        ..field("a", Shape::Open)
    };
    for (one, other, expected, warning) in [
        (with(true, false, None), with(true, false, Some("d")), with(true, false, Some("d")), ""),
        (
            with(true, true, Some("c")),
            with(true, false, Some("d")),
            with(true, true, Some("c")),
            "",
        ),
        (with(false, false, None), with(false, true, None), with(false, true, None), ""),
        (
            with(true, false, None),
            with(false, false, None),
            with(true, false, None),
            "is required in one source, optional in another; required is used",
        ),
        (
            with(false, false, None),
            with(true, false, None),
            with(false, false, None),
            "is optional in one source, required in another; optional is used",
        ),
    ] {
        let (mut fields, mut warnings) = (vec![one], Warnings::default());
        Merge { warnings: &mut warnings }.fields(
            &mut fields,
            vec![other],
            &mut FieldIndex::default(),
            "users",
        );
        assert_eq!(fields[0], expected);
        assert_eq!(fields[0].description, expected.description);
        let shown = warnings.lines(true).join("\n");
        assert!(shown.contains(warning) && shown.is_empty() == warning.is_empty(), "{shown}");
    }
}

fn route(verb: &str, path: &str, body: Body) -> Route {
    Route {
        verb: verb.to_owned(),
        path: path.to_owned(),
        query: Vec::new(),
        body,
        file: false,
        place: place(1),
    }
}

#[test]
fn prefers_a_known_body() {
    let fields =
        |names: &[&str]| Body::Fields(names.iter().map(|name| field(name, Shape::Open)).collect());
    for (one, other, expected, warns) in [
        (Body::Unknown, Body::Nothing, Body::Nothing, false),
        (Body::Unknown, Body::Open, Body::Open, false),
        (Body::Unknown, fields(&["a"]), fields(&["a"]), false),
        (Body::Open, fields(&["a"]), fields(&["a"]), false),
        (Body::Open, Body::Nothing, Body::Open, false),
        (Body::Nothing, Body::Open, Body::Open, true),
        (Body::Nothing, fields(&["a"]), fields(&["a"]), true),
        (Body::Nothing, Body::Unknown, Body::Nothing, false),
        (fields(&["a"]), Body::Nothing, fields(&["a"]), false),
        (fields(&["a"]), fields(&["a", "b"]), fields(&["a", "b"]), false),
    ] {
        let what = format!("{one:?} and {other:?}");
        let mut warnings = Warnings::default();
        let mut first = route("POST", "/unified/m/r", one);
        let other = route("POST", "/unified/m/r", other);
        Merge { warnings: &mut warnings }.route(
            &mut first,
            other,
            &mut RouteIndex::default(),
            "m/users",
        );
        assert_eq!(format!("{:?}", first.body), format!("{expected:?}"), "{what}");
        assert_eq!(!warnings.lines(true).is_empty(), warns, "{what}");
    }
}

#[test]
fn a_route_is_a_file_if_one_source_says_so_and_has_the_query_of_both() {
    for (one, other) in [(false, false), (true, false), (false, true), (true, true)] {
        let with = |file, name| Route {
            file,
            query: vec![field(name, Shape::Integer)],
            ..route("GET", "/unified/m/r", Body::Nothing)
        };
        let (expected, mut first) = (one || other, with(one, "a"));
        let mut warnings = Warnings::default();
        let other = with(other, "b");
        Merge { warnings: &mut warnings }.route(
            &mut first,
            other,
            &mut RouteIndex::default(),
            "m/users",
        );
        assert_eq!(first.file, expected);
        let names: Vec<&str> = first.query.iter().map(|field| &*field.name).collect();
        assert_eq!(names, ["a", "b"]);
    }
}

fn resource(form: Form, model: &str, segment: &str, methods: &[&str]) -> Resource {
    let mut resource = Resource {
        model: model.to_owned(),
        segment: segment.to_owned(),
        rank: Rank::new(form, &"a.md".into()),
        description: None,
        record: None,
        routes: Vec::new(),
    };
    for method in methods {
        resource.add_method(method);
    }
    resource
}

/// A coverage page names a resource by its label, and often no model.
#[test]
fn methods_of_a_coverage_page_go_to_the_resource_of_its_label() {
    let routes = |coverage: Resource| {
        let mut warnings = Warnings::default();
        let known = vec![
            resource(Form::Page, "crm", "contacts", &["list"]),
            resource(Form::Page, "crm", "deals", &["list"]),
            resource(Form::Page, "sales", "deals", &["list"]),
        ];
        let merged = merge(known.into_iter().chain([coverage]).collect(), &mut warnings);
        let routes: Vec<String> = merged
            .iter()
            .flat_map(|resource| &resource.routes)
            .map(|route| format!("{} {}", route.verb, route.path))
            .collect();
        (routes, warnings.lines(true).join("\n"))
    };
    let known = ["GET /unified/crm/contacts", "GET /unified/crm/deals", "GET /unified/sales/deals"];
    let added = |model: &str, label: &str| {
        let page = resource(Form::Coverage, model, label, &["list", "delete"]);
        let (routes, warnings) = routes(page);
        let new = routes.into_iter().filter(|route| !known.contains(&&**route));
        (new.collect::<Vec<_>>(), warnings)
    };
    for (model, label, expected) in [
        ("", "contacts", &["DELETE /unified/crm/contacts/<id>"][..]),
        ("crm", "deals", &["DELETE /unified/crm/deals/<id>"]),
        ("sales", "deals", &["DELETE /unified/sales/deals/<id>"]),
        // Two models have it; one has it under another model; no model has it.
        ("", "deals", &[]),
        ("hris", "contacts", &[]),
        ("crm", "tasks", &[]),
    ] {
        let (new, warnings) = added(model, label);
        assert_eq!(new, expected, "{model} {label}: {warnings}");
        let is_skipped = warnings.contains("no other source has the resource");
        assert_eq!(is_skipped, expected.is_empty(), "{model} {label}: {warnings}");
    }
}

/// All orders of some items.
fn orders<T: Copy>(items: &[T]) -> Vec<Vec<T>> {
    if items.is_empty() {
        return vec![Vec::new()];
    }
    let first = |at: usize| {
        let mut rest = items.to_vec();
        let first = rest.remove(at);
        orders(&rest).into_iter().map(move |mut order| {
            order.insert(0, first);
            order
        })
    };
    (0..items.len()).flat_map(first).collect()
}

#[test]
fn sources_in_any_order_merge_to_the_same() {
    let page =
        |parts: &str| format!("# U\n\n> Source: https://x/unified-m-api/coverage\n\n{parts}");
    let method = page(
        "`GET /unified/m/users`\n\n## Query parameters\n\n- **`q`** _(string, required)_\n\n## Response body\n\n\
         - **`state`** _(string)_ — Its state.\n  Allowed: `a`, `c` (+1 more)\n- **`size`** _(integer)_\n",
    );
    let object = page(
        "## Properties\n\n- **`size`** _(object)_\n  - **`unit`** _(string)_\n- **`page`** _(string)_\n\n\
         ## Methods\n\n- [GET /unified/m/users](x)\n- [GET /unified/m/users/{id}](x)\n",
    );
    let model = |year: &str, kind: &str| {
        format!(
            r#"{{"result": [{{"name": "m", "updated_at": "{year}", "resources": {{"users": {{"schema": {{"properties":
            {{"size": {{"type": "{kind}"}}, "y{year}": {{"type": "string"}}}}}}, "methods": ["list", "merge"]}}}}}}]}}"#
        )
    };
    let catalog = r#"{"format": "truto-unified-model/1", "model": "m", "resources": [{"segment": "users",
        "methods": [{"http": "POST", "path": "/unified/m/users", "body": [{"name": "n", "type": "string", "required": true}]}],
        "schema": [{"name": "state", "type": "string", "enum": ["a", "b"]}, {"name": "size", "type": "boolean"}]}]}"#;
    let meta = r#"{"request_body_schema": {"properties": {"n": {"type": "integer"}, "o": {"type": "string"}}}}"#;
    let coverage =
        "# M Coverage\n\n> Source: https://x/unified-m-api/coverage\n\n- **Users**: update\n";
    let sources = [
        ("a.md", method),
        ("b.md", object),
        ("c.json", catalog.to_owned()),
        ("d.json", model("2024", "number")),
        ("e.json", model("2025", "string")),
        ("unified/m/users/meta/create.json", meta.to_owned()),
        ("g.md", coverage.to_owned()),
    ];
    let sources = sources.map(|(name, text)| crate::read::Source {
        name: name.into(),
        text,
        about: None,
        found: false,
    });
    let merged = |order: &[&crate::read::Source]| {
        let (mut resources, mut warnings) = (Vec::new(), Warnings::default());
        for source in order {
            resources.extend(crate::read::read(source, &mut warnings).expect("a source"));
        }
        let merged = format!("{:#?}", super::merge(resources, &mut warnings));
        let mut warnings = warnings.lines(true);
        warnings.sort();
        (merged, warnings)
    };
    let all: Vec<&crate::read::Source> = sources.iter().collect();
    let first = merged(&all);
    assert!(
        first.1.iter().any(|line| line.contains("`m/users.size` is `string`")),
        "{:?}",
        first.1
    );
    for order in orders(&all) {
        let names: Vec<&str> = order.iter().map(|source| &*source.name).collect();
        assert!(merged(&order) == first, "{names:?}");
    }
}

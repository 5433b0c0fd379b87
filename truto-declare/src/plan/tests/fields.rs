//! The type of each field.

use std::collections::BTreeSet;

use super::*;
use crate::model::Format;
use crate::plan::Ty;
use crate::plan::types::{Role, leaf};

fn formatted(format: Format) -> Shape {
    Shape::Text(Text { format: Some(format), ..Text::default() })
}

fn truncated(words: &[&str], cut: usize) -> Shape {
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    Shape::Text(Text { words, cut, ..Text::default() })
}

#[test]
fn a_field_of_an_assumed_type_is_a_warning() {
    let nullable = |shape| Shape::Nullable(Box::new(shape));
    let assumed = "`m/users.made_at` has no format; it is assumed to be a date-time (a.json:7)";
    let unknown =
        "`m/users.a` is an array of an unknown type; its items are kept as JSON (a.json:7)";
    for (name, shape, warning) in [
        ("a", truncated(&["x"], 3), "`m/users.a` has 3 more values than are listed (a.json:7)"),
        ("a", truncated(&["x"], 0), ""),
        (
            "a",
            array(nullable(truncated(&["x"], 2))),
            "`m/users.a` has 2 more values than are listed (a.json:7)",
        ),
        ("made_at", text(), assumed),
        ("made_at", array(text()), assumed),
        ("made_at", formatted(Format::Date), ""),
        ("made_at", formatted(Format::Other), ""),
        ("made_at", words(&["x"]), ""),
        ("made_at", Shape::Integer, ""),
        ("made", text(), ""),
        ("a", array(Shape::Open), unknown),
        ("a", array(array(Shape::Open)), unknown),
        ("a", array(text()), ""),
        ("a", Shape::Open, ""),
    ] {
        let shown = format!("{name}: {shape:?}");
        let users = resource("users", vec![field(name, shape)], Vec::new());
        let (_, warnings) = attempt(&[users], "", &Lock::default());
        assert_eq!(warnings, warning, "{shown}");
    }
}

#[test]
fn nested_values_have_types_of_their_own() {
    let inner = |name: &str, shape| object(vec![field(name, shape)]);
    let deep = |levels: usize| (0..levels).fold(text(), |item, _| array(item));
    for (name, shape, expected) in [
        ("a", deep(3), &["User { a: Option<Vec<Vec<Vec<String>>>> }"][..]),
        ("a", deep(4), &["User { a: Option<Vec<Vec<Vec<RemoteData>>>> }"]),
        ("remote_data", text(), &["User { remote_data: Option<RemoteData> }"]),
        ("remote_data", deep(1), &["User { remote_data: Option<RemoteData> }"]),
        (
            "a",
            Shape::Map(Box::new(inner("x", text()))),
            &["User { a: Option<BTreeMap<String, UserA>> }", "UserA { x: Option<String> }"],
        ),
        // A `Vec` on the way breaks the cycle, so that no `Box` is needed.
        (
            "a",
            inner("up", Shape::Back(1)),
            &["User { a: Option<UserA> }", "UserA { up: Option<Box<User>> }"],
        ),
        (
            "a",
            array(inner("up", Shape::Back(1))),
            &["User { a: Option<Vec<UserA>> }", "UserA { up: Option<User> }"],
        ),
        (
            "a",
            array(inner("same", Shape::Back(0))),
            &["User { a: Option<Vec<UserA>> }", "UserA { same: Option<Box<UserA>> }"],
        ),
        (
            "a",
            inner("all", array(Shape::Back(0))),
            &["User { a: Option<UserA> }", "UserA { all: Option<Vec<UserA>> }"],
        ),
        (
            "a",
            inner("b", array(inner("up", Shape::Back(1)))),
            &[
                "User { a: Option<UserA> }",
                "UserA { b: Option<Vec<UserAB>> }",
                "UserAB { up: Option<UserA> }",
            ],
        ),
        ("a", Shape::Back(9), &["User { a: Option<RemoteData> }"]),
    ] {
        let shown = format!("{name}: {shape:?}");
        let users = resource("users", vec![field(name, shape)], Vec::new());
        assert_eq!(outline(&planned(&[users], "")), expected, "{shown}");
    }
}

#[test]
fn operators_are_a_filter_at_the_top_of_a_query_only() {
    let operators = || object(vec![field("gt", text()), field("lte", text())]);
    let query = |fields| {
        let routes = vec![route("GET", "/unified/m/users", fields, Body::Nothing)];
        outline(&planned(&[resource("users", Vec::new(), routes)], ""))[1..].to_vec()
    };
    let dated = || formatted(Format::DateTime);
    for (shape, expected) in [
        (operators(), &["ListUsers { a: Option<Filter<String>> }"][..]),
        (
            array(operators()),
            &[
                "ListUsers { a: Option<Vec<ListUsersA>> }",
                "ListUsersA { gt: Option<String>, lte: Option<String> }",
            ],
        ),
        (
            object(vec![field("b", operators())]),
            &[
                "ListUsers { a: Option<ListUsersA> }",
                "ListUsersA { b: Option<ListUsersAB> }",
                "ListUsersAB { gt: Option<String>, lte: Option<String> }",
            ],
        ),
        (
            object(vec![field("gt", text()), field("b", text())]),
            &[
                "ListUsers { a: Option<ListUsersA> }",
                "ListUsersA { gt: Option<String>, b: Option<String> }",
            ],
        ),
        (dated(), &["ListUsers { a: Option<Filter<jiff::Timestamp>> }"]),
        (array(dated()), &["ListUsers { a: Option<Vec<OrRaw<jiff::Timestamp>>> }"]),
    ] {
        let shown = format!("{shape:?}");
        assert_eq!(query(vec![field("a", shape)]), expected, "{shown}");
    }
    let record = resource("users", vec![field("a", operators())], Vec::new());
    assert_eq!(outline(&planned(&[record], ""))[0], "User { a: Option<UserA> }");
}

/// `Request` has setters for them.
#[test]
fn parameters_of_a_request_are_left_out_of_queries_and_bodies() {
    let names = ["limit", "next_cursor", "remote_query", "integrated_account_id", "truto_x", "x"];
    let all = || -> Vec<Field> { names.iter().map(|name| field(name, text())).collect() };
    let mut fields = all();
    fields.push(field("in", object(all())));
    let routes = vec![route("POST", "/unified/m/users", fields.clone(), Body::Fields(fields))];
    let model = planned(&[resource("users", all(), routes)], "");
    let fields_of = |name: &str| match &named(&model, name).body {
        TypeBody::Struct(fields) => fields.iter().map(|field| &*field.wire).collect::<Vec<_>>(),
        TypeBody::Enum(_) => panic!("{name} is an enum"),
    };
    assert_eq!(fields_of("CreateUserQuery"), ["x", "in"]);
    assert_eq!(fields_of("CreateUser"), ["limit", "next_cursor", "remote_query", "x", "in"]);
    for whole in ["User", "CreateUserQueryIn", "CreateUserIn"] {
        assert_eq!(fields_of(whole), names, "{whole}");
    }
}

#[test]
fn the_config_leaves_fields_out() {
    let a = object(vec![field("b", text()), field("c", text())]);
    let users = [resource("users", vec![field("a", a), field("d", text())], Vec::new())];
    for (config, expected) in [
        (
            "'users.a.b' = false",
            &["User { a: Option<UserA>, d: Option<String> }", "UserA { c: Option<String> }"][..],
        ),
        ("'users.a' = false", &["User { d: Option<String> }"]),
        // An object of which nothing is left is any JSON.
        (
            "'users.a.b' = false\n'users.a.c' = false",
            &["User { a: Option<RemoteData>, d: Option<String> }"],
        ),
        ("'users.a' = 'u8'", &["User { a: Option<u8>, d: Option<String> }"]),
    ] {
        let model = planned(&users, &format!("[fields]\n{config}"));
        assert_eq!(outline(&model), expected, "{config}");
    }
}

#[test]
fn a_type_that_would_contain_itself_is_an_error() {
    let group = || object(vec![field("owner", text()), field("name", text())]);
    let users = [resource("users", vec![field("group", group()), field("x", text())], Vec::new())];
    for infinite in ["User", "Option<User>", "(u8, [User; 1])", "truto_core::OrRaw<User>"] {
        for (key, holder) in [("users.x", "User"), ("m/users.group.owner", "UserGroup")] {
            let config = format!("[fields]\n'{key}' = '{infinite}'");
            let (plan, _) = attempt(&users, &config, &Lock::default());
            let name = key.rsplit('.').next().expect("a name");
            let expected = format!(
                "declare.toml:2: `{infinite}`, for `{name}`, makes `{holder}` infinite: it would contain itself\n  \
                 expected `Box<User>` or `Vec<User>`"
            );
            assert_eq!(plan.err(), Some(expected), "{config}");
        }
    }
    for finite in [
        "Box<User>",
        "Option<Box<User>>",
        "Vec<User>",
        "std::collections::BTreeMap<String, User>",
        "UserGroup",
        "other::User",
        "u8",
    ] {
        planned(&users, &format!("[fields]\n'users.x' = '{finite}'"));
    }
    // Each of two fields leads to the other one.
    let config = "[fields]\n'users.x' = 'Group'\n'groups.x' = 'User'";
    let groups = resource("groups", vec![field("x", text())], Vec::new());
    let (plan, _) = attempt(&[users[0].clone(), groups], config, &Lock::default());
    let errors = plan.expect_err("errors");
    assert!(errors.contains("declare.toml:2: `Group`, for `x`, makes `User`"), "{errors}");
    assert!(errors.contains("declare.toml:3: `User`, for `x`, makes `Group`"), "{errors}");
}

#[test]
fn the_name_and_the_use_of_a_scalar_decide_its_type() {
    let date = || formatted(Format::Date);
    for (name, shape, role, filter, tolerant, expected) in [
        ("id", text(), Role::Response, false, true, "Id"),
        ("user_id", text(), Role::Response, false, false, "Id"),
        ("id", Shape::Open, Role::Response, false, false, "Id"),
        ("user_id", Shape::Open, Role::Response, false, false, "RemoteData"),
        ("id", Shape::Integer, Role::Response, false, false, "Id"),
        ("id", Shape::Integer, Role::Body, false, false, "i64"),
        ("user_id", Shape::Integer, Role::Response, false, false, "i64"),
        ("made_at", text(), Role::Response, false, false, "OrRaw<jiff::Timestamp>"),
        ("made_at", text(), Role::Query, true, false, "Filter<jiff::Timestamp>"),
        ("made_at", formatted(Format::Other), Role::Response, false, false, "String"),
        ("made", text(), Role::Response, false, false, "String"),
        ("made", date(), Role::Body, false, false, "OrRaw<jiff::civil::Date>"),
        ("made", date(), Role::Query, true, false, "Filter<jiff::civil::Date>"),
        ("a", Shape::Number, Role::Response, false, true, "OrRaw<f64>"),
        ("a", Shape::Number, Role::Response, false, false, "f64"),
        ("a", Shape::Number, Role::Body, false, true, "f64"),
    ] {
        let found = leaf(name, &shape, role, filter, tolerant).text(&|_| String::new());
        assert_eq!(found, expected, "{name} {shape:?} {role:?}");
    }
}

#[test]
fn a_type_names_the_types_in_it() {
    let own = Ty::Own;
    let page = |inner| Ty::Runtime("Page", vec![inner]);
    for (ty, text, uses) in [
        (own(3), "T3", &[3][..]),
        (Ty::plain("u8"), "u8", &[]),
        (Ty::remote_data(), "RemoteData", &[]),
        (Ty::std("Vec", Ty::or_raw(own(1))), "Vec<OrRaw<T1>>", &[1]),
        (Ty::std("BTreeMap", own(2)), "BTreeMap<String, T2>", &[2]),
        (page(own(0)), "Page<T0>", &[0]),
        (Ty::Runtime("Both", vec![own(4), own(5)]), "Both<T4, T5>", &[4, 5]),
    ] {
        assert_eq!(ty.text(&|index| format!("T{index}")), text);
        let mut found = BTreeSet::new();
        ty.own_types(&mut found);
        assert!(found.iter().eq(uses), "{text}: {found:?}");
    }
    let body = Body::Fields(vec![field("b", object(vec![field("x", text())]))]);
    let routes = vec![
        route("GET", "/unified/m/users", vec![field("q", text())], Body::Nothing),
        route("POST", "/unified/m/users", Vec::new(), body),
    ];
    let kind = field("kind", words(&["x", "y"]));
    let model = planned(&[resource("users", vec![kind], routes)], "");
    let uses = |name: &str| -> Vec<&str> {
        named(&model, name).uses().iter().map(|&index| &*model.types[index].name).collect()
    };
    assert_eq!(uses("User"), ["UserKind", "ListUsers", "CreateUser"]);
    assert_eq!(uses("CreateUser"), ["CreateUserB"]);
    assert!(uses("UserKind").is_empty());
}

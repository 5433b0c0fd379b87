//! Names of types, fields and endpoints.

use std::collections::HashSet;

use super::*;
use crate::plan::{Doc, TypeRole};

#[test]
fn a_field_that_repeats_the_name_of_its_record_has_a_short_type() {
    let x = || object(vec![field("x", text())]);
    for (name, ty) in [
        ("ticket_type", "TicketType"),
        ("ticket_2", "Ticket2"),
        ("ticketing", "TicketTicketing"),
        ("ticket", "TicketTicket"),
        ("kind", "TicketKind"),
    ] {
        let tickets = resource("tickets", vec![field(name, x())], Vec::new());
        assert_eq!(planned(&[tickets], "").types[1].name, ty, "{name}");
    }
}

#[test]
fn a_record_takes_its_name_before_a_body_does() {
    let body = Body::Fields(vec![field("x", text())]);
    let create = route("POST", "/unified/m/users", Vec::new(), body);
    let resources = [
        resource("users", Vec::new(), vec![create]),
        resource("create-users", Vec::new(), Vec::new()),
    ];
    let (plan, warnings) = attempt(&resources, "", &Lock::default());
    let model = plan.expect("a plan").models.remove(0);
    assert_eq!(named(&model, "CreateUser").path, "create-users");
    assert!(warnings.contains("the name `CreateUser` is taken"), "{warnings}");
}

#[test]
fn the_config_names_records_and_whole_bodies() {
    let a = || vec![field("a", text())];
    let create = route("POST", "/unified/m/users", a(), Body::Fields(a()));
    let users = [resource("users", Vec::new(), vec![create])];
    let names = |config: &str| -> Vec<String> {
        planned(&users, config).types.into_iter().map(|ty| ty.name).collect()
    };
    assert_eq!(names(""), ["User", "CreateUser", "CreateUserQuery"]);
    let config = "[resources]\nusers = 'Person'";
    assert_eq!(names(config), ["Person", "CreatePerson", "CreatePersonQuery"]);
    let config = "[types]\n'users.create.body' = 'New'\n'users.create.query' = 'Options'";
    assert_eq!(names(config), ["User", "New", "Options"]);
}

#[test]
fn each_type_has_a_comment_and_a_role() {
    let shown = |doc: &Option<Doc>| match doc {
        Some(Doc::Foreign(text)) => format!("source: {text}"),
        Some(Doc::Own(text)) => text.clone(),
        None => String::new(),
    };
    for (description, expected) in [
        (Some("People."), "source: People."),
        (Some(" People.\n"), "source: People."),
        (Some(" "), "A record of `/unified/m/users`."),
        (None, "A record of `/unified/m/users`."),
    ] {
        let users = Resource {
            description: description.map(str::to_owned),
            ..resource("users", Vec::new(), Vec::new())
        };
        assert_eq!(shown(&planned(&[users], "").types[0].doc), expected, "{description:?}");
    }
    let a = || vec![field("a", text())];
    let routes = vec![
        route("GET", "/unified/m/users", a(), Body::Nothing),
        route("POST", "/unified/m/users", Vec::new(), Body::Fields(a())),
    ];
    let model = planned(&[resource("users", vec![field("kind", words(&["x"]))], routes)], "");
    for (name, doc, role) in [
        ("User", "A record of `/unified/m/users`.", TypeRole::Record),
        ("UserKind", "", TypeRole::Enum),
        ("ListUsers", "Query parameters of [`User::list`].", TypeRole::Body),
        ("CreateUser", "The body of [`User::create`].", TypeRole::Body),
    ] {
        let ty = named(&model, name);
        assert_eq!((shown(&ty.doc).as_str(), ty.role), (doc, role), "{name}");
    }
}

#[test]
fn fields_and_variants_that_clash_are_renamed_with_a_warning() {
    let record =
        vec![field("a-b", text()), field("a_b", text()), field("kind", words(&["x y", "x-y"]))];
    let users = resource("users", record, Vec::new());
    let (_, warnings) = attempt(&[users], "", &Lock::default());
    for (path, name) in [("users", "a_b"), ("users.kind", "XY")] {
        let part = format!("of `m/{path}` is called `{name}");
        assert!(warnings.contains(&part), "no {part} in {warnings}");
        assert!(warnings.contains(&format!("`{name}` is taken")), "{warnings}");
    }
}

/// An attribute derives the response from the route, except below `/custom/`.
#[test]
fn responses_are_stated_where_the_attribute_derives_none() {
    let known = Some(vec![field("id", text())]);
    for (model, record, verb, rest, expected) in [
        ("m", &known, "GET", "users", None),
        ("m", &known, "GET", "users/<id>", None),
        ("m", &known, "DELETE", "users/<id>", None),
        ("m", &known, "GET", "users/<id>/parts", Some("RemoteData")),
        ("custom", &known, "GET", "users", Some("Page<User>")),
        ("custom", &known, "GET", "users/<id>", Some("User")),
        ("custom", &known, "DELETE", "users/<id>", Some("Deleted<User>")),
        ("m", &None, "GET", "users", Some("Page<RemoteData>")),
        ("m", &None, "GET", "users/<id>", Some("RemoteData")),
    ] {
        let family = if model == "m" { "/unified/m" } else { "/custom" };
        let path = format!("{family}/{rest}");
        let users = Resource {
            model: model.to_owned(),
            record: record.clone(),
            ..resource("users", Vec::new(), vec![route(verb, &path, Vec::new(), Body::Nothing)])
        };
        let model = planned(&[users], "");
        let response = model.types[0].endpoints[0].response.as_ref().map(|ty| model.text(ty));
        assert_eq!(response.as_deref(), expected, "{verb} {path}");
    }
}

#[test]
fn fields_and_routes_have_the_places_of_their_sources() {
    let routes = vec![route("GET", "/unified/m/users", Vec::new(), Body::Nothing)];
    let a = field("a", object(vec![field("b", text())]));
    let users = resource("users", vec![a], routes);
    let plan = attempt(&[users], "", &Lock::default()).0.expect("a plan");
    let places = plan.places(&HashSet::from([("m", "users"), ("m", "users.a")]));
    let mut found: Vec<(&str, usize)> =
        places.iter().map(|(path, place)| (path.as_str(), place.line)).collect();
    found.sort_unstable();
    let expected = [("m GET /unified/m/users", 9), ("m users.a", 7), ("m users.a.b", 7)];
    assert_eq!(found, expected);
    assert!(!plan.places(&HashSet::from([("m", "users")])).contains_key("m users.a.b"));
}

//! The rules for endpoints and folders.

use std::collections::BTreeMap;

use super::endpoint::{calls, prefix};
use super::modules::folders;
use super::route;
use crate::diagnostic::Warnings;
use crate::lock::{Lock, LockedModel, LockedResource};
use crate::model::{Body, Form, Place, Rank, Resource, Route};
use crate::route::EndpointKind;

fn declared(verb: &str, path: &str) -> Route {
    Route {
        verb: verb.to_owned(),
        path: path.to_owned(),
        query: Vec::new(),
        body: Body::Nothing,
        file: false,
        place: Place::new(&"a.md".into(), 1),
    }
}

fn resource(model: &str, segment: &str, routes: Vec<Route>) -> Resource {
    Resource {
        model: model.to_owned(),
        segment: segment.to_owned(),
        rank: Rank::new(Form::Page, &"a.md".into()),
        description: None,
        record: None,
        routes,
    }
}

#[test]
fn the_kind_of_an_endpoint_follows_from_verb_and_path() {
    let method = |name: &str| EndpointKind::Method(name.to_owned());
    for (verb, path, kind, order, function) in [
        ("GET", "/unified/m/users", EndpointKind::List, 0, "list"),
        ("GET", "/unified/m/users/<id>", EndpointKind::Get, 1, "get"),
        ("POST", "/unified/m/users", EndpointKind::Create, 2, "create"),
        ("PATCH", "/unified/m/users/<id>", EndpointKind::Update, 3, "update"),
        ("DELETE", "/unified/m/users/<id>", EndpointKind::Delete, 4, "delete"),
        ("POST", "/unified/m/users/send-all", method("send-all"), 5, "send_all"),
        ("POST", "/unified/m/users/new", method("new"), 5, "new_"),
        ("GET", "/unified/m/users/<id>/parts", EndpointKind::Other, 6, "get_parts"),
        ("POST", "/unified/m/users/<id>", EndpointKind::Other, 6, "post_users"),
        ("PATCH", "/unified/m/users", EndpointKind::Other, 6, "patch_users"),
        ("DELETE", "/unified/m/users", EndpointKind::Other, 6, "delete_users"),
    ] {
        let route = declared(verb, path);
        let found = EndpointKind::of(&route.verb, &route.path);
        assert_eq!(found, kind, "{verb} {path}");
        assert_eq!(found.method("f").0, order, "{verb} {path}");
        let resource = resource("m", "users", vec![route]);
        let mut warnings = Warnings::default();
        let calls = calls(&resource, &BTreeMap::new(), &mut warnings);
        let functions: Vec<&str> = calls.iter().map(|call| &*call.function).collect();
        assert_eq!(functions, [function], "{verb} {path}");
        assert!(warnings.lines(true).is_empty(), "{verb} {path}");
    }
    assert_eq!(EndpointKind::of("GET", "users"), EndpointKind::Other);
}

/// A route of another resource must not take a name from the resource's own.
#[test]
fn the_routes_of_the_resource_choose_their_names_first() {
    let routes = vec![
        declared("GET", "/unified/m/a-users/<id>"),
        declared("GET", "/unified/m/users/<id>"),
        declared("PUT", "/unified/m/users/<id>"),
    ];
    let resource = resource("m", "users", routes);
    let mut warnings = Warnings::default();
    let calls = calls(&resource, &BTreeMap::new(), &mut warnings);
    let own = calls.iter().find(|call| call.route.path == "/unified/m/users/<id>");
    assert_eq!(own.expect("its own route").function, "get");
    assert_eq!(calls.len(), 2, "PUT is left out");
    let shown = warnings.lines(true).join("\n");
    assert!(shown.contains("`get` is taken") && shown.contains("`PUT /unified"), "{shown}");
}

#[test]
fn the_path_of_a_resource_begins_with_its_family() {
    for (model, expected) in [
        ("crm", "/unified/crm/users"),
        ("proxy", "/proxy/users"),
        ("custom", "/custom/users"),
        (crate::route::OWN, "/users"),
    ] {
        assert_eq!(route(model, "users"), expected);
        assert_eq!(format!("{}users", prefix(model)), expected);
    }
}

#[test]
fn a_model_alone_is_written_to_the_output_folder_itself() {
    let locked = |folders: &[(&str, &str)]| {
        let model = |folder: &str| LockedModel {
            folder: folder.to_owned(),
            resources: BTreeMap::from([(
                "users".to_owned(),
                LockedResource { module: "users".to_owned(), ..LockedResource::default() }.into(),
            )]),
            ..LockedModel::default()
        };
        let models = folders.iter().map(|(name, folder)| ((*name).to_owned(), model(folder)));
        Lock { models: models.collect(), ..Lock::default() }
    };
    for (lock, models, expected) in [
        (locked(&[]), &["crm"][..], &[""][..]),
        (locked(&[]), &["a-b", "crm"], &["a_b", "crm"]),
        (locked(&[("crm", "")]), &["crm"], &[""]),
        (locked(&[("crm", "")]), &["crm", "hris"], &["", "hris"]),
        (locked(&[("crm", "")]), &["hris"], &["hris"]),
        // A module of the output folder has the name.
        (locked(&[("crm", "")]), &["crm", "users"], &["", "users_2"]),
        (locked(&[("crm", "own")]), &["hris"], &["hris"]),
        (locked(&[("crm", "hris")]), &["crm", "hris"], &["hris", "hris_2"]),
        (locked(&[("crm", "own")]), &["crm", "users"], &["own", "users"]),
    ] {
        let by_model = models.iter().map(|model| (*model, Vec::new())).collect();
        assert_eq!(folders(&by_model, &lock), expected, "{models:?}");
    }
}

//! Entries of `declare.lock` that a run keeps, changes and adds.

use super::*;

fn after(resources: &[Resource], config: &str, lock: &Lock, only: bool) -> Lock {
    let plan = attempt(resources, config, lock).0.expect("a plan");
    lock.after(&plan, &|_| true, only)
}

fn users() -> Resource {
    resource("users", vec![field("a", text())], Vec::new())
}

fn groups() -> Resource {
    resource("groups", vec![field("a", text())], Vec::new())
}

#[test]
fn a_resource_that_is_gone_stays_in_the_lock_for_a_partial_run_only() {
    let first = after(&[users(), groups()], "", &Lock::default(), false);
    for (only, expected) in [(false, &["users"][..]), (true, &["groups", "users"])] {
        let second = after(&[users()], "", &first, only);
        let found: Vec<&String> = second.models["m"].resources.keys().collect();
        assert_eq!(found, expected, "only: {only}");
        assert_eq!(second.models["m"].resources["users"].module, "users");
    }
}

#[test]
fn a_resource_that_is_not_written_keeps_its_entry() {
    let first = after(&[users()], "", &Lock::default(), false);
    let changed = resource("users", vec![field("b", text())], Vec::new());
    let plan = attempt(&[changed, groups()], "", &first).0.expect("a plan");
    let second = first.after(&plan, &|segment| segment == "groups", true);
    assert_eq!(second.models["m"].resources["users"], first.models["m"].resources["users"]);
    assert!(second.models["m"].resources.contains_key("groups"));
}

#[test]
fn types_of_several_resources_are_listed_by_name() {
    let of = |segment: &str| {
        let x = |name: &str| field(name, object(vec![field(name, text())]));
        resource(segment, vec![x("p"), x("o"), x("own")], Vec::new())
    };
    let config = "[types]\n'users.p' = 'P'\n'groups.p' = 'P'\n'users.o' = 'O'\n'groups.o' = 'O'";
    let lock = after(&[of("users"), of("groups")], config, &Lock::default(), false);
    assert_eq!(lock.models["m"].shared, ["O", "P"]);
}

/// The lock names it although records, which take their names first, include a new one of that name.
#[test]
fn reserves_locked_names_before_new_ones() {
    let group = field("group", object(vec![field("x", text())]));
    let users = || resource("users", vec![group.clone()], Vec::new());
    let lock = after(&[users()], "", &Lock::default(), false);
    let new = resource("user-groups", Vec::new(), Vec::new());
    let plan = attempt(&[new, users()], "", &lock).0.expect("a plan");
    assert_eq!(named(&plan.models[0], "UserGroup").path, "users.group");
}

#[test]
fn prefers_configured_names_over_locked_ones() {
    let lock = after(&[users()], "", &Lock::default(), false);
    let config = "[resources]\nusers = 'Person'";
    let plan = attempt(&[users()], config, &lock).0.expect("a plan");
    assert_eq!(plan.models[0].types[0].name, "Person");
}

/// The field `comment.body` of a record, and the body of the method `comment`, have one wire path.
#[test]
fn keeps_locked_names_of_fields_and_bodies_apart() {
    let tickets = |with_field: bool, with_method: bool| {
        let body = object(vec![field("html", text())]);
        let comment = field("comment", object(vec![field("body", body)]));
        let method = Body::Fields(vec![field("text", text())]);
        let method = route("POST", "/unified/m/tickets/comment", Vec::new(), method);
        let record = if with_field { vec![comment] } else { Vec::new() };
        let routes = if with_method { vec![method] } else { Vec::new() };
        resource("tickets", record, routes)
    };
    let (field_type, body_type) = ("TicketCommentBody", "CommentTicket");
    let (path, other) = ("tickets.comment.body", "tickets.comment.body'");
    let stated = "[types]\n'tickets.comment.body' = 'Own'";
    for (first, config, second, expected) in [
        ((false, false), "", (true, true), &[(field_type, path), (body_type, other)][..]),
        ((true, false), "", (false, true), &[(body_type, other)]),
        ((false, true), "", (true, false), &[(field_type, other)]),
        ((false, true), "", (true, true), &[(field_type, other), (body_type, path)]),
        ((true, false), "", (true, true), &[(field_type, path), (body_type, other)]),
        // A name of the config does not depend on the path.
        ((false, true), stated, (true, false), &[("Own", path)]),
        ((true, false), stated, (false, true), &[("Own", path)]),
    ] {
        let lock = after(&[tickets(first.0, first.1)], "", &Lock::default(), false);
        let plan = attempt(&[tickets(second.0, second.1)], config, &lock).0.expect("a plan");
        let types = plan.models[0].types.iter().filter(|ty| ty.path.contains(".body"));
        let mut found: Vec<(&str, &str)> = types.map(|ty| (&*ty.name, &*ty.path)).collect();
        found.sort_by_key(|(name, _)| std::cmp::Reverse(*name));
        assert_eq!(found, expected, "{first:?} {second:?} {config}");
    }
}

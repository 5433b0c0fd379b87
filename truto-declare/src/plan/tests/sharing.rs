//! Places that share one type.

use super::*;
use crate::plan::TypeRole;

/// A definition that refers to an object around it has another meaning in each place.
#[test]
fn does_not_share_definitions_with_outer_references() {
    let inner = |name: &str, shape| object(vec![field(name, shape)]);
    let nullable = |shape| Shape::Nullable(Box::new(shape));
    for (shape, count) in [
        (text(), 1),
        (Shape::Back(0), 1),
        (Shape::Back(1), 2),
        (array(Shape::Back(0)), 1),
        (array(Shape::Back(1)), 2),
        (array(nullable(Shape::Back(1))), 2),
        (Shape::Map(Box::new(Shape::Back(1))), 2),
        (inner("in", Shape::Back(1)), 1),
        (inner("in", Shape::Back(2)), 2),
        (inner("in", inner("in", Shape::Back(2))), 1),
        (inner("in", inner("in", Shape::Back(3))), 2),
    ] {
        let shown = format!("{shape:?}");
        let place = || definition("/definitions/D", vec![field("x", shape.clone())]);
        let record = vec![field("a", place()), field("b", place())];
        let model = planned(&[resource("users", record, Vec::new())], "");
        let used = model.types[0].uses().len();
        // The record itself may be in use, too.
        let used = used - usize::from(model.types[0].uses().contains(&0));
        assert_eq!(used, count, "{shown}: {:#?}", outline(&model));
    }
}

#[test]
fn a_definition_gives_its_name_to_the_type() {
    for (pointer, name) in [
        ("/definitions/Address", "UserAddress"),
        ("/$defs/Address", "UserAddress"),
        ("/components/schemas/Address", "UserAddress"),
        ("/definitions/UserAddress", "UserAddress"),
        ("/properties/home", "UserA"),
        ("/definitions", "UserA"),
    ] {
        let a = field("a", definition(pointer, vec![field("x", text())]));
        let model = planned(&[resource("users", vec![a], Vec::new())], "");
        assert_eq!(model.types[1].name, name, "{pointer}");
    }
}

/// The paths of types are built in their order, so that only an earlier parent has one.
#[test]
fn a_definition_may_be_used_again_below_a_later_type() {
    let place = || definition("/definitions/D", vec![field("x", text())]);
    let b = object(vec![field("c", place())]);
    let users = resource("users", vec![field("a", place()), field("b", b)], Vec::new());
    let expected = [
        "User { a: Option<UserD>, b: Option<UserB> }",
        "UserD { x: Option<String> }",
        "UserB { c: Option<UserD> }",
    ];
    assert_eq!(outline(&planned(&[users], "")), expected);
}

#[test]
fn shares_a_configured_name_only_among_equal_shapes() {
    let config = "[types]\n'users.a' = 'Own'\n'users.b' = 'Own'";
    let x = |shape| object(vec![field("x", shape)]);
    for (one, other, types) in [
        (words(&["p", "q"]), words(&["q", "p"]), Some(2)),
        (words(&["p", "q"]), words(&["p", "r"]), None),
        (words(&["p"]), words(&["p", "q"]), None),
        (words(&["p", "q"]), words(&["p", "p", "q"]), None),
        (x(text()), x(text()), Some(2)),
        (x(text()), x(Shape::Integer), None),
        (x(text()), words(&["p"]), None),
    ] {
        let shown = format!("{one:?} {other:?}");
        let users = resource("users", vec![field("a", one), field("b", other)], Vec::new());
        let (plan, _) = attempt(&[users], config, &Lock::default());
        match (plan, types) {
            (Ok(plan), Some(count)) => {
                assert_eq!(outline(&plan.models[0]).len(), count, "{shown}");
                assert_eq!(plan.models[0].types[1].name, "Own", "{shown}");
            }
            (Err(error), None) => {
                let second = "`Own` for types of different shapes, the second one at `m/users.b`";
                assert!(error.contains(second), "{shown}: {error}");
            }
            (found, _) => panic!("{shown}: {found:?}"),
        }
    }
}

/// A shared type, and each type in it, belongs to all resources and has the form of all its uses.
#[test]
fn a_shared_type_serves_all_its_places() {
    let a = || field("a", object(vec![field("in", object(vec![field("x", text())]))]));
    let create = |segment: &str| {
        let path = format!("/unified/m/{segment}");
        vec![route("POST", &path, Vec::new(), Body::Fields(vec![a()]))]
    };
    let users = |routes| resource("users", vec![a()], routes);
    let groups = |record, routes| resource("groups", record, routes);
    for (second, resources, file, presence) in [
        (
            "groups.a",
            vec![users(Vec::new()), groups(vec![a()], Vec::new())],
            None,
            Presence::Optional,
        ),
        ("users.create.body.a", vec![users(create("users"))], Some(0), Presence::Skipped),
        (
            "groups.create.body.a",
            vec![users(Vec::new()), groups(Vec::new(), create("groups"))],
            None,
            Presence::Skipped,
        ),
    ] {
        let config = format!("[types]\n'users.a' = 'Own'\n'{second}' = 'Own'");
        let model = planned(&resources, &config);
        for name in ["Own", "OwnIn"] {
            let ty = named(&model, name);
            assert_eq!(ty.file, file, "{second}: {name}");
            assert_eq!(presences(ty), [presence], "{second}: {name}");
            assert_eq!(ty.role, TypeRole::Record, "{second}: {name}");
        }
        assert_eq!(named(&model, "User").file, Some(0), "{second}");
    }
}

/// In a PATCH body, each field of a definition is an update.
#[test]
fn a_patch_body_has_its_own_form_of_a_definition() {
    let a = || field("a", definition("/definitions/D", vec![field("x", text())]));
    let body = || Body::Fields(vec![a()]);
    let patch = route("PATCH", "/unified/m/users/<id>", Vec::new(), body());
    let model = planned(&[resource("users", vec![a()], vec![patch])], "");
    let expected = [
        "User { a: Option<UserD> }",
        "UserD { x: Option<String> }",
        "UpdateUser { a: Update<UpdateUserD> }",
        "UpdateUserD { x: Update<String> }",
    ];
    assert_eq!(outline(&model), expected);
    assert_eq!(named(&model, "UpdateUserD").role, TypeRole::Body);
    let post = route("POST", "/unified/m/users", Vec::new(), body());
    let model = planned(&[resource("users", vec![a()], vec![post])], "");
    assert_eq!(outline(&model)[2..], ["CreateUser { a: Option<UserD> }"]);
    assert_eq!(presences(named(&model, "UserD")), [Presence::Skipped]);
}

use serde::Deserialize;

use super::*;
use crate::testing::Flattened;

#[derive(Debug, PartialEq, Deserialize)]
struct User {
    id: String,
    name: Option<String>,
}

fn read(text: &str) -> (Option<String>, Option<User>) {
    let deleted = Deleted::<User>::read(text).expect(text);
    (deleted.id().map(str::to_owned), deleted.into_resource())
}

#[test]
fn reads_all_three_forms_of_a_deletion() {
    let id = || Some("7".to_owned());
    let user = |name: Option<&str>| Some(User { id: "7".into(), name: name.map(Into::into) });
    for (text, expected) in [
        (r#"{"id":"7","name":"n"}"#, (id(), user(Some("n")))),
        (r#"{"name":"n","id":"7"}"#, (id(), user(Some("n")))),
        (r#"{"id":"7","name":null}"#, (id(), user(None))),
        (r#"{"id":"7","unknown":1}"#, (id(), user(None))),
        (r#"{"id":"7","deleted":true}"#, (id(), user(None))),
        (r#"{"id":"7"}"#, (id(), None)),
        (r#" { "id" : 7 } "#, (id(), None)),
        (r#"{"id":null}"#, (None, None)),
        ("{}", (None, None)),
        ("null", (None, None)),
        ("{ }", (None, None)),
        ("{\n  \"id\": null\n}\n", (None, None)),
        ("", (None, None)),
        ("\r\n", (None, None)),
    ] {
        assert_eq!(read(text), expected, "{text}");
        assert_eq!(Deleted::<User>::read(text).expect(text).raw(), None, "{text}");
    }
}

#[test]
fn any_other_json_is_a_successful_deletion() {
    for (text, id) in [
        (r#"{"id":"7","name":1}"#, Some("7")),
        (r#"{"id":7,"name":["x"]}"#, Some("7")),
        (r#"{"ok":true}"#, None),
        (r#"{"success":true}"#, None),
        ("7", None),
        ("[]", None),
        (r#"[{"id":"7"}]"#, None),
        (r#"{"id":"7","name":"cut \ud83d","x":1e999}"#, Some("7")),
    ] {
        let deleted = Deleted::<User>::read(text).expect(text);
        assert_eq!(deleted.id(), id, "{text}");
        if !text.contains("ud83d") {
            assert_eq!(deleted.raw().expect(text).get(), text);
            assert_eq!(deleted.into_resource(), None, "{text}");
        }
    }
}

#[test]
fn a_refusal_is_not_decoded_as_a_record() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Options {
        id: Option<String>,
        name: Option<String>,
    }
    type Flat = Flattened<Options>;
    let locked = r#"{"success":false,"error":"locked"}"#;
    for text in [locked, r#"{"result":{"success":false}}"#, r#"{"result":true}"#] {
        let deleted = Deleted::<Options>::read(text).expect(text);
        assert_eq!((deleted.id(), deleted.resource()), (None, None), "{text}");
        let raw = deleted.raw().expect(text).get();
        assert!(text.contains(raw), "{raw}");
    }
    assert_eq!(Deleted::<Flat>::read(locked).expect("200").raw().expect("raw").get(), locked);
    let other = Deleted::<Flat>::read(r#"{"name":"n"}"#).expect("200");
    assert_eq!(other.resource().expect("a record").inner.name.as_deref(), Some("n"));
    let value = Deleted::<serde_json::Value>::read(locked).expect("200");
    assert_eq!(value.resource().expect("any JSON")["error"], "locked");
}

#[test]
fn the_result_of_an_envelope_is_read() {
    for (text, name) in [
        (r#"{"result":{"id":"7"}}"#, None),
        (r#"{"result":{"id":"7","name":"n"},"next_cursor":null}"#, Some("n")),
    ] {
        let deleted = Deleted::<User>::read(text).expect(text);
        assert_eq!(deleted.id(), Some("7"), "{text}");
        let found = deleted.resource().map(|user| user.name.as_deref());
        assert_eq!(found, name.map(Some), "{text}");
    }
    assert_eq!(Deleted::<User>::read(r#"{"result":null}"#).expect("200"), Deleted::default());
}

#[test]
fn a_body_that_is_not_json_is_an_error() {
    for text in ["<html>", "OK", r#"{"id":"7""#, r#"{"id":"7"} x"#] {
        assert!(Deleted::<User>::read(text).is_err(), "{text}");
    }
}

#[test]
fn deletions_can_be_made_for_tests() {
    let bare = Deleted::<User>::from_id("7");
    assert_eq!((bare.id(), bare.resource()), (Some("7"), None));
    let whole = Deleted::from_resource("7", 1);
    assert_eq!((whole.id(), whole.resource()), (Some("7"), Some(&1)));
    assert_eq!(whole.into_resource(), Some(1));
}

#[test]
fn a_value_that_is_not_an_object_can_be_the_resource() {
    let number = Deleted::<u64>::read("7").expect("200");
    assert_eq!((number.id(), number.resource(), number.raw()), (None, Some(&7), None));
    let text = Deleted::<u64>::read(r#""gone""#).expect("200");
    assert_eq!(text.raw().map(RemoteData::get), Some(r#""gone""#));
    // An object without a usable id is not the record, whatever the type reads.
    let odd = Deleted::<serde_json::Value>::read(r#"{"id":[7]}"#).expect("200");
    assert_eq!((odd.id(), odd.resource()), (None, None));
    assert_eq!(odd.raw().map(RemoteData::get), Some(r#"{"id":[7]}"#));
}

#[test]
fn a_type_with_a_field_result_is_read_bare() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Job {
        result: Option<String>,
    }
    let deleted = Deleted::<Job>::read(r#"{"result":"archived"}"#).expect("200");
    assert_eq!(deleted.into_resource(), Some(Job { result: Some("archived".to_owned()) }));
}

#[test]
fn an_id_after_a_lone_surrogate_is_found() {
    assert_eq!(
        read(r#"{"name":"cut \ud83d","id":"7"}"#),
        (Some("7".into()), Some(User { id: "7".into(), name: Some("cut \u{fffd}".into()) }))
    );
    assert_eq!(read(r#"{"cut \ud83d":1,"id":"7"}"#).0.as_deref(), Some("7"));
}

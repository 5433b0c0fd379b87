use serde::Deserialize;
use serde_json::{Value, json};

use super::*;
use crate::testing::Flattened;

#[derive(Debug, PartialEq, Deserialize)]
struct User {
    id: Option<String>,
}

fn user(id: &str) -> User {
    User { id: Some(id.to_owned()) }
}

#[test]
fn custom_methods_are_decoded_by_their_keys() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Own {
        result: Value,
    }
    for (text, expected) in [
        (r#"{"id":"1"}"#, user("1")),
        (r#"{"result":{"id":"1"}}"#, user("1")),
        (r#"{"result":{"id":"1"},"next_cursor":null}"#, user("1")),
    ] {
        assert_eq!(unwrapped::<User>(text).expect(text), expected, "{text}");
    }
    let own: Own = unwrapped(r#"{"result":[{"a":1}]}"#).expect("its own field");
    assert_eq!(own.result, json!([{"a": 1}]));
    for (text, expected) in [
        (r#"{"result":[1]}"#, json!([1])),
        (r#"{"result":1,"more":2}"#, json!({"result": 1, "more": 2})),
        (r#"[{"id":"1"}]"#, json!([{"id": "1"}])),
        ("[1]", json!([1])),
    ] {
        assert_eq!(unwrapped::<Value>(text).expect(text), expected, "{text}");
    }
    assert!(unwrapped::<User>(r#"[{"id":"1"}]"#).is_err());
    assert!(unwrapped::<User>(r#"{"result":["1"]}"#).is_err());
}

#[test]
fn recognizes_html() {
    for text in ["<html>", " <!DOCTYPE html>", "<!-- x --> <HTML lang=en>", "<body>"] {
        assert!(is_html(text), "{text}");
    }
    for text in ["<done/>", "<?xml version=\"1.0\"?><html/>", "<!-- x", "", "<h", "html"] {
        assert!(!is_html(text), "{text}");
    }
}

#[test]
fn a_type_with_its_own_field_result_is_read_bare() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Own {
        result: Option<Value>,
    }
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(untagged)]
    enum Untagged {
        A { result: String },
        B { id: String },
    }
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(untagged)]
    enum Hidden {
        #[allow(dead_code, reason = "it is never taken")]
        Own {
            result: Value,
        },
        Options {
            id: Option<String>,
        },
    }
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(tag = "result", rename_all = "snake_case")]
    enum Tagged {
        Archived,
    }
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum External {
        Result(String),
    }
    let archived = r#"{"result":"archived"}"#;
    let own = || Own { result: Some("archived".into()) };
    assert_eq!(unwrapped::<Own>(archived).expect("struct"), own());
    assert_eq!(unwrapped::<Option<Own>>(archived).expect("option"), Some(own()));
    assert_eq!(unwrapped::<Flattened<Own>>(archived).expect("flattened").inner, own());
    assert_eq!(
        unwrapped::<Untagged>(archived).expect("untagged"),
        Untagged::A { result: "archived".into() }
    );
    assert_eq!(
        unwrapped::<Untagged>(r#"{"result":{"id":"7"}}"#).expect("inner"),
        Untagged::B { id: "7".into() }
    );
    // A documented limit: nothing shows that a variant has the field, and the other one accepts any object.
    assert_eq!(
        unwrapped::<Hidden>(r#"{"result":{"id":"7"}}"#).expect("inner"),
        Hidden::Options { id: Some("7".into()) }
    );
    unwrapped::<Hidden>(archived).expect_err("the text inside is no object");
    assert_eq!(unwrapped::<Tagged>(archived).expect("tagged"), Tagged::Archived);
    assert_eq!(unwrapped::<External>(archived).expect("enum"), External::Result("archived".into()));
    assert_eq!(unwrapped::<crate::OrRaw<Own>>(archived).expect("tolerant"), own());
    let map: std::collections::BTreeMap<String, String> = unwrapped(archived).expect("map");
    assert_eq!(map["result"], "archived");
    let nested = r#"{"result":{"a":1}}"#;
    let expected = Own { result: Some(json!({"a": 1})) };
    assert_eq!(unwrapped::<crate::OrRaw<Own>>(nested).expect("tolerant"), expected);
    assert_eq!(unwrapped::<Flattened<Own>>(nested).expect("flattened").inner, expected);
    assert_eq!(unwrapped::<Value>(nested).expect("any"), json!({"a": 1}));
}

#[test]
fn a_number_for_an_enum_is_not_a_syntax_error() {
    #[derive(Debug, Deserialize)]
    enum Kind {
        #[allow(dead_code, reason = "only decoding matters here")]
        One,
    }
    #[derive(Debug, Deserialize)]
    struct Holder {
        #[allow(dead_code, reason = "only decoding matters here")]
        kind: Kind,
    }
    for (text, found) in
        [("7", "a number"), ("null", "null"), ("[1]", "an array"), ("true", "a boolean")]
    {
        let failure = json::<Holder>(&format!(r#"{{"kind":{text}}}"#)).expect_err(text);
        assert_eq!(failure.cause, DecodeCause::Shape);
        assert_eq!(failure.message, format!("expected an enum, found {found} at `kind`"));
    }
    let value: crate::OrRaw<Kind> = serde_json::from_str("7").expect("tolerant");
    assert_eq!(value.explain().as_deref(), Some("expected an enum, found a number"));
}

#[test]
fn a_lone_surrogate_fails_no_record() {
    let users: Vec<User> = json(r#"[{"id":"a"},{"id":"cut \ud83d"}]"#).expect("users");
    assert_eq!(users, [user("a"), user("cut \u{fffd}")]);
}

#[test]
fn each_decode_failure_has_its_cause() {
    let deep = format!("{}{}", "[".repeat(300), "]".repeat(300));
    for (text, cause, why) in [
        (&*deep, DecodeCause::Beyond, "nested deeper than 128 levels"),
        ("1e999", DecodeCause::Beyond, "a number out of range"),
        ("{]", DecodeCause::NotJson, "the response is not JSON: "),
        ("[1", DecodeCause::Unfinished, "ends in the middle of its JSON"),
        ("", DecodeCause::Empty, "empty response body, expected JSON"),
        ("[7]", DecodeCause::Shape, "expected struct User, found an array"),
    ] {
        let failure = match cause {
            DecodeCause::Shape | DecodeCause::Empty => json::<User>(text).expect_err(text),
            _ => json::<Value>(text).expect_err(text),
        };
        assert_eq!(failure.cause, cause, "{text}");
        assert!(failure.message.contains(why), "{}", failure.message);
    }
}

#[test]
fn a_failure_has_its_byte_offset() {
    let text = "[\n{\"id\":\"é\"},\n{\"id\":[7]}]";
    let failure = json::<Vec<User>>(text).expect_err("an array");
    let at = text.find("[7").expect("there");
    assert!(failure.at.abs_diff(at) <= 1, "{} of {at}", failure.at);
}

#[test]
fn an_envelope_has_one_result() {
    for (text, expected) in [
        (r#"{"result":{"a":1}}"#, Some(r#"{"a":1}"#)),
        (r#"{"next_cursor":null,"result":1}"#, Some("1")),
        (r#"{"result":1,"result":2}"#, None),
        (r#"{"result":1,"other":2}"#, None),
        (r#"{"result":1} x"#, None),
        (r#"{"next_cursor":null}"#, None),
        ("[1]", None),
    ] {
        assert_eq!(only_result(text), expected, "{text}");
    }
}

#[test]
fn json_beyond_the_limits_is_reported_with_line_and_column() {
    let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    let failure = json::<Value>(&deep).expect_err("too deep");
    assert!(
        failure.message.contains("deeper than 128 levels at line 1 column"),
        "{}",
        failure.message
    );
    let failure = json::<f64>("1e999").expect_err("too large");
    assert!(failure.message.contains("out of range at line 1 column"), "{}", failure.message);
}

#[test]
fn a_failure_inside_the_envelope_is_marked() {
    let failure = unwrapped::<User>(r#"{"result":["1"]}"#).expect_err("a list");
    assert_eq!(
        failure.message,
        "expected struct User, found an array at the top of the response (inside `result`)"
    );
    let failure = unwrapped::<User>(r#"["1"]"#).expect_err("a list");
    assert!(!failure.message.contains("inside"), "{}", failure.message);
}

use std::collections::HashMap;

use serde::Deserialize;

use super::locate;
use crate::Page;

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only decoding matters here")]
struct User {
    id: String,
    age: Option<u8>,
    emails: Option<Vec<Email>>,
    custom: Option<HashMap<String, u8>>,
    kind: Option<Kind>,
    ip: Option<std::net::IpAddr>,
    pair: Option<(u8, u8)>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only decoding matters here")]
struct Email {
    is_primary: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    One,
    Two,
}

#[test]
fn decode_errors_name_the_path_but_not_the_value() {
    for (text, expected) in [
        (
            r#"{"id":"1","emails":[{"is_primary":true},{"is_primary":"s3cret"}]}"#,
            "expected a boolean, found a string at `emails[1].is_primary`",
        ),
        (r#"{"id":7}"#, "expected a string, found an integer at `id`"),
        (r#"{"id":null}"#, "expected a string, found null at `id`"),
        (r#"{"emails":[]}"#, "missing field `id` at the top of the response"),
        (r#"{"id":"1","id":"2"}"#, "duplicate field `id` at the top of the response"),
        (r#"{"id":"1","age":300}"#, "expected u8, found an integer at `age`"),
        (r#"{"id":"1","custom":{"s3cret":"x"}}"#, "expected u8, found a string at `custom.*`"),
        (
            r#"{"id":"1","kind":"s3cret, expected nothing"}"#,
            "unknown variant, expected `one` or `two` at `kind`",
        ),
        (r#"{"id":"1","ip":"s3cret"}"#, "a string was refused by its type at `ip`"),
        (
            r#"{"id":"1","pair":[1]}"#,
            "expected a tuple of size 2, found an array of another length at `pair`",
        ),
        (r#"["s3cret"]"#, "expected struct User, found an array at the top of the response"),
        (r#""s3cret""#, "expected struct User, found a string at the top of the response"),
    ] {
        let found = locate::<User>(text);
        assert!(!found.contains("s3cret"), "{found}");
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn pages_name_the_record() {
    assert_eq!(
        locate::<Page<User>>(r#"{"result":[{"id":"1"},{"id":2}]}"#),
        "expected a string, found an integer at `result[1].id`"
    );
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only decoding matters here")]
struct Contract {
    party: Option<Party>,
    owner: Option<Owner>,
    terms: Option<Terms>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only decoding matters here")]
struct Party {
    #[serde(flatten)]
    user: Box<User>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(dead_code, reason = "only decoding matters here")]
enum Owner {
    Person { name: String },
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[allow(dead_code, reason = "only decoding matters here")]
enum Terms {
    Text(String),
    Days { days: u8 },
}

#[test]
fn decode_errors_inside_a_serde_buffer_name_its_container() {
    for (text, expected) in [
        (r#"{"party":{"id":7}}"#, "expected a string, found an integer somewhere in `party`"),
        (
            r#"{"owner":{"type":"person","name":true}}"#,
            "expected a string, found a boolean somewhere in `owner`",
        ),
        (
            r#"{"terms":{"days":"s3cret"}}"#,
            "no variant of an untagged enum fits somewhere in `terms`",
        ),
    ] {
        let found = locate::<Contract>(text);
        assert_eq!(found, expected, "{text}");
    }
}

/// A user's type whose messages look like serde's and quote the received value.
#[derive(Debug)]
struct Mimic;

impl<'de> Deserialize<'de> for Mimic {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Err(serde::de::Error::custom(text))
    }
}

#[test]
fn a_message_that_imitates_serde_is_not_shown() {
    for text in [
        "missing field `s3cret`",
        "unknown variant `x`, expected `s3cret`",
        "unknown field `x`, expected one of `s3cret`",
        "invalid type: s3cret, expected \"s3cret\"",
        "invalid length s3cret",
        "s3cret",
    ] {
        let json = serde_json::to_string(text).expect("JSON");
        let found = locate::<Mimic>(&json);
        assert!(!found.contains("s3cret"), "{found}");
    }
}

#[test]
fn the_names_that_a_type_knows_are_listed_if_there_are_any() {
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Empty {}
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only decoding matters here")]
    struct One {
        id: Option<u8>,
    }
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only decoding matters here")]
    struct Three {
        id: Option<u8>,
        name: Option<u8>,
        age: Option<u8>,
    }
    let text = r#"{"s3cret":1}"#;
    for (found, expected) in [
        (locate::<Empty>(text), "unknown field somewhere in the response"),
        (locate::<One>(text), "unknown field, expected `id` at the top of the response"),
        (
            locate::<Three>(text),
            "unknown field, expected one of `id`, `name`, `age` at the top of the response",
        ),
    ] {
        assert_eq!(found, expected);
    }
}

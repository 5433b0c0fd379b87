//! From received bytes to a typed value, or to the reason and the place why not.

mod locate;
mod probe;

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::record::FromObject;
use crate::json_text::repair;

/// Why a body cannot be decoded. Holds no received value, only places and kinds.
#[derive(Debug)]
pub struct Failure {
    pub(crate) message: String,
    pub(crate) cause: Cause,
    /// Where in the body, in bytes, as far as known.
    pub(crate) at: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Nothing but white space came.
    Empty,
    /// The bytes are not JSON.
    NotJson,
    /// The bytes are JSON up to their end, which comes too early.
    Unfinished,
    /// The JSON is fine, but beyond what can be read: too deep, or with a number out of range.
    Beyond,
    /// The JSON is fine, but not what the type expects.
    Shape,
}

impl Failure {
    pub(crate) fn new(cause: Cause, message: impl Into<String>) -> Self {
        Self { message: message.into(), cause, at: 0 }
    }

    fn at(self, at: usize) -> Self {
        Self { at, ..self }
    }

    /// The same, for a value that lies inside `result`.
    pub(crate) fn inside_result(self) -> Self {
        Self { message: format!("{} (inside `result`)", self.message), ..self }
    }
}

/// The body as text: one UTF-8 check of the whole, without a byte order mark.
pub(crate) fn text(body: &[u8]) -> Result<&str, Failure> {
    match std::str::from_utf8(body) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => {
            let at = error.valid_up_to();
            let message = format!("the response is not UTF-8 from byte {at} on");
            Err(Failure::new(Cause::NotJson, message).at(at))
        }
    }
}

/// Decodes JSON; an empty body is `null`, for types that can be nothing.
pub(crate) fn json<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    let error = match read(text) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    if is_blank(text) {
        let empty = "empty response body, expected JSON";
        return read("null").map_err(|_| Failure::new(Cause::Empty, empty));
    }
    if let Cow::Owned(repaired) = repair(text) {
        if let Ok(value) = read(&repaired) {
            return Ok(value);
        }
    }
    // A type that holds nothing takes anything but the page of a proxy.
    if !text.trim_start().starts_with('<') {
        if let Some(unit) = probe::unit() {
            return Ok(unit);
        }
    }
    Err(explain::<T>(text, &error))
}

fn read<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
    let mut json = serde_json::Deserializer::from_str(text);
    let value = T::deserialize(FromObject(&mut json))?;
    json.end()?;
    Ok(value)
}

/// Decodes the response of a custom method, which may be wrapped in `{"result": …}`.
///
/// The keys of the body decide, and whether the type has a field `result` of its own; not what
/// happens to decode.
pub(crate) fn unwrapped<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    match only_result(text) {
        Some(result) if !probe::has_field::<T>("result") => {
            json(result.get()).map_err(Failure::inside_result)
        }
        _ => json(text),
    }
}

pub(crate) fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_whitespace())
}

/// The value of `result`, if the body has no other keys but those of an envelope.
fn only_result(text: &str) -> Option<&RawValue> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Wrapped<'a> {
        #[serde(borrow)]
        result: &'a RawValue,
        #[serde(default, rename = "next_cursor")]
        _next_cursor: serde::de::IgnoredAny,
        #[serde(default, rename = "prev_cursor")]
        _prev_cursor: serde::de::IgnoredAny,
        #[serde(default, rename = "result_count")]
        _result_count: serde::de::IgnoredAny,
        #[serde(default, rename = "is_partial_response")]
        _is_partial_response: serde::de::IgnoredAny,
    }
    if !text.trim_start().starts_with('{') {
        return None;
    }
    let wrapped: Wrapped<'_> = serde_json::from_str(text).ok()?;
    Some(wrapped.result)
}

fn explain<T: DeserializeOwned>(text: &str, error: &serde_json::Error) -> Failure {
    let at = offset(text, error.line(), error.column());
    let message = error.to_string();
    let failure = match error.classify() {
        // serde_json calls these two syntax, though the JSON is fine.
        Category::Syntax if message.starts_with("recursion limit exceeded") => Failure::new(
            Cause::Beyond,
            format!("the JSON is nested deeper than 128 levels{}", place(error)),
        ),
        Category::Syntax if message.starts_with("number out of range") => Failure::new(
            Cause::Beyond,
            format!("the JSON has a number beyond every type{}", place(error)),
        ),
        // serde_json's messages on syntax name a place and no value.
        Category::Syntax | Category::Io => {
            Failure::new(Cause::NotJson, format!("the response is not JSON: {message}"))
        }
        Category::Eof => Failure::new(
            Cause::Unfinished,
            format!("the response ends in the middle of its JSON: {message}"),
        ),
        Category::Data => Failure::new(Cause::Shape, locate::locate::<T>(text)),
    };
    failure.at(at)
}

fn place(error: &serde_json::Error) -> String {
    format!(" at line {} column {}", error.line(), error.column())
}

/// The byte at a line and column, which count from 1.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    before.saturating_add(column.saturating_sub(1)).min(text.len())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::{Value, json};

    use super::*;

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
    fn what_holds_nothing_takes_anything_but_html() {
        #[derive(Debug, Deserialize)]
        struct Unit;
        for text in ["", " ", "null", "{}", r#"{"id":"7"}"#, "[]", "7", "OK", "{"] {
            assert!(json::<()>(text).is_ok(), "{text}");
            assert!(json::<Unit>(text).is_ok(), "{text}");
        }
        for text in ["<html>", " <!DOCTYPE html>"] {
            assert!(json::<()>(text).is_err(), "{text}");
            assert!(json::<Unit>(text).is_err(), "{text}");
        }
        assert!(json::<User>("OK").is_err());
    }

    #[test]
    fn half_an_emoji_costs_no_record() {
        let users: Vec<User> = json(r#"[{"id":"a"},{"id":"cut \ud83d"}]"#).expect("users");
        assert_eq!(users, [user("a"), user("cut \u{fffd}")]);
    }

    #[test]
    fn json_beyond_what_can_be_read_is_named_as_such() {
        let deep = format!("{}{}", "[".repeat(300), "]".repeat(300));
        for (text, cause, why) in [
            (&*deep, Cause::Beyond, "nested deeper than 128 levels"),
            ("1e999", Cause::Beyond, "a number beyond every type"),
            ("{]", Cause::NotJson, "the response is not JSON: "),
            ("[1", Cause::Unfinished, "ends in the middle of its JSON"),
            ("", Cause::Empty, "empty response body, expected JSON"),
            ("[7]", Cause::Shape, "expected struct User, found an array"),
        ] {
            let failure = match cause {
                Cause::Shape | Cause::Empty => json::<User>(text).expect_err(text),
                _ => json::<Value>(text).expect_err(text),
            };
            assert_eq!(failure.cause, cause, "{text}");
            assert!(failure.message.contains(why), "{}", failure.message);
        }
    }

    #[test]
    fn the_failing_place_is_known_in_bytes() {
        let text = "[\n{\"id\":\"é\"},\n{\"id\":[7]}]";
        let failure = json::<Vec<User>>(text).expect_err("an array");
        let at = text.find("[7").expect("there");
        assert!(failure.at.abs_diff(at) <= 1, "{} of {at}", failure.at);
    }
}

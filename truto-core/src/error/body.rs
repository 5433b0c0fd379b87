//! Reads the body of an error response key by key, as far as it is readable.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::json::{ObjectReader, lenient};

/// The origin of a refusal, as far as the body of the error response proves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Truto itself: readable JSON of its form, without the remote flag.
    Truto,
    /// The provider: the remote flag is set.
    Provider,
    /// Unknown: the body is missing, truncated, unreadable or not an object.
    Unproven,
}

/// The key that marks a refusal by the provider.
const REMOTE: &str = "truto_is_remote_error";

/// The top-level keys of an error body.
pub(super) struct ErrorBody<'a> {
    // Values stay text until asked for: one that a `Value` cannot represent must not hide the others.
    fields: HashMap<Cow<'a, str>, &'a RawValue>,
    /// True if the whole body was an object.
    whole: bool,
}

impl<'a> ErrorBody<'a> {
    /// Reads the keys one by one, so that a truncated or unreadable value does not affect the others.
    pub(super) fn read(text: &'a str) -> Self {
        let mut fields: HashMap<Cow<'a, str>, &'a RawValue> = HashMap::new();
        let mut object = ObjectReader::new(text);
        while let Some(key) = object.next_key() {
            let Some(value) = object.value() else {
                break;
            };
            // Once set, a duplicate key cannot clear the flag.
            let is_settled = fields.get(&key).is_some_and(|old| old.get() == "true");
            if !(key == REMOTE && is_settled) {
                fields.insert(key, value);
            }
        }
        Self { fields, whole: object.is_at_end() }
    }

    /// The value of a key; `None` if it is missing, null or unreadable.
    pub(super) fn take(&mut self, key: &str) -> Option<Value> {
        let raw = self.fields.remove(key)?;
        lenient(raw.get(), |text| serde_json::from_str(text))
            .ok()
            .filter(|value: &Value| !value.is_null())
    }

    /// The origin that the body proves. Missing evidence is never evidence that nothing was executed.
    pub(super) fn origin(&self) -> Origin {
        match self.fields.get(REMOTE).map(|raw| raw.get()) {
            Some("true") => Origin::Provider,
            // A flag of another kind, or one that a cut may have removed, proves neither.
            None | Some("false") if self.whole => Origin::Truto,
            _ => Origin::Unproven,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derives_the_origin_from_the_error_body() {
        let deep = format!(
            r#"{{"truto_is_remote_error":true,"raw_response":{}{}}}"#,
            "[".repeat(300),
            "]".repeat(300)
        );
        for (body, origin) in [
            (r#"{"statusCode":429,"message":"slow"}"#, Origin::Truto),
            (r#"{"truto_is_remote_error":false}"#, Origin::Truto),
            (r#"{"truto_is_remote_error":true}"#, Origin::Provider),
            (
                r#"{"truto_is_remote_error":true,"message":"slow","raw_response":"cut \ud83d"}"#,
                Origin::Provider,
            ),
            (r#"{"raw_response":1e999,"truto_is_remote_error":true}"#, Origin::Provider),
            (&deep, Origin::Provider),
            (r#"{"truto_is_remote_error":true,"message":"cu"#, Origin::Provider),
            (r#"{"truto_is_remote_error":true,"truto_is_remote_error":false}"#, Origin::Provider),
            (r#"{"truto_is_remote_error":"true"}"#, Origin::Unproven),
            (r#"{"truto_is_remote_error":null}"#, Origin::Unproven),
            (r#"{"message":"cu"#, Origin::Unproven),
            (r#"{"message":"m"} x"#, Origin::Unproven),
            ("}", Origin::Unproven),
            ("[]", Origin::Unproven),
            ("null", Origin::Unproven),
            ("", Origin::Unproven),
            ("<html>", Origin::Unproven),
        ] {
            assert_eq!(ErrorBody::read(body).origin(), origin, "{body}");
        }
    }

    #[test]
    fn an_unreadable_value_does_not_affect_the_others() {
        let mut body =
            ErrorBody::read(r#"{"raw_response":1e999,"message":"cut \ud83d","details":[1"#);
        assert_eq!(body.take("raw_response"), None);
        assert_eq!(body.take("message"), Some("cut \u{fffd}".into()));
        assert_eq!(body.take("details"), None);
    }
}

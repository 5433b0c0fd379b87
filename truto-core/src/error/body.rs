//! Reads the body of an error response, key by key, as far as it goes.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::json_text::{PlainText, repair};

/// Who refused the request, as far as the body of an error response proves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Truto itself: readable JSON of its form, without the remote flag.
    Truto,
    /// The provider: the remote flag is set.
    Provider,
    /// Nobody can tell: the body is missing, cut, unreadable or not an object.
    Unproven,
}

/// The key that says that the provider refused.
const REMOTE: &str = "truto_is_remote_error";

/// The top-level keys of an error body.
pub(super) struct ErrorBody<'a> {
    fields: HashMap<Cow<'a, str>, &'a RawValue>,
    /// Whether the whole body was an object.
    whole: bool,
}

impl<'a> ErrorBody<'a> {
    /// Reads the keys one by one, so that what is cut or unreadable costs only itself.
    pub(super) fn read(text: &'a str) -> Self {
        let mut body = Self { fields: HashMap::new(), whole: false };
        let mut json = serde_json::Deserializer::from_str(text);
        let read = json.deserialize_map(Keys(&mut body.fields));
        body.whole = read.is_ok() && json.end().is_ok();
        body
    }

    /// The value of a key; `None` where it is missing, null or unreadable.
    pub(super) fn take(&mut self, key: &str) -> Option<Value> {
        let raw = self.fields.remove(key)?;
        serde_json::from_str(&repair(raw.get())).ok().filter(|value: &Value| !value.is_null())
    }

    /// What the body proves. Missing evidence is never evidence that nothing was executed.
    pub(super) fn origin(&self) -> Origin {
        match self.fields.get(REMOTE).map(|raw| raw.get()) {
            Some("true") => Origin::Provider,
            None | Some("false") if self.whole => Origin::Truto,
            _ => Origin::Unproven,
        }
    }
}

struct Keys<'b, 'a>(&'b mut HashMap<Cow<'a, str>, &'a RawValue>);

impl<'de> Visitor<'de> for Keys<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<PlainText<'de>>()? {
            let value: &RawValue = map.next_value()?;
            // Said once, it is said, whatever a second one says.
            let settled = self.0.get(&key.0).is_some_and(|old| old.get() == "true");
            if !(key.0 == REMOTE && settled) {
                self.0.insert(key.0, value);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_body_proves() {
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
            ("[]", Origin::Unproven),
            ("null", Origin::Unproven),
            ("", Origin::Unproven),
            ("<html>", Origin::Unproven),
        ] {
            assert_eq!(ErrorBody::read(body).origin(), origin, "{body}");
        }
    }

    #[test]
    fn a_bad_value_costs_only_itself() {
        let mut body =
            ErrorBody::read(r#"{"raw_response":1e999,"message":"cut \ud83d","details":[1"#);
        assert_eq!(body.take("raw_response"), None);
        assert_eq!(body.take("message"), Some("cut \u{fffd}".into()));
        assert_eq!(body.take("details"), None);
    }
}

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;

use serde::de::{Deserialize, Deserializer, Error};
use serde::{Serialize, Serializer};

use super::capture::{Captured, capture};
use crate::json_text::repair;

/// The id of a record: text or a number on the wire, text in the hand.
///
/// Truto's schemas say that ids are text, but providers send numbers, too. A number keeps
/// the digits it came with. Serializes as text.
///
/// ```
/// # fn main() -> Result<(), serde_json::Error> {
/// use truto_core::Id;
///
/// let ids: Vec<Id> = serde_json::from_str(r#"["u1", 42, 12345678901234567890123]"#)?;
/// assert_eq!(ids, ["u1", "42", "12345678901234567890123"]);
/// assert_eq!(serde_json::to_string(&ids[1])?, r#""42""#);
/// # Ok(())
/// # }
/// ```
///
/// See [Truto's guide to unified models](https://truto.one/docs/guides/unified-apis/creating-unified-apis).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(Box<str>);

impl Id {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let refuse = |found: &str| {
            Err(D::Error::custom(format_args!(
                "invalid type: {found}, expected an id: text or a number"
            )))
        };
        match capture(deserializer)? {
            Captured::Text(text) => match text.as_bytes().first() {
                Some(b'"') => {
                    serde_json::from_str(&repair(&text)).map(Self).map_err(D::Error::custom)
                }
                Some(b'-' | b'0'..=b'9') => Ok(Self(text.as_ref().into())),
                Some(b'[') => refuse("sequence"),
                Some(b'{') => refuse("map"),
                Some(b'n') => refuse("null"),
                _ => refuse("boolean"),
            },
            Captured::Value(value) => match value {
                serde_json::Value::String(text) => Ok(Self(text.into())),
                serde_json::Value::Number(number) => Ok(Self(number.to_string().into())),
                serde_json::Value::Array(_) => refuse("sequence"),
                serde_json::Value::Object(_) => refuse("map"),
                serde_json::Value::Null => refuse("null"),
                serde_json::Value::Bool(_) => refuse("boolean"),
            },
        }
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Deref for Id {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Id {
    fn as_ref(&self) -> &str {
        self
    }
}

impl Borrow<str> for Id {
    fn borrow(&self) -> &str {
        self
    }
}

impl From<&str> for Id {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Id {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<u64> for Id {
    fn from(number: u64) -> Self {
        Self(number.to_string().into())
    }
}

impl From<Id> for String {
    fn from(id: Id) -> Self {
        id.0.into()
    }
}

impl PartialEq<str> for Id {
    fn eq(&self, other: &str) -> bool {
        *self.0 == *other
    }
}

impl PartialEq<&str> for Id {
    fn eq(&self, other: &&str) -> bool {
        *self.0 == **other
    }
}

impl PartialEq<String> for Id {
    fn eq(&self, other: &String) -> bool {
        *self.0 == **other
    }
}

impl PartialEq<Id> for str {
    fn eq(&self, other: &Id) -> bool {
        other == self
    }
}

impl PartialEq<Id> for &str {
    fn eq(&self, other: &Id) -> bool {
        other == self
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashMap};

    use super::*;

    #[test]
    fn text_or_a_number_wherever_it_stands() {
        #[derive(serde::Deserialize)]
        struct Flat {
            #[serde(flatten)]
            inner: Inner,
        }
        #[derive(serde::Deserialize)]
        struct Inner {
            id: Id,
        }
        for (text, expected) in [
            (r#"{"id":"a/b"}"#, "a/b"),
            (r#"{"id":7}"#, "7"),
            (r#"{"id":"cut \ud83d"}"#, "cut \u{fffd}"),
        ] {
            let inner: Inner = serde_json::from_str(text).expect(text);
            assert_eq!(inner.id, expected);
        }
        let flat: Flat = serde_json::from_str(r#"{"id":7}"#).expect("a number");
        assert_eq!(flat.inner.id, "7");
        for text in ["null", "true", "[]", "{}"] {
            assert!(serde_json::from_str::<Id>(text).is_err(), "{text}");
        }
        let map: BTreeMap<Id, u8> = serde_json::from_str(r#"{"a":1}"#).expect("a key");
        assert_eq!(map.get("a"), Some(&1));
        let map: HashMap<Id, u8> = map.into_iter().collect();
        assert_eq!(map.get("a"), Some(&1));
        assert_eq!(serde_json::to_string(&map).expect("JSON"), r#"{"a":1}"#);
    }
}

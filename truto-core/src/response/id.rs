use std::borrow::{Borrow, Cow};
use std::convert::Infallible;
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, Error, Unexpected};
use serde::{Serialize, Serializer};

use crate::json::{JsonKind, RawJson};

/// The id of a record: a JSON string or number, stored as a string.
///
/// Truto's schemas define ids as strings, but some providers send numbers. A number keeps its digits, so
/// `1.10` and `12345678901234567890123` are unchanged. An `Id` serializes as a string.
///
/// Inside flattened, tagged and untagged types, serde buffers numbers, and those other than 64-bit integers
/// may lose digits. An `Id` that would lose digits is an error rather than a different id.
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
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
        let raw = RawJson::deserialize(deserializer)?;
        match raw.as_text() {
            Some(text) => Ok(Self(text.into())),
            // Flattened, tagged and untagged types keep such a number as `f64`: its digits are lost.
            None if raw.kind() == JsonKind::Number => Err(D::Error::invalid_type(
                Unexpected::Other("number"),
                &"an id: a string or a 64-bit integer",
            )),
            None => {
                Err(D::Error::invalid_type(raw.kind().unexpected(), &"an id: a string or a number"))
            }
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

impl FromStr for Id {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.into())
    }
}

macro_rules! from_text {
    ($($text:ty),*) => {$(
        impl From<$text> for Id {
            fn from(text: $text) -> Self {
                Self(text.into())
            }
        }
    )*};
}

from_text!(&str, String, Box<str>, Cow<'_, str>);

impl From<&String> for Id {
    fn from(text: &String) -> Self {
        Self(text.as_str().into())
    }
}

macro_rules! from_integers {
    ($($integer:ty),*) => {$(
        impl From<$integer> for Id {
            /// The digits of the number.
            fn from(number: $integer) -> Self {
                Self(number.to_string().into())
            }
        }
    )*};
}

from_integers!(i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize);

macro_rules! into_text {
    ($($text:ty),*) => {$(
        impl From<Id> for $text {
            fn from(id: Id) -> Self {
                id.0.into()
            }
        }
    )*};
}

into_text!(String, Box<str>, Arc<str>);

impl From<Id> for Cow<'_, str> {
    fn from(id: Id) -> Self {
        Self::Owned(id.0.into())
    }
}

impl<'a> From<&'a Id> for Cow<'a, str> {
    fn from(id: &'a Id) -> Self {
        Self::Borrowed(id)
    }
}

impl From<Id> for serde_json::Value {
    fn from(id: Id) -> Self {
        Self::String(id.0.into())
    }
}

macro_rules! compare {
    ($($text:ty),*) => {$(
        impl PartialEq<$text> for Id {
            fn eq(&self, other: &$text) -> bool {
                let text: &str = other.as_ref();
                *self.0 == *text
            }
        }

        impl PartialEq<Id> for $text {
            fn eq(&self, other: &Id) -> bool {
                other == self
            }
        }
    )*};
}

compare!(str, &str, String, Cow<'_, str>);

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashMap};

    use super::*;
    use crate::testing::Flattened;

    #[test]
    fn converts_from_and_into_types_that_hold_an_id() {
        let id: Id = "7".parse().expect("infallible");
        let text = "7".to_owned();
        assert!(id == "7");
        assert!("7" == id);
        assert!(id == text);
        assert!(text == id);
        assert_eq!(
            [Id::from(7_u8), 7_i64.into(), Cow::Borrowed("7").into()],
            [id.clone(), id.clone(), id.clone()]
        );
        assert_eq!(Id::from(-7_i128), "-7");
        assert_eq!(Cow::from(&id), "7");
        assert_eq!(String::from(id.clone()), "7");
        assert_eq!(&*Arc::<str>::from(id.clone()), "7");
        assert_eq!(serde_json::Value::from(id), serde_json::json!("7"));
        assert_eq!(Id::default(), "");
    }

    #[test]
    fn reads_text_and_numbers_without_losing_digits() {
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
        let flat: Flattened<Inner> = serde_json::from_str(r#"{"id":7}"#).expect("a number");
        assert_eq!(flat.inner.id, "7");
        for (text, found) in
            [("null", "null"), ("true", "boolean"), ("[]", "sequence"), ("{}", "map")]
        {
            let error = serde_json::from_str::<Id>(text).expect_err(text).to_string();
            let expected = format!("invalid type: {found}, expected an id: a string or a number");
            assert!(error.starts_with(&expected) && !error.contains("integer"), "{error}");
        }
        let error =
            serde_json::from_str::<Flattened<Inner>>(r#"{"id":1.5}"#).err().expect("lost digits");
        assert!(error.to_string().contains("an id: a string or a 64-bit integer"), "{error}");
        for (digits, kept) in [
            ("18446744073709551615", true),
            ("-7", true),
            ("18446744073709551616", false),
            ("1.10", false),
            ("1e3", false),
            (r#"{"$serde_json::private::RawValue":"7"}"#, false),
        ] {
            let text = format!(r#"{{"id":{digits}}}"#);
            let flat = serde_json::from_str::<Flattened<Inner>>(&text);
            assert_eq!(flat.is_ok(), kept, "{digits}");
            if let Ok(flat) = flat {
                assert_eq!(flat.inner.id, digits);
            }
            let plain = serde_json::from_str::<Inner>(&text);
            assert_eq!(plain.is_ok(), !digits.starts_with('{'), "{digits}");
        }
        let map: BTreeMap<Id, u8> = serde_json::from_str(r#"{"a":1}"#).expect("a key");
        assert_eq!(map.get("a"), Some(&1));
        let map: HashMap<Id, u8> = map.into_iter().collect();
        assert_eq!(map.get("a"), Some(&1));
        assert_eq!(serde_json::to_string(&map).expect("JSON"), r#"{"a":1}"#);
    }

    #[test]
    fn an_id_is_shown_like_its_text() {
        let id = Id::from(&"a\"b".to_owned());
        assert_eq!(
            (id.as_str(), id.to_string(), format!("{id:?}")),
            ("a\"b", "a\"b".to_owned(), r#""a\"b""#.to_owned())
        );
        assert_eq!(format!("{id:>5}"), "  a\"b");
        assert_eq!(Cow::<'_, str>::from(id), "a\"b");
    }
}

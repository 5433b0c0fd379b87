use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::JsonKind;
use super::plain_value::{PlainValue, plain_object};
use super::repair::{lenient, repair};

/// The name under which `serde_json` provides the text of a value.
pub(crate) const RAW_VALUE: &str = "$serde_json::private::RawValue";

/// A JSON value, unchanged as far as serde provides it.
pub(crate) enum RawJson<'de> {
    /// The text, which is JSON.
    Text(Cow<'de, str>),
    /// A value from the buffer of a flattened, tagged or untagged type, which keeps no text.
    Buffered(Value),
}

impl RawJson<'_> {
    pub(crate) fn kind(&self) -> JsonKind {
        match self {
            Self::Text(text) => JsonKind::of_text(text),
            Self::Buffered(value) => JsonKind::of_value(value),
        }
    }

    /// The content of a string, or the digits of a number.
    ///
    /// `None` for other JSON types, and for a buffered number that is not an integer: the buffer keeps
    /// it as `f64`, which loses digits.
    pub(crate) fn as_text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(text) => match self.kind() {
                JsonKind::String => {
                    let inner = text.trim_ascii().strip_prefix('"')?.strip_suffix('"')?;
                    if inner.contains('\\') {
                        lenient(text, |text| serde_json::from_str(text)).ok().map(Cow::Owned)
                    } else {
                        // The text is JSON, so without escapes it is the content itself.
                        Some(Cow::Borrowed(inner))
                    }
                }
                JsonKind::Number => Some(Cow::Borrowed(text.trim_ascii())),
                _ => None,
            },
            Self::Buffered(Value::String(text)) => Some(Cow::Borrowed(text)),
            Self::Buffered(Value::Number(number)) if !number.is_f64() => {
                Some(Cow::Owned(number.to_string()))
            }
            Self::Buffered(_) => None,
        }
    }

    /// The value; text that a [`Value`] cannot hold becomes a string of that text.
    pub(crate) fn into_value(self) -> Value {
        match self {
            Self::Text(text) => serde_json::from_str(&repair(&text))
                .unwrap_or_else(|_| Value::String(text.into_owned())),
            Self::Buffered(value) => value,
        }
    }
}

impl<'de> Deserialize<'de> for RawJson<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(RAW_VALUE, RawJsonVisitor)
    }
}

struct RawJsonVisitor;

macro_rules! scalars {
    ($($method:ident: $type:ty),*) => {$(
        fn $method<E: Error>(self, value: $type) -> Result<RawJson<'de>, E> {
            Ok(RawJson::Buffered(value.into()))
        }
    )*};
}

impl<'de> Visitor<'de> for RawJsonVisitor {
    type Value = RawJson<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    /// Reads text: `serde_json` provides it as a map with one private key.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawJson<'de>, A::Error> {
        match map.next_key_seed(BorrowedText)? {
            Some(key) if key == RAW_VALUE => map.next_value_seed(BorrowedText).map(RawJson::Text),
            first => plain_object(first.map(Cow::into_owned), map).map(RawJson::Buffered),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<RawJson<'de>, A::Error> {
        PlainValue.visit_seq(seq).map(RawJson::Buffered)
    }

    /// Reads from a buffer, whatever keys it contains.
    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        inner: D,
    ) -> Result<RawJson<'de>, D::Error> {
        PlainValue.deserialize(inner).map(RawJson::Buffered)
    }

    scalars! {
        visit_bool: bool,
        visit_i64: i64,
        visit_u64: u64,
        visit_f64: f64,
        visit_str: &str,
        visit_string: String
    }

    fn visit_unit<E: Error>(self) -> Result<RawJson<'de>, E> {
        Ok(RawJson::Buffered(Value::Null))
    }

    fn visit_none<E: Error>(self) -> Result<RawJson<'de>, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<RawJson<'de>, D::Error> {
        self.visit_newtype_struct(inner)
    }
}

/// Text that is borrowed if possible.
struct BorrowedText;

impl<'de> DeserializeSeed<'de> for BorrowedText {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<Cow<'de, str>, D::Error> {
        inner.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for BorrowedText {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text))
    }
}

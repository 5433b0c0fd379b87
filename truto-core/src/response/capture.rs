//! Takes a JSON value as it came, wherever serde hands it out: from text, or from the buffer that
//! flattened, tagged and untagged types keep.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// The name under which `serde_json` hands out the text of a value.
pub(super) const RAW_VALUE: &str = "$serde_json::private::RawValue";

/// A JSON value as it came.
pub(super) enum Captured<'de> {
    /// The text, which is JSON.
    Text(Cow<'de, str>),
    /// From a buffer, which keeps no text.
    Value(Value),
}

pub(super) fn capture<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Captured<'de>, D::Error> {
    deserializer.deserialize_newtype_struct(RAW_VALUE, CaptureVisitor)
}

struct CaptureVisitor;

macro_rules! values {
    ($($method:ident: $type:ty),*) => {$(
        fn $method<E: Error>(self, value: $type) -> Result<Captured<'de>, E> {
            Ok(Captured::Value(value.into()))
        }
    )*};
}

impl<'de> Visitor<'de> for CaptureVisitor {
    type Value = Captured<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    values! {
        visit_bool: bool,
        visit_i64: i64,
        visit_u64: u64,
        visit_f64: f64,
        visit_str: &str,
        visit_string: String
    }

    fn visit_unit<E: Error>(self) -> Result<Captured<'de>, E> {
        Ok(Captured::Value(Value::Null))
    }

    fn visit_none<E: Error>(self) -> Result<Captured<'de>, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Captured<'de>, D::Error> {
        Value::deserialize(inner).map(Captured::Value)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        inner: D,
    ) -> Result<Captured<'de>, D::Error> {
        Value::deserialize(inner).map(Captured::Value)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Captured<'de>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Captured::Value(Value::Array(items)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Captured<'de>, A::Error> {
        let mut fields = Map::new();
        while let Some(key) = map.next_key_seed(Text)? {
            if key == RAW_VALUE && fields.is_empty() {
                return map.next_value_seed(Text).map(Captured::Text);
            }
            fields.insert(key.into_owned(), map.next_value()?);
        }
        Ok(Captured::Value(Value::Object(fields)))
    }
}

/// Text without a copy where it can be had.
struct Text;

impl<'de> DeserializeSeed<'de> for Text {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<Cow<'de, str>, D::Error> {
        inner.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Text {
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

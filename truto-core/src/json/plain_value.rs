use std::fmt;
use std::sync::OnceLock;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// The key under which `serde_json` hands out numbers if its `arbitrary_precision` is enabled.
const NUMBER: &str = "$serde_json::private::Number";

/// Reads a [`Value`] without `serde_json`'s private keys.
///
/// `Value` itself reads an object with the key `$serde_json::private::RawValue` as JSON text. A peer
/// could thus make an object pass for the text or number inside it.
pub(crate) struct PlainValue;

impl<'de> DeserializeSeed<'de> for PlainValue {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

macro_rules! scalars {
    ($($method:ident: $type:ty),*) => {$(
        fn $method<E: Error>(self, value: $type) -> Result<Value, E> {
            Ok(value.into())
        }
    )*};
}

impl<'de> Visitor<'de> for PlainValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    scalars! {
        visit_bool: bool,
        visit_i64: i64,
        visit_u64: u64,
        visit_f64: f64,
        visit_str: &str,
        visit_string: String
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Value, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Value, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(Self)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        plain_object(map.next_key()?, map)
    }
}

/// Reads the rest of a map whose first key is read already.
pub(super) fn plain_object<'de, A: MapAccess<'de>>(
    first: Option<String>,
    mut map: A,
) -> Result<Value, A::Error> {
    let mut fields = Map::new();
    let mut next = first;
    while let Some(key) = next {
        fields.insert(key, map.next_value_seed(PlainValue)?);
        next = map.next_key()?;
    }
    Ok(number(&fields).unwrap_or(Value::Object(fields)))
}

/// The number that `serde_json` wrapped into a map, if it does so in this build.
fn number(fields: &Map<String, Value>) -> Option<Value> {
    static ARBITRARY_PRECISION: OnceLock<bool> = OnceLock::new();
    let (Some(Value::String(digits)), 1) = (fields.get(NUMBER), fields.len()) else {
        return None;
    };
    let is_enabled = ARBITRARY_PRECISION.get_or_init(|| {
        let number: Option<Number> = serde_json::from_str("1.10").ok();
        number.is_some_and(|number| number.to_string() == "1.10")
    });
    // Without the feature, an object with this key is data from the peer.
    is_enabled.then(|| digits.parse().ok().map(Value::Number)).flatten()
}

//! What a type asks for, without a value.

use std::cell::Cell;

use serde::de::value::Error;
use serde::de::{Deserializer, Error as _, Visitor};
use serde::{Deserialize, forward_to_deserialize_any};

/// The value of a type that holds nothing: `()`, or a unit struct.
pub(super) fn unit<'de, T: Deserialize<'de>>() -> Option<T> {
    T::deserialize(Probe { fields: &Cell::new(&[]), unit: true }).ok()
}

/// Whether a type is a struct with a field of that name.
pub(super) fn has_field<'de, T: Deserialize<'de>>(name: &str) -> bool {
    let fields: Cell<&'static [&'static str]> = Cell::new(&[]);
    // It always fails, since there is no value. What it asked for is what we want to know.
    let _ = T::deserialize(Probe { fields: &fields, unit: false });
    fields.get().contains(&name)
}

/// Holds no value, and notes the fields of the struct that is asked for.
struct Probe<'a> {
    fields: &'a Cell<&'static [&'static str]>,
    /// Whether nothing is a value.
    unit: bool,
}

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("there is no value"))
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.unit { visitor.visit_unit() } else { self.deserialize_any(visitor) }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        // A unit inside a newtype is not what stands for nothing; a struct inside keeps its fields.
        visitor.visit_newtype_struct(Probe { unit: false, ..self })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.fields.set(fields);
        self.deserialize_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option seq
        tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Page;

    #[derive(Deserialize)]
    struct Own {
        #[serde(rename = "result")]
        _result: u8,
    }

    #[derive(Deserialize)]
    struct Wrapper(#[allow(dead_code, reason = "only its shape matters")] Own);

    #[test]
    fn fields_and_units() {
        assert!(has_field::<Own>("result") && has_field::<Wrapper>("result"));
        assert!(has_field::<Page<u8>>("result"));
        assert!(!has_field::<Own>("other") && !has_field::<Vec<Own>>("result"));
        assert!(!has_field::<serde_json::Value>("result") && !has_field::<()>("result"));
        assert!(unit::<()>().is_some());
        assert!(unit::<Option<u8>>().is_none() && unit::<Own>().is_none());
        assert!(unit::<serde_json::Value>().is_none());
    }
}

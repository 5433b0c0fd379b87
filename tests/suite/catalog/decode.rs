//! Declared names of a type, found by decoding into it: serde's derive passes the names of each struct.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde::de::value::{Error, StringDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde::{Deserializer, forward_to_deserialize_any};
use serde_json::Value;

/// The paths of all fields that `T` declares, as far as the sample reaches.
pub(crate) fn declared<T: DeserializeOwned>(sample: &Value) -> BTreeSet<String> {
    let seen = RefCell::default();
    let sample = Sample { value: sample, path: String::new(), seen: &seen };
    T::deserialize(sample).expect("a type that takes the sample");
    seen.into_inner()
}

struct Sample<'a> {
    value: &'a Value,
    path: String,
    seen: &'a RefCell<BTreeSet<String>>,
}

impl<'a> Sample<'a> {
    fn below(&self, value: &'a Value, path: String) -> Self {
        Self { value, path, seen: self.seen }
    }
}

fn custom(error: impl std::fmt::Display) -> Error {
    serde::de::Error::custom(error)
}

impl<'de> Deserializer<'de> for Sample<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Array(items) => visitor.visit_seq(Items { sample: &self, left: items.iter() }),
            Value::Object(fields) => {
                visitor.visit_map(Fields { sample: &self, left: fields.iter(), value: None })
            }
            leaf => leaf.clone().deserialize_any(visitor).map_err(custom),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let names = fields.iter().map(|name| join(&self.path, name));
        self.seen.borrow_mut().extend(names);
        self.deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        // Raw JSON is requested under a private name of serde_json.
        let value = self.value.clone();
        value.deserialize_newtype_struct(name, visitor).map_err(custom)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

fn join(path: &str, name: &str) -> String {
    match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    }
}

struct Items<'a> {
    sample: &'a Sample<'a>,
    left: std::slice::Iter<'a, Value>,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        let Some(item) = self.left.next() else {
            return Ok(None);
        };
        let path = format!("{}[]", self.sample.path);
        seed.deserialize(self.sample.below(item, path)).map(Some)
    }
}

struct Fields<'a> {
    sample: &'a Sample<'a>,
    left: serde_json::map::Iter<'a>,
    value: Option<Sample<'a>>,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        let Some((name, value)) = self.left.next() else {
            return Ok(None);
        };
        self.value = Some(self.sample.below(value, join(&self.sample.path, name)));
        let name: StringDeserializer<Error> = name.clone().into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(self.value.take().ok_or_else(|| custom("a value without a key"))?)
    }
}

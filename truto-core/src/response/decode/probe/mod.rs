//! Determines which keys a type reads, by deserializing it without a value.
//!
//! A struct declares its fields when it is deserialized, an enum its variants. Flattened, internally
//! tagged and untagged types, maps and `Value` ask for any map. They get one with a single value that no
//! type accepts (bytes that are not UTF-8). If the key changes the error, the type reads the key; if a
//! key that no type has gives a different error, the type names the key itself.

use std::cell::RefCell;

use serde::de::value::{Error, StrDeserializer};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, forward_to_deserialize_any};

use crate::json::RAW_VALUE;

/// A key that no type has.
const UNLIKELY: &str = "truto_core\u{0}probe";

/// The value of a unit type: `()`, or a unit struct.
pub(super) fn unit<'de, T: Deserialize<'de>>() -> Option<T> {
    T::deserialize(TypeProbe { key: None, accepts_unit: true }).ok()
}

/// Returns true if a struct has a field, or an enum a variant, of that name. Types that accept any key
/// name none.
pub(crate) fn names_key<'de, T: Deserialize<'de>>(name: &'static str) -> bool {
    let (keys, outcome) = run::<T>(Some(name));
    match keys {
        Keys::Named(names) => names.contains(&name),
        Keys::All => false,
        Keys::Unknown => outcome != run::<T>(Some(UNLIKELY)).1,
    }
}

/// Returns true if a type reads one of these keys of an object.
pub(crate) fn reads_any<'de, T: Deserialize<'de>>(keys: &[impl AsRef<str>]) -> bool {
    let (known, nothing) = run::<T>(None);
    match known {
        Keys::Named(names) => keys.iter().any(|key| names.contains(&key.as_ref())),
        Keys::All => true,
        Keys::Unknown => keys.iter().any(|key| nothing != run::<T>(Some(key.as_ref())).1),
    }
}

/// Probes the type inside an [`OrRaw`](crate::OrRaw), which itself accepts any JSON, if a probe is
/// running.
pub(crate) fn enter<'de, T: Deserialize<'de>>() {
    let Some(key) = STATE.with_borrow(|state| state.as_ref().map(|state| state.key.clone())) else {
        return;
    };
    // The `OrRaw` has just asked for any JSON, which says nothing about the type inside.
    note(Keys::Unknown);
    let result = T::deserialize(TypeProbe { key: key.as_deref(), accepts_unit: false });
    let outcome = describe(result.map(drop), key.as_deref());
    STATE.with_borrow_mut(|state| {
        if let Some(state) = state {
            state.inner = Some(outcome);
        }
    });
}

/// The keys that a type reads, as far as they are known.
#[derive(Clone, Copy)]
enum Keys {
    Unknown,
    All,
    Named(&'static [&'static str]),
}

/// A running probe. It is thread-local, since [`enter`] is called through serde's traits.
struct ProbeState {
    keys: Keys,
    key: Option<String>,
    /// The outcome of the type inside an `OrRaw`.
    inner: Option<Outcome>,
}

/// `None` if the type could be created, else the error.
type Outcome = Option<String>;

thread_local! {
    static STATE: RefCell<Option<ProbeState>> = const { RefCell::new(None) };
}

fn run<'de, T: Deserialize<'de>>(key: Option<&str>) -> (Keys, Outcome) {
    let state = ProbeState { keys: Keys::Unknown, key: key.map(str::to_owned), inner: None };
    // Replaced and restored, since deserializing one type may probe another.
    let outer = STATE.replace(Some(state));
    let result = T::deserialize(TypeProbe { key, accepts_unit: false });
    let outcome = describe(result.map(drop), key);
    match STATE.replace(outer) {
        Some(state) => (state.keys, state.inner.unwrap_or(outcome)),
        None => (Keys::Unknown, outcome),
    }
}

/// The message without the key, which does not depend on the type.
fn describe(result: Result<(), Error>, key: Option<&str>) -> Outcome {
    let message = result.err()?.to_string();
    Some(match key {
        Some(key) => message.replace(key, "*"),
        None => message,
    })
}

fn note(keys: Keys) {
    STATE.with_borrow_mut(|state| {
        if let Some(state) = state {
            state.keys = keys;
        }
    });
}

macro_rules! forward_to_no_value {
    ($($method:ident($($arg:ty),*))*) => {$(
        fn $method<V: Visitor<'de>>(self, $(_: $arg,)* _: V) -> Result<V::Value, Error> {
            Err(no_value())
        }
    )*};
}

/// A deserializer without a value, except for an object with one key if any object is accepted.
#[derive(Clone, Copy)]
struct TypeProbe<'a> {
    key: Option<&'a str>,
    /// Provides a unit as the value, for unit types.
    accepts_unit: bool,
}

fn no_value() -> Error {
    Error::custom("there is no value")
}

impl<'de> Deserializer<'de> for TypeProbe<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.accepts_unit {
            return Err(no_value());
        }
        visitor.visit_map(SingleKey(self.key))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.accepts_unit { Err(no_value()) } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.accepts_unit { visitor.visit_unit() } else { Err(no_value()) }
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
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name == RAW_VALUE {
            note(Keys::All);
            return Err(no_value());
        }
        // A newtype around a unit does not count as a unit; a struct in a newtype keeps its fields.
        visitor.visit_newtype_struct(TypeProbe { accepts_unit: false, ..self })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        note(Keys::Named(fields));
        Err(no_value())
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        note(Keys::Named(variants));
        Err(no_value())
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(no_value())
    }

    forward_to_no_value! {
        deserialize_bool() deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64()
        deserialize_i128() deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64()
        deserialize_u128() deserialize_f32() deserialize_f64() deserialize_char() deserialize_str()
        deserialize_string() deserialize_bytes() deserialize_byte_buf() deserialize_seq()
        deserialize_tuple(usize) deserialize_tuple_struct(&'static str, usize)
        deserialize_identifier()
    }
}

/// An object with one key or none.
struct SingleKey<'a>(Option<&'a str>);

impl<'de> MapAccess<'de> for SingleKey<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let Some(key) = self.0.take() else {
            return Ok(None);
        };
        let key: StrDeserializer<'_, Error> = key.into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(UnreadableValue)
    }
}

/// A value that no type accepts, although serde can buffer it.
struct UnreadableValue;

impl<'de> Deserializer<'de> for UnreadableValue {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_bytes(&[0xff])
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct enum identifier
    }
}

#[cfg(test)]
mod tests;

//! A deserializer that reports each field that it enters, and what was expected there.

use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, Expected, MapAccess, SeqAccess, Visitor,
};

use super::{PathRecorder, PathStep};
use crate::response::forward::plain_methods;

/// Displays a visitor's expectation.
pub(super) struct Expects<'a, V>(pub(super) &'a V);

impl<'de, V: Visitor<'de>> fmt::Display for Expects<'_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Expected::fmt(self.0, f)
    }
}

/// A deserializer, visitor, seed or access that reports to the recorder.
pub(super) struct Recording<'t, I> {
    inner: I,
    recorder: &'t PathRecorder,
    /// True for the key of a map if the type asked for an identifier.
    key: bool,
}

impl<'t, I> Recording<'t, I> {
    pub(super) fn new(inner: I, recorder: &'t PathRecorder) -> Self {
        Self { inner, recorder, key: false }
    }

    fn wrap<J>(&self, inner: J) -> Recording<'t, J> {
        Recording { inner, recorder: self.recorder, key: self.key }
    }
}

macro_rules! forward_deserialize {
    ($($method:ident($($arg:ident: $type:ty),*);)*) => {$(
        fn $method<V: Visitor<'de>>(self, $($arg: $type,)* visitor: V) -> Result<V::Value, D::Error> {
            let recorder = self.recorder;
            recorder.leaf("a value", visitor, |visitor| {
                self.inner.$method($($arg,)* Recording::new(visitor, recorder))
            })
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Recording<'_, D> {
    type Error = D::Error;

    plain_methods!(forward_deserialize);

    forward_deserialize! {
        deserialize_option();
        deserialize_newtype_struct(name: &'static str);
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let recorder = self.recorder;
        recorder.names.borrow_mut().push(fields);
        recorder.leaf("a value", visitor, |visitor| {
            let visitor = Recording::new(visitor, recorder);
            self.inner.deserialize_struct(name, fields, visitor)
        })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let recorder = self.recorder;
        recorder.names.borrow_mut().push(variants);
        recorder.leaf("a value", visitor, |visitor| {
            let visitor = Recording::new(visitor, recorder);
            self.inner.deserialize_enum(name, variants, visitor)
        })
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        let visitor = Recording { inner: visitor, recorder: self.recorder, key: true };
        self.inner.deserialize_identifier(visitor)
    }
}

macro_rules! forward_visit {
    ($($method:ident($type:ty): $kind:literal;)*) => {$(
        fn $method<E: Error>(self, value: $type) -> Result<V::Value, E> {
            self.recorder.leaf($kind, self.inner, |visitor| visitor.$method(value))
        }
    )*};
}

impl<V> Recording<'_, V> {
    fn note_key(&self, text: &str) {
        if self.key {
            self.recorder.key.replace(Some(text.to_owned()));
        }
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Recording<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    forward_visit! {
        visit_bool(bool): "a boolean";
        visit_i64(i64): "an integer";
        visit_i128(i128): "an integer";
        visit_u64(u64): "an integer";
        visit_u128(u128): "an integer";
        visit_f64(f64): "a number";
        visit_bytes(&[u8]): "bytes";
        visit_borrowed_bytes(&'de [u8]): "bytes";
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<V::Value, E> {
        self.note_key(value);
        self.recorder.leaf("a string", self.inner, |visitor| visitor.visit_str(value))
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<V::Value, E> {
        self.note_key(value);
        self.recorder.leaf("a string", self.inner, |visitor| visitor.visit_borrowed_str(value))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<V::Value, E> {
        self.note_key(&value);
        self.recorder.leaf("a string", self.inner, |visitor| visitor.visit_string(value))
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.recorder.leaf("null", self.inner, V::visit_none)
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.recorder.leaf("null", self.inner, V::visit_unit)
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        let inner = self.wrap(inner);
        self.inner.visit_some(inner)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        let inner = self.wrap(inner);
        self.inner.visit_newtype_struct(inner)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        let access = Elements { inner: self.wrap(inner), index: 0 };
        self.recorder.leaf("an array", self.inner, |visitor| visitor.visit_seq(access))
    }

    fn visit_map<A: MapAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        let access = self.wrap(inner);
        self.recorder.leaf("an object", self.inner, |visitor| visitor.visit_map(access))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        // The content of an enum is not recorded: a failure inside it has the place of the enum.
        self.recorder.leaf("a value", self.inner, |visitor| visitor.visit_enum(inner))
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Recording<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<S::Value, D::Error> {
        let inner = Recording::new(inner, self.recorder);
        self.inner.deserialize(inner)
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Recording<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        // The key of a map, which asks for no identifier, must not inherit the name of a field.
        self.recorder.key.take();
        let seed = self.wrap(seed);
        self.inner.next_key_seed(seed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        let step = match self.recorder.key.take() {
            Some(name) => PathStep::Field(name),
            None => PathStep::Key,
        };
        let seed = self.wrap(seed);
        self.recorder.step(step, || self.inner.next_value_seed(seed))
    }
}

struct Elements<'t, A> {
    inner: Recording<'t, A>,
    index: usize,
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Elements<'_, A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        let seed = self.inner.wrap(seed);
        let step = PathStep::Index(self.index);
        self.index += 1;
        self.inner.recorder.step(step, || self.inner.inner.next_element_seed(seed))
    }
}

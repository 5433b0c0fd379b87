//! Finds where and why decoding failed, in words that quote no received value.
//!
//! Runs only after a decode has failed: it decodes again through a deserializer that notes each
//! field it enters. A key is named only if the type asked for an identifier (a field of a struct);
//! the keys of maps are data and show as `*`.

use std::cell::RefCell;
use std::fmt::{self, Write};

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, Expected, MapAccess,
    SeqAccess, Visitor,
};

use crate::response::record::FromObject;

/// Says what is wrong and where, for example ``expected a boolean, found a string at `emails[0].is_primary` ``.
pub(super) fn locate<T: DeserializeOwned>(text: &str) -> String {
    let track = Track::default();
    let mut json = serde_json::Deserializer::from_str(text);
    match T::deserialize(FromObject(Tracked {
        inner: &mut json,
        track: &track,
        key: false,
    })) {
        Ok(_) => "the response does not fit its type".to_owned(),
        Err(error) => track.describe(&error.to_string()),
    }
}

#[derive(Default)]
struct Track(RefCell<TrackState>);

#[derive(Default)]
struct TrackState {
    path: Vec<PathStep>,
    /// The key that a map has just returned, if it may be named.
    key: Option<String>,
    /// The innermost value that was refused: its kind and what was expected.
    refused: Option<(&'static str, String)>,
    /// Every name that the types asked for: what a message may quote.
    names: Vec<&'static [&'static str]>,
}

enum PathStep {
    Field(String),
    Key,
    Index(usize),
}

impl Track {
    /// Runs `inside` one step deeper; after a failure the path stays as it was there.
    fn step<R, E>(&self, step: PathStep, inside: impl FnOnce() -> Result<R, E>) -> Result<R, E> {
        self.0.borrow_mut().path.push(step);
        let result = inside();
        if result.is_ok() {
            let mut state = self.0.borrow_mut();
            state.path.pop();
            state.refused = None;
        }
        result
    }

    /// Runs a visitor's method on a value of this kind and notes what was expected if it fails.
    fn leaf<'de, V: Visitor<'de>, E>(
        &self,
        kind: &'static str,
        visitor: V,
        visit: impl FnOnce(V) -> Result<V::Value, E>,
    ) -> Result<V::Value, E> {
        let expected = Expects(&visitor).to_string();
        let result = visit(visitor);
        if result.is_err() {
            self.0.borrow_mut().refused.get_or_insert((kind, expected));
        }
        result
    }

    fn note_names(&self, names: &'static [&'static str]) {
        self.0.borrow_mut().names.push(names);
    }

    /// Turns serde's message, which may quote values, into one that does not.
    ///
    /// A message of the user's own type can look like serde's, so nothing is taken over from it but
    /// words that the types themselves have named.
    fn describe(&self, message: &str) -> String {
        let state = self.0.borrow();
        let (found, expected) = match &state.refused {
            Some((found, expected)) => (*found, expected.as_str()),
            None => ("a value", "another one"),
        };
        let quoted = message.split('`').nth(1).unwrap_or_default();
        if let Some(what) = ["invalid type: ", "invalid value: "]
            .into_iter()
            .find_map(|prefix| message.strip_prefix(prefix))
        {
            let said = what.rsplit_once(", expected ").map_or("", |(_, said)| {
                said.split(" at line ").next().unwrap_or(said)
            });
            if said == expected || said.is_empty() {
                return format!("expected {expected}, found {}{}", kind(what), state.place());
            }
            // A flattened, tagged or untagged type keeps its values in a buffer, where serde does
            // not say which one it is about.
            let said = match is_plain(said) {
                true => said,
                false => "another type",
            };
            return format!("expected {said}, found {}{}", kind(what), state.area());
        }
        for what in ["missing field", "duplicate field"] {
            if message.starts_with(what) && state.is_name(quoted) {
                return format!("{what} `{quoted}`{}", state.place());
            }
        }
        if message.starts_with("missing field `") && state.refused.is_some() {
            return format!("a field is missing{}", state.area());
        }
        for what in ["unknown variant", "unknown field"] {
            if message.starts_with(what) {
                return match state.names.last() {
                    Some(names) if message.contains("expected") => {
                        format!("{what}, expected {}{}", one_of(names), state.place())
                    }
                    _ => format!("{what}{}", state.area()),
                };
            }
        }
        if message.starts_with("invalid length") {
            return format!(
                "expected {expected}, found {found} of another length{}",
                state.place()
            );
        }
        if message.starts_with("data did not match any variant of untagged enum") {
            return format!("no variant of an untagged enum fits{}", state.area());
        }
        format!("{found} was refused by its type{}", state.place())
    }
}

/// The words of a visitor's own expectation: letters and punctuation, no quotes and no long text.
fn is_plain(said: &str) -> bool {
    said.len() <= 80
        && said
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '_' | '-' | ':' | '<' | '>'))
}

fn one_of(names: &[&str]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match &*names {
        [one] => one.clone(),
        [one, other] => format!("{one} or {other}"),
        _ => format!("one of {}", names.join(", ")),
    }
}

impl TrackState {
    fn is_name(&self, word: &str) -> bool {
        self.names.iter().any(|names| names.contains(&word))
    }

    /// The failing value's place.
    fn place(&self) -> String {
        match &*self.path() {
            "" => " at the top of the response".to_owned(),
            path => format!(" at `{path}`"),
        }
    }

    /// The place of something that holds the failing value.
    fn area(&self) -> String {
        match &*self.path() {
            "" => " somewhere in the response".to_owned(),
            path => format!(" somewhere in `{path}`"),
        }
    }

    fn path(&self) -> String {
        let mut path = String::new();
        for step in &self.path {
            let separator = if path.is_empty() { "" } else { "." };
            // Writing to a string cannot fail.
            let _ = match step {
                PathStep::Field(name) => write!(path, "{separator}{name}"),
                PathStep::Key => write!(path, "{separator}*"),
                PathStep::Index(index) => write!(path, "[{index}]"),
            };
        }
        path
    }
}

/// The kind of value that a message on an invalid type or value is about.
fn kind(unexpected: &str) -> &'static str {
    [
        ("string", "a string"),
        ("integer", "an integer"),
        ("floating point", "a number"),
        ("number", "a number"),
        ("boolean", "a boolean"),
        ("null", "null"),
        ("unit", "null"),
        ("sequence", "an array"),
        ("map", "an object"),
    ]
    .into_iter()
    .find_map(|(word, kind)| unexpected.starts_with(word).then_some(kind))
    .unwrap_or("another value")
}

/// A visitor's own words for what it takes.
struct Expects<'a, V>(&'a V);

impl<'de, V: Visitor<'de>> fmt::Display for Expects<'_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Expected::fmt(self.0, f)
    }
}

/// A deserializer, visitor, seed or access that reports to the track.
struct Tracked<'t, I> {
    inner: I,
    track: &'t Track,
    /// This is the key of a map and the type asked for an identifier.
    key: bool,
}

impl<'t, I> Tracked<'t, I> {
    fn wrap<J>(&self, inner: J) -> Tracked<'t, J> {
        Tracked {
            inner,
            track: self.track,
            key: self.key,
        }
    }
}

macro_rules! forward_deserialize {
    ($($method:ident($($arg:ident: $type:ty),*);)*) => {$(
        fn $method<V: Visitor<'de>>(self, $($arg: $type,)* visitor: V) -> Result<V::Value, D::Error> {
            let track = self.track;
            track.leaf("a value", visitor, |visitor| {
                self.inner.$method($($arg,)* Tracked { inner: visitor, track, key: false })
            })
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Tracked<'_, D> {
    type Error = D::Error;

    forward_deserialize! {
        deserialize_any();
        deserialize_bool();
        deserialize_i8();
        deserialize_i16();
        deserialize_i32();
        deserialize_i64();
        deserialize_i128();
        deserialize_u8();
        deserialize_u16();
        deserialize_u32();
        deserialize_u64();
        deserialize_u128();
        deserialize_f32();
        deserialize_f64();
        deserialize_char();
        deserialize_str();
        deserialize_string();
        deserialize_bytes();
        deserialize_byte_buf();
        deserialize_option();
        deserialize_unit();
        deserialize_unit_struct(name: &'static str);
        deserialize_newtype_struct(name: &'static str);
        deserialize_seq();
        deserialize_tuple(len: usize);
        deserialize_tuple_struct(name: &'static str, len: usize);
        deserialize_map();
        deserialize_ignored_any();
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let track = self.track;
        track.note_names(fields);
        track.leaf("a value", visitor, |visitor| {
            let visitor = Tracked {
                inner: visitor,
                track,
                key: false,
            };
            self.inner.deserialize_struct(name, fields, visitor)
        })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let track = self.track;
        track.note_names(variants);
        track.leaf("a value", visitor, |visitor| {
            let visitor = Tracked {
                inner: visitor,
                track,
                key: false,
            };
            self.inner.deserialize_enum(name, variants, visitor)
        })
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        let visitor = Tracked {
            inner: visitor,
            track: self.track,
            key: true,
        };
        self.inner.deserialize_identifier(visitor)
    }
}

macro_rules! forward_visit {
    ($($method:ident($type:ty): $kind:literal;)*) => {$(
        fn $method<E: Error>(self, value: $type) -> Result<V::Value, E> {
            self.track.leaf($kind, self.inner, |visitor| visitor.$method(value))
        }
    )*};
}

impl<V> Tracked<'_, V> {
    fn note_key(&self, text: &str) {
        if self.key {
            self.track.0.borrow_mut().key = Some(text.to_owned());
        }
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Tracked<'_, V> {
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
        self.track
            .leaf("a string", self.inner, |visitor| visitor.visit_str(value))
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<V::Value, E> {
        self.note_key(value);
        self.track.leaf("a string", self.inner, |visitor| {
            visitor.visit_borrowed_str(value)
        })
    }

    fn visit_string<E: Error>(self, value: String) -> Result<V::Value, E> {
        self.note_key(&value);
        self.track.leaf("a string", self.inner, |visitor| {
            visitor.visit_string(value)
        })
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.track.leaf("null", self.inner, V::visit_none)
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.track.leaf("null", self.inner, V::visit_unit)
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
        let access = Elements {
            inner: self.wrap(inner),
            index: 0,
        };
        self.track
            .leaf("an array", self.inner, |visitor| visitor.visit_seq(access))
    }

    fn visit_map<A: MapAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        let access = self.wrap(inner);
        self.track
            .leaf("an object", self.inner, |visitor| visitor.visit_map(access))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        self.track
            .leaf("a value", self.inner, |visitor| visitor.visit_enum(inner))
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Tracked<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<S::Value, D::Error> {
        let inner = Tracked {
            inner,
            track: self.track,
            key: false,
        };
        self.inner.deserialize(inner)
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Tracked<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        self.track.0.borrow_mut().key = None;
        let seed = self.wrap(seed);
        self.inner.next_key_seed(seed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        let step = match self.track.0.borrow_mut().key.take() {
            Some(name) => PathStep::Field(name),
            None => PathStep::Key,
        };
        let seed = self.wrap(seed);
        self.track.step(step, || self.inner.next_value_seed(seed))
    }
}

struct Elements<'t, A> {
    inner: Tracked<'t, A>,
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
        self.inner
            .track
            .step(step, || self.inner.inner.next_element_seed(seed))
    }
}

#[cfg(test)]
mod tests;

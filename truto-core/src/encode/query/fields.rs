//! Structs and maps: `key[field]=value`.

use serde::Serialize;
use serde::ser::{self, Error as _, Serializer};

use super::value::Value;
use super::{Namespace, QueryError, push_nested_key, push_root_key};
use crate::encode::push_again;

/// The fields of one struct or map, whose own key is `out[start..end]`.
pub(super) struct Fields<'a> {
    value: Value<'a>,
    end: usize,
    pairs: usize,
    /// The key of the map entry whose value comes next.
    pending: Option<String>,
    /// The only field contains JSON text (`serde_json`'s numbers and raw values).
    pub(super) json_text: bool,
}

impl<'a> Fields<'a> {
    pub(super) fn new(value: Value<'a>) -> Self {
        Self { end: value.out.len(), value, pairs: 0, pending: None, json_text: false }
    }

    /// Writes the key of the next field, and returns its start and the length to restore.
    pub(super) fn push_key(&mut self, key: &str) -> Result<(usize, usize), QueryError> {
        let Value { out, start, root, .. } = &mut self.value;
        // In the other namespace, the parent's key is already `remote_query`.
        if let Some(Namespace::Endpoint) = root {
            let at = out.len();
            push_root_key(out, key)?;
            return Ok((at, at));
        }
        // The first field takes the parent's key that already ends the buffer, later ones a copy.
        let place = if self.pairs == 0 {
            (*start, self.end)
        } else {
            let at = out.len();
            push_again(out, *start..self.end);
            (at, at)
        };
        push_nested_key(out, key)?;
        Ok(place)
    }

    pub(super) fn field<T: Serialize + ?Sized>(
        &mut self,
        key: &str,
        value: &T,
    ) -> Result<(), QueryError> {
        let (start, restore) = self.push_key(key).map_err(|error| error.under(key))?;
        let child = Value {
            out: &mut *self.value.out,
            start,
            restore,
            depth: self.value.depth + 1,
            root: None,
        };
        self.pairs += value.serialize(child).map_err(|error| error.under(key))?;
        Ok(())
    }

    /// The place of the field whose key was pushed last.
    pub(super) fn into_value(self) -> Value<'a> {
        Value { depth: self.value.depth + 1, root: None, ..self.value }
    }

    pub(super) fn finish(self) -> usize {
        // A struct without pairs is omitted, with its own key.
        if self.pairs == 0 {
            self.value.out.truncate(self.value.restore);
        }
        self.pairs
    }

    fn json<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), QueryError> {
        let serde_json::Value::String(text) =
            serde_json::to_value(value).map_err(QueryError::custom)?
        else {
            return Err(QueryError::new("raw JSON must be a string"));
        };
        let json: serde_json::Value = serde_json::from_str(&text)
            .map_err(|_| QueryError::new("the raw JSON text does not parse"))?;
        let place = Value {
            out: &mut *self.value.out,
            start: self.value.start,
            restore: self.value.restore,
            depth: self.value.depth + 1,
            root: self.value.root,
        };
        // With serde_json's `arbitrary_precision`, serializing a number would lead back here endlessly.
        self.pairs += match json {
            serde_json::Value::Number(number) => place.serialize_str(&number.to_string())?,
            json => json.serialize(place)?,
        };
        Ok(())
    }
}

macro_rules! fields {
    ($($access:ident)*) => {$(
        impl ser::$access for Fields<'_> {
            type Ok = usize;
            type Error = QueryError;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), QueryError> {
                if self.json_text { self.json(value) } else { self.field(key, value) }
            }

            fn end(self) -> Result<usize, QueryError> {
                Ok(self.finish())
            }
        }
    )*};
}

fields! { SerializeStruct SerializeStructVariant }

impl ser::SerializeMap for Fields<'_> {
    type Ok = usize;
    type Error = QueryError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), QueryError> {
        self.pending = Some(key_text(key)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), QueryError> {
        match self.pending.take() {
            Some(key) => self.field(&key, value),
            None => Err(QueryError::new("a map has a value without a key")),
        }
    }

    fn end(self) -> Result<usize, QueryError> {
        Ok(self.finish())
    }
}

/// The text of a map key, by the rules of `serde_json`: a string, a number or a boolean.
fn key_text<T: Serialize + ?Sized>(key: &T) -> Result<String, QueryError> {
    let refused = || QueryError::new("a map key must be a string, a number or a boolean");
    // Written as JSON text, so that the same keys are accepted as in a body: `to_value` refuses an `Option`.
    // Written as the key of a map, since a value beyond 64 bits would be out of range.
    let mut map = Vec::new();
    let mut serializer = serde_json::Serializer::new(&mut map);
    serializer.collect_map([(key, ())]).map_err(|_| refused())?;
    let map: serde_json::Map<_, _> = serde_json::from_slice(&map).map_err(|_| refused())?;
    map.into_iter().next().map(|(key, _)| key).ok_or_else(refused)
}

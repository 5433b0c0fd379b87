//! The serializer of one value, whose key is already at the end of the buffer.

use std::fmt::Display;

use serde::Serialize;
use serde::ser::{Error as _, Serializer};

use super::fields::Fields;
use super::items::QueryItems;
use super::{MAX_DEPTH, Namespace, QueryError};
use crate::encode::push_encoded;

/// Struct names by which `serde_json` passes numbers of any size and raw text through `Serialize`.
const JSON_TOKENS: [&str; 2] = ["$serde_json::private::Number", "$serde_json::private::RawValue"];

/// The position of a value: its key is `out[start..]`; if there is no value, `out` is truncated to
/// `restore`.
///
/// The serializer's `Ok` is the number of pairs it wrote.
pub(super) struct Value<'a> {
    pub(super) out: &'a mut String,
    pub(super) start: usize,
    pub(super) restore: usize,
    pub(super) depth: usize,
    /// Set for the whole query: it must be a struct or a map.
    pub(super) root: Option<Namespace>,
}

impl<'a> Value<'a> {
    fn absent(self) -> usize {
        // Removes the key as well: servers would read a key without a value as an empty string.
        self.out.truncate(self.restore);
        0
    }

    /// Writes text that is known to need no encoding.
    fn plain(self, text: impl Display) -> Result<usize, QueryError> {
        use std::fmt::Write;
        self.scalar(|out| write!(out, "{text}").map_err(QueryError::custom))
    }

    fn scalar(
        self,
        write: impl FnOnce(&mut String) -> Result<(), QueryError>,
    ) -> Result<usize, QueryError> {
        if self.root.is_some() {
            return Err(not_an_object("a single value"));
        }
        self.out.push('=');
        write(self.out)?;
        Ok(1)
    }

    fn fields(self) -> Result<Fields<'a>, QueryError> {
        if self.depth >= MAX_DEPTH {
            return Err(QueryError::new(format!("nested deeper than {MAX_DEPTH} levels")));
        }
        Ok(Fields::new(self))
    }

    fn items(self) -> Result<QueryItems<'a>, QueryError> {
        if self.root.is_some() {
            return Err(not_an_object("an array"));
        }
        if self.depth >= MAX_DEPTH {
            return Err(QueryError::new(format!("nested deeper than {MAX_DEPTH} levels")));
        }
        Ok(QueryItems::new(self))
    }
}

fn not_an_object(found: &str) -> QueryError {
    QueryError::new(format!("a query must be a struct or a map, not {found}"))
}

macro_rules! plain {
    ($($method:ident($type:ty))*) => {$(
        fn $method(self, v: $type) -> Result<usize, QueryError> {
            self.plain(v)
        }
    )*};
}

macro_rules! finite {
    ($($method:ident($type:ty))*) => {$(
        fn $method(self, v: $type) -> Result<usize, QueryError> {
            if v.is_finite() {
                self.plain(v)
            } else {
                Err(QueryError::new("NaN and infinity cannot be encoded"))
            }
        }
    )*};
}

impl<'a> Serializer for Value<'a> {
    type Ok = usize;
    type Error = QueryError;
    type SerializeSeq = QueryItems<'a>;
    type SerializeTuple = QueryItems<'a>;
    type SerializeTupleStruct = QueryItems<'a>;
    type SerializeTupleVariant = QueryItems<'a>;
    type SerializeMap = Fields<'a>;
    type SerializeStruct = Fields<'a>;
    type SerializeStructVariant = Fields<'a>;

    plain! {
        serialize_bool(bool) serialize_i8(i8) serialize_i16(i16) serialize_i32(i32)
        serialize_i64(i64) serialize_i128(i128) serialize_u8(u8) serialize_u16(u16)
        serialize_u32(u32) serialize_u64(u64) serialize_u128(u128)
    }

    // An `f32` is not converted to `f64`, which would be written with more digits: 0.10000000149011612 for 0.1.
    finite! { serialize_f32(f32) serialize_f64(f64) }

    fn serialize_char(self, v: char) -> Result<usize, QueryError> {
        self.serialize_str(v.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, v: &str) -> Result<usize, QueryError> {
        self.scalar(|out| {
            push_encoded(out, v);
            Ok(())
        })
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<usize, QueryError> {
        Err(QueryError::new("bytes cannot be encoded as a query; convert them to text first"))
    }

    fn serialize_none(self) -> Result<usize, QueryError> {
        Ok(self.absent())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<usize, QueryError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<usize, QueryError> {
        Ok(self.absent())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<usize, QueryError> {
        Ok(self.absent())
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<usize, QueryError> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<usize, QueryError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<usize, QueryError> {
        let mut fields = self.fields()?;
        fields.field(variant, value)?;
        Ok(fields.finish())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<QueryItems<'a>, QueryError> {
        self.items()
    }
    fn serialize_tuple(self, _: usize) -> Result<QueryItems<'a>, QueryError> {
        self.items()
    }
    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<QueryItems<'a>, QueryError> {
        self.items()
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<QueryItems<'a>, QueryError> {
        let mut fields = self.fields()?;
        fields.push_key(variant)?;
        Ok(QueryItems::new(fields.into_value()))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Fields<'a>, QueryError> {
        self.fields()
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Fields<'a>, QueryError> {
        let transparent = JSON_TOKENS.contains(&name);
        let mut fields = self.fields()?;
        fields.json_text = transparent;
        Ok(fields)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Fields<'a>, QueryError> {
        let mut fields = self.fields()?;
        fields.push_key(variant)?;
        Ok(Fields::new(fields.into_value()))
    }
}

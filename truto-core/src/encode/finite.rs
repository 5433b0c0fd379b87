//! Finds numbers that JSON cannot express, which `serde_json` writes as `null`.

use serde::Serialize;
use serde::ser::{self, Serializer};

use super::query::QueryError;

/// Returns an error with its place if a value contains NaN or an infinity.
pub(crate) fn check_numbers<T: Serialize + ?Sized>(value: &T) -> Result<(), QueryError> {
    value.serialize(NumberCheck)
}

/// A serializer that writes nothing.
struct NumberCheck;

macro_rules! accept {
    ($($method:ident($($arg:ty),*))*) => {$(
        fn $method(self, $(_: $arg),*) -> Result<(), QueryError> {
            Ok(())
        }
    )*};
}

macro_rules! finite {
    ($($method:ident($type:ty))*) => {$(
        fn $method(self, v: $type) -> Result<(), QueryError> {
            if v.is_finite() {
                Ok(())
            } else {
                Err(ser::Error::custom("JSON cannot represent NaN or infinity"))
            }
        }
    )*};
}

macro_rules! open {
    ($($method:ident($($arg:ty),*) -> $inner:ident)*) => {$(
        fn $method(self, $(_: $arg),*) -> Result<$inner, QueryError> {
            Ok($inner::default())
        }
    )*};
}

impl Serializer for NumberCheck {
    type Ok = ();
    type Error = QueryError;
    type SerializeSeq = ItemCheck;
    type SerializeTuple = ItemCheck;
    type SerializeTupleStruct = ItemCheck;
    type SerializeTupleVariant = ItemCheck;
    type SerializeMap = FieldCheck;
    type SerializeStruct = FieldCheck;
    type SerializeStructVariant = FieldCheck;

    accept! {
        serialize_bool(bool) serialize_i8(i8) serialize_i16(i16) serialize_i32(i32)
        serialize_i64(i64) serialize_i128(i128) serialize_u8(u8) serialize_u16(u16)
        serialize_u32(u32) serialize_u64(u64) serialize_u128(u128) serialize_char(char)
        serialize_str(&str) serialize_bytes(&[u8]) serialize_none() serialize_unit()
        serialize_unit_struct(&'static str)
        serialize_unit_variant(&'static str, u32, &'static str)
    }

    open! {
        serialize_seq(Option<usize>) -> ItemCheck
        serialize_tuple(usize) -> ItemCheck
        serialize_tuple_struct(&'static str, usize) -> ItemCheck
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> ItemCheck
        serialize_map(Option<usize>) -> FieldCheck
        serialize_struct(&'static str, usize) -> FieldCheck
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> FieldCheck
    }

    finite! { serialize_f32(f32) serialize_f64(f64) }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), QueryError> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), QueryError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), QueryError> {
        value.serialize(self).map_err(|error| error.under(variant))
    }
}

#[derive(Default)]
struct ItemCheck {
    index: usize,
}

macro_rules! items {
    ($($access:ident: $method:ident,)*) => {$(
        impl ser::$access for ItemCheck {
            type Ok = ();
            type Error = QueryError;

            fn $method<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), QueryError> {
                let index = self.index;
                self.index += 1;
                item.serialize(NumberCheck).map_err(|error| error.under_index(index))
            }

            fn end(self) -> Result<(), QueryError> {
                Ok(())
            }
        }
    )*};
}

items! {
    SerializeSeq: serialize_element,
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field,
}

#[derive(Default)]
struct FieldCheck {
    /// The key of the map entry whose value comes next.
    key: String,
}

macro_rules! fields {
    ($($access:ident,)*) => {$(
        impl ser::$access for FieldCheck {
            type Ok = ();
            type Error = QueryError;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), QueryError> {
                value.serialize(NumberCheck).map_err(|error| error.under(key))
            }

            fn end(self) -> Result<(), QueryError> {
                Ok(())
            }
        }
    )*};
}

fields! {
    SerializeStruct,
    SerializeStructVariant,
}

impl ser::SerializeMap for FieldCheck {
    type Ok = ();
    type Error = QueryError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), QueryError> {
        // A key may also be a number or a variant, which JSON writes as text.
        let key = serde_json::to_value(key).map_err(ser::Error::custom)?;
        self.key = key.as_str().map_or_else(|| key.to_string(), str::to_owned);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), QueryError> {
        value.serialize(NumberCheck).map_err(|error| error.under(&self.key))
    }

    fn end(self) -> Result<(), QueryError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{RequestBody, Update};

    #[derive(Serialize)]
    struct Body {
        a: Option<u8>,
        scores: Vec<f64>,
        more: BTreeMap<u8, f32>,
        set: Update<f64>,
    }

    #[test]
    fn refuses_numbers_that_are_not_finite() {
        let body = |score, more, set| Body {
            a: None,
            scores: vec![1.0, score],
            more: BTreeMap::from([(7, more)]),
            set: Update::Set(set),
        };
        for (body, place) in [
            (body(f64::NAN, 0.0, 0.0), "`scores[1]`"),
            (body(0.0, f32::INFINITY, 0.0), "`more.7`"),
            (body(0.0, 0.0, f64::NEG_INFINITY), "`set`"),
        ] {
            let refused = body.encode().expect_err(place);
            assert!(refused.contains(place) && refused.contains("NaN"), "{refused}");
        }
        assert!(body(0.0, 0.0, f64::MAX).encode().is_ok());
        assert!(f64::NAN.encode().is_err());
    }

    #[test]
    fn checks_numbers_inside_options_and_newtypes() {
        #[derive(Serialize)]
        struct Meters(f64);
        #[derive(Serialize)]
        enum Length {
            Meters(f64),
        }
        assert!(check_numbers(&Some(1.0)).is_ok() && check_numbers(&Some(f64::NAN)).is_err());
        assert!(check_numbers(&Meters(1.0)).is_ok() && check_numbers(&Meters(f64::NAN)).is_err());
        assert!(check_numbers(&Length::Meters(1.0)).is_ok());
        let refused = check_numbers(&Length::Meters(f64::INFINITY)).expect_err("not finite");
        assert!(refused.to_string().starts_with("`Meters`: "), "{refused}");
    }
}

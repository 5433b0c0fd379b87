//! Lenient reading of JSON: everything that forgives what other languages write, in one place.
//!
//! - [`lenient`] decodes again with lone surrogates replaced, which JavaScript writes when it cuts an
//!   emoji in two and Rust's strings cannot hold;
//! - [`RawJson`] takes a value as it came, from text or from serde's buffer;
//! - [`ObjectReader`] reads the keys of an object one at a time, as far as the text goes;
//! - [`JsonKind`] names the kind of a value in texts that must not quote it.

mod kind;
mod object;
mod plain_value;
mod raw_json;
mod repair;

pub(crate) use kind::JsonKind;
pub(crate) use object::ObjectReader;
pub(crate) use plain_value::PlainValue;
pub(crate) use raw_json::{RAW_VALUE, RawJson};
pub(crate) use repair::{lenient, repair};

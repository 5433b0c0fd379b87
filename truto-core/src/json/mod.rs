//! Lenient reading of JSON, for what other languages write.
//!
//! - [`lenient`] decodes again with lone surrogates replaced, which JavaScript writes when it cuts an
//!   emoji in two, and which Rust's strings cannot contain;
//! - [`RawJson`] keeps a value unchanged, from text or from serde's buffer;
//! - [`ObjectReader`] reads the keys of an object one at a time, as far as the text is readable;
//! - [`JsonKind`] names the JSON type of a value in messages that must not quote it.

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

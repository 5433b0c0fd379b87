//! Which Rust type a value has.

use crate::model::{Format, Shape, Text};

/// What a type is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Response,
    Query,
    Body,
}

/// Arrays nested deeper than this are kept as JSON.
const MAX_ARRAYS: usize = 3;

/// The type of a value that needs no type of its own; `filter` at the top of a query.
pub(crate) fn leaf(name: &str, shape: &Shape, filter: bool) -> String {
    let date = |kind: &str| match filter {
        true => format!("Filter<{kind}>"),
        false => format!("OrRaw<{kind}>"),
    };
    let named_id = name == "id" || name.ends_with("_id");
    match shape {
        Shape::Text(Text { format: Some(Format::DateTime), .. }) => date("jiff::Timestamp"),
        Shape::Text(Text { format: Some(Format::Date), .. }) => date("jiff::civil::Date"),
        Shape::Text(_) if named_id => "Id".to_owned(),
        Shape::Integer | Shape::Number | Shape::Open if name == "id" => "Id".to_owned(),
        Shape::Text(Text { format: None, .. }) if name.ends_with("_at") => date("jiff::Timestamp"),
        Shape::Text(_) => "String".to_owned(),
        Shape::Integer => "i64".to_owned(),
        Shape::Number => "f64".to_owned(),
        Shape::Boolean => "bool".to_owned(),
        Shape::Open | Shape::Array(_) | Shape::Object(_) | Shape::Back(_) => {
            "RemoteData".to_owned()
        }
    }
}

/// Whether arrays nest too deep to be written out.
pub(crate) fn too_many_arrays(depth: usize) -> bool {
    depth > MAX_ARRAYS
}

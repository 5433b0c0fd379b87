use std::fmt;

use serde::de::Unexpected;
use serde_json::Value;

/// The kind of a JSON value, shown with its article: `a string`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JsonKind {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

impl JsonKind {
    /// The kind of the value that a JSON text begins with.
    pub(crate) fn of_text(text: &str) -> Self {
        match text.trim_ascii_start().as_bytes().first() {
            Some(b'{') => Self::Object,
            Some(b'[') => Self::Array,
            Some(b'"') => Self::String,
            Some(b't' | b'f') => Self::Boolean,
            Some(b'n') => Self::Null,
            // The text is valid JSON, so only a number is left.
            _ => Self::Number,
        }
    }

    pub(crate) fn of_value(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }

    /// Converts to serde's type for error messages, without the value, which serde would quote.
    pub(crate) fn unexpected(self) -> Unexpected<'static> {
        match self {
            Self::Null => Unexpected::Unit,
            Self::Boolean => Unexpected::Other("boolean"),
            Self::Number => Unexpected::Other("number"),
            Self::String => Unexpected::Other("string"),
            Self::Array => Unexpected::Seq,
            Self::Object => Unexpected::Map,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Number => "a number",
            Self::String => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
        }
    }
}

impl fmt::Display for JsonKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

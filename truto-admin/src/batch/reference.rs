//! References from one part to a record of another.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Value;
use uuid::Uuid;

use super::BatchError;

/// A field of an earlier part's record, or of the batch's arguments; see
/// [`Part::reference`](super::Part::reference) and [`Batch::arg`](super::Batch::arg).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference(String);

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Reference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// The references of one batch.
///
/// A reference passes through a request as a marker: `ref-<nonce>-<resource>-<field>-`, the last two in
/// hexadecimal. The nonce is random for each batch, so no text from outside can be a marker, and all
/// characters are unchanged by the encodings of paths, queries and JSON. An argument has an empty
/// resource.
#[derive(Debug, Clone, Copy)]
pub(super) struct References {
    nonce: Uuid,
}

/// A text with its references expanded, and the resource that they name.
pub(super) struct Expanded {
    pub(super) text: String,
    pub(super) parent: Option<String>,
    /// Something was replaced.
    pub(super) refers: bool,
}

impl References {
    pub(super) fn new() -> Self {
        Self { nonce: Uuid::new_v4() }
    }

    pub(super) fn to_field(self, resource: &str, field: &str) -> Result<Reference, BatchError> {
        let is_name = |name: &str| {
            !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        // Truto reads `|`, `?` and `:` in braces as operators, and a dot as the next field.
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-/".contains(&byte);
        if !resource.bytes().all(is_plain) {
            return Err(BatchError(format!("a reference cannot name the resource `{resource}`")));
        }
        if !field.split('.').all(is_name) {
            return Err(BatchError(format!(
                "`{field}` is not a field: write names separated by dots, such as `owner.id`"
            )));
        }
        Ok(Reference(format!("{}{}-{}-", self.start(), hex(resource), hex(field))))
    }

    fn start(self) -> String {
        format!("ref-{}-", self.nonce.simple())
    }

    /// Replaces the markers in a text of a part.
    ///
    /// # Errors
    ///
    /// If the text itself contains `{{`, or refers to several parts.
    pub(super) fn expand(self, text: &str) -> Result<Expanded, BatchError> {
        if text.contains("{{") {
            return Err(BatchError(
                "a string contains `{{`, which Truto would expand with the account's credentials in scope"
                    .to_owned(),
            ));
        }
        let expanded = self.replace(text)?;
        // A brace next to a reference would join the reference's own braces.
        if expanded.refers && text.contains(['{', '}']) {
            return Err(BatchError("a string with a reference contains another brace".to_owned()));
        }
        Ok(expanded)
    }

    /// Replaces the markers in an expression of the program's own, which may have braces.
    pub(super) fn replace(self, text: &str) -> Result<Expanded, BatchError> {
        self.written(text, "{{", "}}")
    }

    /// Replaces the markers in all texts of a JSON value of the program's own, and returns the parent.
    pub(super) fn replace_json(self, value: &mut Value) -> Result<Option<String>, BatchError> {
        self.each_text(value, Self::replace)
    }

    /// Replaces the markers in a path, whose references have no braces.
    pub(super) fn path(self, text: &str) -> Result<Expanded, BatchError> {
        self.written(text, "", "")
    }

    fn written(self, text: &str, open: &str, close: &str) -> Result<Expanded, BatchError> {
        let mut expanded =
            Expanded { text: String::with_capacity(text.len()), parent: None, refers: false };
        let start = self.start();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(&start) {
            expanded.text.push_str(before);
            let mut fields = after.splitn(3, '-');
            let (Some(resource), Some(field), Some(end)) =
                (fields.next().and_then(unhex), fields.next().and_then(unhex), fields.next())
            else {
                return Err(BatchError("a reference to another part was truncated".to_owned()));
            };
            if resource.is_empty() {
                expanded.text.extend([open, "args.", &field, close]);
            } else {
                let path = resource.replace('/', ".");
                expanded.text.extend([open, "resources.", &path, ".", &field, close]);
                expanded.parent = one_parent(expanded.parent, Some(resource))?;
            }
            expanded.refers = true;
            rest = end;
        }
        expanded.text.push_str(rest);
        Ok(expanded)
    }

    /// Replaces the markers in all texts of a JSON value, keys included, and returns the parent.
    pub(super) fn expand_json(self, value: &mut Value) -> Result<Option<String>, BatchError> {
        self.each_text(value, Self::expand)
    }

    fn each_text(
        self,
        value: &mut Value,
        written: fn(Self, &str) -> Result<Expanded, BatchError>,
    ) -> Result<Option<String>, BatchError> {
        match value {
            Value::String(text) => {
                let expanded = written(self, text)?;
                *text = expanded.text;
                Ok(expanded.parent)
            }
            Value::Array(values) => {
                let mut parents = values.iter_mut().map(|value| self.each_text(value, written));
                parents.try_fold(None, |parent, other| one_parent(parent, other?))
            }
            Value::Object(fields) => {
                let mut parent = None;
                // Rebuilt, since keys can hold references as well.
                for (key, mut value) in std::mem::take(fields) {
                    let key = written(self, &key)?;
                    parent = one_parent(parent, key.parent)?;
                    parent = one_parent(parent, self.each_text(&mut value, written)?)?;
                    fields.insert(key.text, value);
                }
                Ok(parent)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => Ok(None),
        }
    }
}

/// Truto's documentation has one parent for each part.
pub(super) fn one_parent(
    parent: Option<String>,
    other: Option<String>,
) -> Result<Option<String>, BatchError> {
    match (parent, other) {
        (Some(one), Some(other)) if one != other => Err(BatchError(format!(
            "a part cannot depend on both `{one}` and `{other}`: Truto allows one parent"
        ))),
        (parent, other) => Ok(parent.or(other)),
    }
}

fn hex(text: &str) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
    text.bytes().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn unhex(text: &str) -> Option<String> {
    let bytes = text.as_bytes().chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).ok()?;
        u8::from_str_radix(pair, 16).ok()
    });
    String::from_utf8(bytes.collect::<Option<_>>()?).ok()
}

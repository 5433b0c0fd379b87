//! Converts received bytes to a typed value, or to the reason and the place of the failure.

mod locate;
pub(crate) mod probe;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::record::FromObject;
use crate::json::{ObjectReader, lenient, repair};

/// The reason why a body cannot be decoded: places and JSON types, never a received value.
#[derive(Debug)]
pub struct Failure {
    pub(crate) message: String,
    pub(crate) cause: DecodeCause,
    /// Offset into the body in bytes, if known.
    pub(crate) at: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DecodeCause {
    /// The body is empty or white space.
    Empty,
    /// The bytes are not JSON.
    NotJson,
    /// The bytes are truncated JSON.
    Unfinished,
    /// The JSON is valid, but nested too deeply, or contains a number that is out of range.
    Beyond,
    /// The JSON is valid, but does not fit the type.
    Shape,
}

impl Failure {
    pub(crate) fn new(cause: DecodeCause, message: impl Into<String>) -> Self {
        Self { message: message.into(), cause, at: 0 }
    }

    fn at(self, at: usize) -> Self {
        Self { at, ..self }
    }

    /// The same failure, with a note that it is inside `result`.
    pub(crate) fn inside_result(self) -> Self {
        Self { message: format!("{} (inside `result`)", self.message), ..self }
    }
}

/// The body as text: one UTF-8 check of the whole, without a byte order mark.
pub(crate) fn text(body: &[u8]) -> Result<&str, Failure> {
    match std::str::from_utf8(body) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => {
            let at = error.valid_up_to();
            let message = format!("the response is not valid UTF-8 at byte {at}");
            Err(Failure::new(DecodeCause::NotJson, message).at(at))
        }
    }
}

/// Decodes JSON; an empty body counts as `null`, for types that accept it.
pub(crate) fn json<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    let error = match lenient(text, read) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    if is_blank(text) {
        let empty = "empty response body, expected JSON";
        return read("null").map_err(|_| Failure::new(DecodeCause::Empty, empty));
    }
    // The error is of the repaired text, which `lenient` read last.
    Err(explain::<T>(&repair(text), &error))
}

fn read<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
    let mut json = serde_json::Deserializer::from_str(text);
    let value = T::deserialize(FromObject(&mut json))?;
    json.end()?;
    Ok(value)
}

/// The value of a unit type: every success decodes to it, except the HTML page of a proxy.
pub(crate) fn unit<T: DeserializeOwned>(is_html: bool) -> Option<T> {
    if is_html { None } else { probe::unit() }
}

/// Returns true if a text begins like an HTML page.
pub(crate) fn is_html(text: &str) -> bool {
    let mut text = text.trim_ascii_start();
    // Comments may precede the document type.
    while let Some((_, rest)) = text.strip_prefix("<!--").and_then(|rest| rest.split_once("-->")) {
        text = rest.trim_ascii_start();
    }
    ["<!doctype html", "<html", "<head", "<body"]
        .iter()
        .any(|start| text.get(..start.len()).is_some_and(|found| found.eq_ignore_ascii_case(start)))
}

/// Decodes the response of a custom method, which may be wrapped in `{"result": …}`.
///
/// It is unwrapped depending on the keys of the body, and on the type's own `result` key. A type that
/// does not declare its keys is decoded in the form that fits.
pub(crate) fn unwrapped<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    let Some(result) = only_result(text) else {
        return json(text);
    };
    if probe::names_key::<T>("result") {
        return json(text);
    }
    json(result).or_else(|failure| {
        // The bare form counts only if `result` is what makes it fit.
        let is_read = probe::reads_any::<T>(&["result"]) || read::<T>("{}").is_err();
        let bare = if is_read { lenient(text, read).ok() } else { None };
        bare.ok_or_else(|| failure.inside_result())
    })
}

pub(crate) fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_whitespace())
}

/// Returns the text of `result` if the other keys of the body are only those of an envelope.
///
/// It stops at the first other key, so that it is cheap for an ordinary record.
pub(crate) fn only_result(text: &str) -> Option<&str> {
    let mut object = ObjectReader::new(text);
    let mut result: Option<&RawValue> = None;
    while let Some(key) = object.next_key() {
        match &*key {
            "result" if result.is_none() => result = Some(object.value()?),
            "next_cursor" | "prev_cursor" | "result_count" | "is_partial_response" => {
                object.value::<IgnoredAny>()?;
            }
            _ => return None,
        }
    }
    result.filter(|_| object.is_at_end()).map(RawValue::get)
}

fn explain<T: DeserializeOwned>(text: &str, error: &serde_json::Error) -> Failure {
    let at = offset(text, error.line(), error.column());
    let message = error.to_string();
    let failure = match error.classify() {
        // serde_json reports these two as syntax errors, although the JSON is valid.
        Category::Syntax if message.starts_with("recursion limit exceeded") => Failure::new(
            DecodeCause::Beyond,
            format!("the JSON is nested deeper than 128 levels{}", place(error)),
        ),
        Category::Syntax if message.starts_with("number out of range") => Failure::new(
            DecodeCause::Beyond,
            format!("the JSON has a number out of range{}", place(error)),
        ),
        // serde_json also calls it syntax if an enum is neither a string nor an object.
        Category::Syntax if is_json(text) => {
            Failure::new(DecodeCause::Shape, locate::locate::<T>(text))
        }
        // serde_json's messages on syntax name a place and no value.
        Category::Syntax | Category::Io => {
            Failure::new(DecodeCause::NotJson, format!("the response is not JSON: {message}"))
        }
        Category::Eof => Failure::new(
            DecodeCause::Unfinished,
            format!("the response ends in the middle of its JSON: {message}"),
        ),
        Category::Data => Failure::new(DecodeCause::Shape, locate::locate::<T>(text)),
    };
    failure.at(at)
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

fn place(error: &serde_json::Error) -> String {
    format!(" at line {} column {}", error.line(), error.column())
}

/// The byte offset of a line and column, which start at 1.
fn offset(text: &str, line: usize, column: usize) -> usize {
    // serde_json counts columns in bytes; column 0 is the line break itself.
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    before.saturating_add(column.saturating_sub(1)).min(text.len())
}

#[cfg(test)]
mod tests;

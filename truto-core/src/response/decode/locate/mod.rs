//! Finds the place and the reason of a failed decode, without quoting received values.
//!
//! It runs only after a decode has failed, and decodes again through a deserializer that records each
//! field that it enters. A key is named only if the type asked for an identifier (a field of a struct);
//! the keys of maps are data and are shown as `*`.

mod recording;

use std::cell::RefCell;
use std::fmt::Write;

use serde::de::{DeserializeOwned, Visitor};

use self::recording::{Expects, Recording};
use super::offset;
use crate::json::JsonKind;
use crate::response::record::FromObject;

/// Returns the mismatch and its place, for example
/// ``expected a boolean, found a string at `emails[0].is_primary` ``.
pub(super) fn locate<T: DeserializeOwned>(text: &str) -> String {
    let recorder = PathRecorder::default();
    let mut json = serde_json::Deserializer::from_str(text);
    match T::deserialize(FromObject(Recording::new(&mut json, &recorder))) {
        // A type may decode differently a second time, for example one that counts its values.
        Ok(_) => "the response does not fit its type".to_owned(),
        Err(error) if error.is_syntax() => {
            // The text is JSON, so serde_json found a value that it never accepts for an enum.
            let at = offset(text, error.line(), error.column());
            let found = text.get(at..).map_or(JsonKind::Null, JsonKind::of_text);
            format!("expected an enum, found {found}{}", recorder.place())
        }
        Err(error) => recorder.describe(&error.to_string()),
    }
}

#[derive(Default)]
struct PathRecorder {
    path: RefCell<Vec<PathStep>>,
    /// The key that a map has just returned, if it may be named.
    key: RefCell<Option<String>>,
    /// The innermost value that was refused: its kind and what was expected.
    refused: RefCell<Option<(&'static str, String)>>,
    /// The names that the types asked for, which a message may quote.
    names: RefCell<Vec<&'static [&'static str]>>,
}

enum PathStep {
    Field(String),
    Key,
    Index(usize),
}

impl PathRecorder {
    /// Runs `inside` one step deeper; after a failure, the path remains that of the failure.
    fn step<R, E>(&self, step: PathStep, inside: impl FnOnce() -> Result<R, E>) -> Result<R, E> {
        self.path.borrow_mut().push(step);
        let result = inside();
        // An untagged type retries the same value: a refusal before a success was only a try.
        if result.is_ok() {
            self.path.borrow_mut().pop();
            self.refused.take();
        }
        result
    }

    /// Runs a visitor's method on a value of this JSON type, and records what was expected if it fails.
    fn leaf<'de, V: Visitor<'de>, E>(
        &self,
        kind: &'static str,
        visitor: V,
        visit: impl FnOnce(V) -> Result<V::Value, E>,
    ) -> Result<V::Value, E> {
        let expected = Expects(&visitor).to_string();
        let result = visit(visitor);
        if result.is_err() {
            // The innermost refusal comes first; the levels around it repeat the failure.
            self.refused.borrow_mut().get_or_insert((kind, expected));
        }
        result
    }

    /// Converts serde's message, which may quote values, to one that does not.
    ///
    /// A message of the user's own type can look like serde's, so only names that the types themselves
    /// contain are copied from it.
    fn describe(&self, message: &str) -> String {
        let refused = self.refused.borrow();
        let (found, expected) = match &*refused {
            Some((found, expected)) => (*found, expected.as_str()),
            None => ("a value", "another one"),
        };
        let quoted = message.split('`').nth(1).unwrap_or_default();
        if let Some(what) = ["invalid type: ", "invalid value: "]
            .into_iter()
            .find_map(|prefix| message.strip_prefix(prefix))
        {
            let said = what
                .rsplit_once(", expected ")
                .map_or("", |(_, said)| said.split(" at line ").next().unwrap_or(said));
            if said == expected || said.is_empty() {
                return format!("expected {expected}, found {}{}", found_kind(what), self.place());
            }
            // A flattened, tagged or untagged type keeps its values in a buffer, where serde does
            // not say which one it is about.
            let said = if is_plain(said) { said } else { "another type" };
            return format!("expected {said}, found {}{}", found_kind(what), self.area());
        }
        for what in ["missing field", "duplicate field"] {
            if message.starts_with(what) && self.is_name(quoted) {
                return format!("{what} `{quoted}`{}", self.place());
            }
        }
        if message.starts_with("missing field `") && refused.is_some() {
            return format!("a field is missing{}", self.area());
        }
        for what in ["unknown variant", "unknown field"] {
            if message.starts_with(what) {
                return match self.names.borrow().last() {
                    Some(names) if message.contains("expected") => {
                        format!("{what}, expected {}{}", one_of(names), self.place())
                    }
                    _ => format!("{what}{}", self.area()),
                };
            }
        }
        if message.starts_with("invalid length") {
            return format!("expected {expected}, found {found} of another length{}", self.place());
        }
        if message.starts_with("data did not match any variant of untagged enum") {
            return format!("no variant of an untagged enum fits{}", self.area());
        }
        format!("{found} was refused by its type{}", self.place())
    }

    fn is_name(&self, word: &str) -> bool {
        self.names.borrow().iter().any(|names| names.contains(&word))
    }

    /// The failing value's place.
    fn place(&self) -> String {
        match &*self.path() {
            "" => " at the top of the response".to_owned(),
            path => format!(" at `{path}`"),
        }
    }

    /// The place of a value that contains the failing one.
    fn area(&self) -> String {
        match &*self.path() {
            "" => " somewhere in the response".to_owned(),
            path => format!(" somewhere in `{path}`"),
        }
    }

    fn path(&self) -> String {
        let mut path = String::new();
        for step in &*self.path.borrow() {
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

/// Returns true if a text looks like a visitor's expectation: short, of letters and punctuation, without
/// quotes.
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

/// The kind of value that a message on an invalid type or value is about.
fn found_kind(unexpected: &str) -> &'static str {
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

#[cfg(test)]
mod tests;

//! Query encoding: any `Serialize` struct or map as `&a=1&b[c]=2&d[]=3` pairs, percent-encoded.
//!
//! The encoder makes one pass and writes into the buffer of the target. Before a value is written, the
//! buffer ends with its key; if the value is absent, the key is removed again.
//!
//! A value is described by `start`, where its key begins, and `restore`, the length to which the buffer
//! returns if the value is absent. For `{ "a": { "b": 1, "c": null, "d": [2, 3] } }` (brackets are shown
//! unencoded):
//!
//! | step | buffer |
//! | --- | --- |
//! | key `a` | `&a` |
//! | `b` is the first field of `a`, so it extends that key | `&a[b]` |
//! | value of `b` | `&a[b]=1` |
//! | `c` is a later field, so it extends a copy of the key of `a` | `&a[b]=1&a[c]` |
//! | `c` is absent: back to `restore` | `&a[b]=1` |
//! | `d`, and its first element | `&a[b]=1&a[d][]=2` |
//! | the second element copies the key of `d` | `&a[b]=1&a[d][]=2&a[d][]=3` |
//!
//! A key is thus copied only from the second pair on, and a call with flat parameters copies none.

mod fields;
mod items;
mod value;

use std::fmt;

use serde::Serialize;

use crate::encode::push_encoded;
use value::Value;

/// Values nested deeper than this are refused, so that no input can exhaust the stack.
const MAX_DEPTH: usize = 64;

/// The parameters that a call may write.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Namespace {
    /// The endpoint's own parameters, at the top of the query.
    Endpoint,
    /// `remote_query[...]`, passed to the provider unchanged.
    Remote,
}

/// Appends the pairs of `value` to `out`.
///
/// On an error, `out` may contain a part of the pairs; the caller discards it.
pub(crate) fn append<T: Serialize + ?Sized>(
    out: &mut String,
    scope: Namespace,
    value: &T,
) -> Result<(), QueryError> {
    let start = out.len();
    if let Namespace::Remote = scope {
        out.push_str("&remote_query");
    }
    value.serialize(Value { out, start, restore: start, depth: 0, root: Some(scope) }).map(|_| ())
}

/// Parameters that no query may write, each with its replacement.
const RESERVED: [(&str, &str); 3] = [
    ("integrated_account_id", "it comes from the `Account`"),
    (
        "truto_response_format",
        "use `raw()`, `normalized()`, `debug()` or `stream()`, which also set the right type",
    ),
    ("truto_key_by", "use `key_by(..)`, which also sets the right type"),
];

/// Writes the key of a top-level parameter.
fn push_root_key(out: &mut String, key: &str) -> Result<(), QueryError> {
    // Servers read `[a]` and `a[b]` as the parameter `a`, so that is the name to judge by.
    let name = key.trim_start_matches('[');
    let name = name.split(['[', ']']).next().unwrap_or(name);
    if let Some((reserved, instead)) = RESERVED.iter().find(|(reserved, _)| *reserved == name) {
        return Err(QueryError::new(format!(
            "`{reserved}` cannot be set through a query: {instead}"
        )));
    }
    if !is_well_formed(key) {
        return Err(QueryError::new("the key is empty or its brackets do not form `name[inner]`"));
    }
    out.push('&');
    push_encoded(out, key);
    Ok(())
}

/// A flat key may contain nesting (`created_at[gt]`) if it is unambiguous for servers.
fn is_well_formed(key: &str) -> bool {
    let Some(open) = key.find('[') else {
        return !key.is_empty() && !key.contains(']');
    };
    let (name, mut rest) = key.split_at(open);
    if name.is_empty() || name.contains(']') {
        return false;
    }
    while let Some(inner) = rest.strip_prefix('[') {
        match inner.split_once(']') {
            Some((inner, after)) if !inner.contains('[') => rest = after,
            _ => return false,
        }
    }
    rest.is_empty()
}

/// Writes `[key]` after a parent's key.
fn push_nested_key(out: &mut String, key: &str) -> Result<(), QueryError> {
    if key.is_empty() || key.contains(['[', ']']) {
        return Err(QueryError::new(
            "a nested key that is empty or contains a bracket would be ambiguous",
        ));
    }
    out.push_str("%5B");
    push_encoded(out, key);
    out.push_str("%5D");
    Ok(())
}

/// Removes the top-level pairs whose names are taken, so that a setter takes precedence. The names consist
/// of unreserved characters, so they need no decoding.
pub(crate) fn remove_pairs(pairs: &mut String, from: usize, is_taken: impl Fn(&str) -> bool) {
    let is_taken = |pair: &str| pair.split_once('=').is_some_and(|(name, _)| is_taken(name));
    if !pairs[from..].split('&').any(is_taken) {
        return;
    }
    let mut kept = pairs[..from].to_owned();
    for pair in pairs[from..].split('&').filter(|pair| !pair.is_empty()) {
        if !is_taken(pair) {
            kept.push('&');
            kept.push_str(pair);
        }
    }
    *pairs = kept;
}

/// The decoded value of the last top-level pair called `name`.
pub(crate) fn value_of(pairs: &str, name: &str) -> Option<String> {
    let (_, value) =
        pairs.split('&').filter_map(|pair| pair.split_once('=')).rfind(|(key, _)| *key == name)?;
    let value = percent_encoding::percent_decode_str(value);
    Some(value.decode_utf8_lossy().into_owned())
}

/// The reason and the place at which a value cannot be encoded as a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct QueryError {
    path: String,
    reason: String,
}

impl QueryError {
    fn new(reason: impl Into<String>) -> Self {
        Self { path: String::new(), reason: reason.into() }
    }

    /// The same error with the place extended by the parent's `key`.
    pub(super) fn under(mut self, key: &str) -> Self {
        let separator = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path = format!("{key}{separator}{}", self.path);
        self
    }

    pub(super) fn under_index(self, index: usize) -> Self {
        self.under(&format!("[{index}]"))
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.reason)
        } else {
            write!(f, "`{}`: {}", self.path, self.reason)
        }
    }
}

impl std::error::Error for QueryError {}

impl serde::ser::Error for QueryError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }
}

#[cfg(test)]
mod tests;

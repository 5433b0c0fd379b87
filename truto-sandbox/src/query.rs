//! Reads query strings. Shares no code with the encoder of `truto-core`, so that a mistake there shows
//! in tests.

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::Value;

/// The decoded pairs of a query, in order.
///
/// A `+` is a space, and an index in brackets is read like empty brackets, as the official SDKs write
/// them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn parse(text: &str) -> Self {
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        Self(
            pairs
                .map(|pair| {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    (without_indices(&decode(name)), decode(value))
                })
                .collect(),
        )
    }

    /// The query of a call in a batch, which is written as a JSON object.
    pub(super) fn from_json(value: &Value) -> Self {
        let mut pairs = Vec::new();
        push(&mut pairs, String::new(), value);
        Self(pairs)
    }

    /// The percent-encoded query string.
    pub(super) fn to_text(&self) -> String {
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let pairs = self.0.iter();
        let pairs: Vec<_> =
            pairs.map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        pairs.join("&")
    }

    /// The same query with a different value of one parameter.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.0.retain(|(key, _)| key != name);
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(super) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// All values of a parameter, in order.
    pub(super) fn values(&self, name: &str) -> Vec<String> {
        let name = without_indices(name);
        let values = self.0.iter().filter(|(key, _)| *key == name);
        values.map(|(_, value)| value.clone()).collect()
    }

    /// The first value of a parameter.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(key, _)| key == name)?;
        Some(value)
    }

    pub(super) fn is_true(&self, name: &str) -> bool {
        self.value(name) == Some("true")
    }
}

fn push(pairs: &mut Vec<(String, String)>, name: String, value: &Value) {
    match value {
        Value::Null => {}
        Value::Object(fields) => {
            for (key, value) in fields {
                let name = if name.is_empty() { key.clone() } else { format!("{name}[{key}]") };
                push(pairs, name, value);
            }
        }
        Value::Array(items) => {
            for item in items {
                push(pairs, format!("{name}[]"), item);
            }
        }
        Value::String(text) => pairs.push((name, text.clone())),
        other => pairs.push((name, other.to_string())),
    }
}

fn decode(text: &str) -> String {
    // Before decoding, which turns `%2B` into a literal plus.
    let text = text.replace('+', " ");
    percent_decode_str(&text).decode_utf8_lossy().into_owned()
}

/// `a[0][b]` as `a[][b]`.
fn without_indices(name: &str) -> String {
    let mut parts = name.split('[');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (inner, rest) = part.split_once(']').unwrap_or((part, ""));
        let index = !inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_digit());
        out.push('[');
        out.push_str(if index { "" } else { inner });
        out.push(']');
        out.push_str(rest);
    }
    out
}

/// The decoded segments of a path.
pub(super) fn segments(path: &str) -> Vec<String> {
    path.split('/').skip(1).map(decoded).collect()
}

pub(super) fn decoded(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_query_forms_of_both_sdks() {
        let query = Query::parse("a%5B0%5D=x+y&a[1]=z&b[c]=%2B&d");
        assert_eq!(query.values("a[]"), ["x y", "z"]);
        assert_eq!(query.values("a[0]"), ["x y", "z"]);
        assert_eq!(query.value("b[c]"), Some("+"));
        assert_eq!(query.value("d"), Some(""));
        let json = serde_json::json!({"a": ["x y", "z"], "b": {"c": "+"}, "d": "", "e": null});
        assert_eq!(Query::from_json(&json), query);
    }
}

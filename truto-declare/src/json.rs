//! JSON with the order of its keys and the place of each value.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Values nested deeper than this are refused.
const MAX_DEPTH: usize = 128;

/// A JSON value and the line where it begins.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Json {
    pub(crate) line: usize,
    pub(crate) node: Node,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    Array(Vec<Json>),
    Object(Fields),
}

/// The fields of an object, in the order of the text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fields {
    all: Vec<(String, Json)>,
    /// The positions in the order of the names; empty for a few fields, which are searched one by one.
    /// Thousands of `$ref`s each look up one of thousands of definitions.
    by_name: Vec<usize>,
}

/// Objects with more fields are searched by name.
const FEW: usize = 16;

impl Fields {
    fn new(all: Vec<(String, Json)>) -> Self {
        let mut by_name: Vec<usize> =
            if all.len() > FEW { (0..all.len()).collect() } else { Vec::new() };
        // A stable sort keeps duplicate keys in the order of the text.
        by_name.sort_by(|one, other| all[*one].0.cmp(&all[*other].0));
        Self { all, by_name }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, (String, Json)> {
        self.all.iter()
    }

    /// The value of a key; of a duplicate key, the last value.
    fn get(&self, key: &str) -> Option<&Json> {
        if self.by_name.is_empty() {
            return self.all.iter().rfind(|(name, _)| name == key).map(|(_, value)| value);
        }
        let after = self.by_name.partition_point(|at| self.all[*at].0.as_str() <= key);
        let (name, value) = &self.all[*self.by_name.get(after.checked_sub(1)?)?];
        (name == key).then_some(value)
    }
}

/// A syntax error and its line.
#[derive(Debug)]
pub(crate) struct JsonError {
    pub(crate) line: usize,
    pub(crate) message: String,
}

impl Json {
    pub(crate) fn parse(text: &str) -> Result<Self, JsonError> {
        // Programs on Windows often write a byte order mark.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let root: &RawValue = serde_json::from_str(text).map_err(|error| JsonError {
            line: error.line(),
            message: format!("not JSON: {error}"),
        })?;
        let lines = Lines::of(text);
        lines.value(root, 0)
    }

    /// The value of a key; of a duplicate key, the last value.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        let Node::Object(fields) = &self.node else { return None };
        fields.get(key).filter(|value| value.node != Node::Null)
    }

    pub(crate) fn object(&self) -> Option<&[(String, Self)]> {
        match &self.node {
            Node::Object(fields) => Some(&fields.all),
            _ => None,
        }
    }

    pub(crate) fn array(&self) -> Option<&[Self]> {
        match &self.node {
            Node::Array(items) => Some(items),
            _ => None,
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match &self.node {
            Node::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text under a key.
    pub(crate) fn text_of(&self, key: &str) -> Option<&str> {
        self.get(key)?.text()
    }

    /// The kind of value, in words.
    pub(crate) fn kind(&self) -> &'static str {
        match self.node {
            Node::Null => "null",
            Node::Bool(_) => "a boolean",
            Node::Number(_) => "a number",
            Node::Text(_) => "a string",
            Node::Array(_) => "an array",
            Node::Object(_) => "an object",
        }
    }
}

/// Finds the line of a part of the text.
struct Lines {
    start: usize,
    breaks: Vec<usize>,
}

impl Lines {
    fn of(text: &str) -> Self {
        Self {
            start: text.as_ptr() as usize,
            breaks: text.match_indices('\n').map(|(at, _)| at).collect(),
        }
    }

    fn line(&self, part: &str) -> usize {
        // Parts borrow from the text, so the distance of the pointers is the offset.
        let offset = part.as_ptr() as usize - self.start;
        self.breaks.partition_point(|at| *at < offset) + 1
    }

    fn value(&self, raw: &RawValue, depth: usize) -> Result<Json, JsonError> {
        let (text, line) = (raw.get(), self.line(raw.get()));
        let at_line = |message: String| JsonError { line, message };
        if depth > MAX_DEPTH {
            return Err(at_line(format!("nested deeper than {MAX_DEPTH} levels")));
        }
        // The text as a whole was read: only an escape of half a surrogate pair still fails.
        let bad = |error: serde_json::Error| JsonError {
            line: line + error.line().saturating_sub(1),
            message: format!("not JSON: {error}"),
        };
        // Each level is scanned again by the next: at most `MAX_DEPTH` times the text.
        let node = match text.as_bytes().first() {
            Some(b'{') => {
                let RawFields(fields) = serde_json::from_str(text).map_err(bad)?;
                let fields = fields.into_iter();
                let fields = fields.map(|(name, raw)| Ok((name, self.value(raw, depth + 1)?)));
                Node::Object(Fields::new(fields.collect::<Result<_, _>>()?))
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(text).map_err(bad)?;
                let items = items.into_iter().map(|raw| self.value(raw, depth + 1));
                Node::Array(items.collect::<Result<_, _>>()?)
            }
            Some(b'"') => Node::Text(serde_json::from_str(text).map_err(bad)?),
            Some(b't' | b'f') => Node::Bool(text == "true"),
            Some(b'n') => Node::Null,
            _ => Node::Number(text.to_owned()),
        };
        Ok(Json { line, node })
    }
}

/// The fields of an object in their order, borrowed from the text.
struct RawFields<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for RawFields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(fields)
            }
        }
        deserializer.deserialize_map(InOrder).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_their_lines() {
        let json = Json::parse("{\n\"b\": [1,\n \"x\"],\n\"a\": null, \"b\": true}").unwrap();
        let fields = json.object().unwrap();
        let names: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.line, v.kind())).collect();
        assert_eq!(names[0], ("b", 2, "an array"));
        assert_eq!(names[1], ("a", 4, "null"));
        assert_eq!(fields[0].1.array().unwrap()[1].line, 3);
        assert_eq!(json.get("b").unwrap().node, Node::Bool(true));
        assert!(json.get("a").is_none());
    }

    #[test]
    fn the_last_of_duplicate_keys_counts_in_objects_of_any_size() {
        for size in [1, FEW, FEW + 1, 1_000] {
            let keys = || (0..size).rev().map(|key| format!("\"k{key}\": "));
            let first = keys().map(|key| format!("{key}\"first\", "));
            let last = keys().enumerate().map(|(at, key)| format!("{key}{at}, "));
            let text: String = first.chain(last).collect();
            let json = Json::parse(&format!("{{{text}\"null\": null}}")).unwrap();
            for (at, key) in (0..size).rev().enumerate() {
                let found = json.get(&format!("k{key}")).map(|value| &value.node);
                assert_eq!(found, Some(&Node::Number(at.to_string())), "k{key} of {size}");
            }
            for absent in ["", "k", "null", "zzz", "k0 "] {
                assert_eq!(json.get(absent), None, "{absent}");
            }
        }
    }

    #[test]
    fn invalid_json_is_an_error_with_its_line() {
        for (text, line) in
            [("{\n\"a\": }", 2), ("", 1), ("[\n1,\n", 3), ("{\"a\":\n\"\\ud800\"}", 2)]
        {
            assert_eq!(Json::parse(text).unwrap_err().line, line, "{text}");
        }
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        assert!(Json::parse(&deep).is_err());
    }
}

use std::borrow::Cow;

use serde::Deserialize;

/// Reads an object key by key, so that a truncated or unreadable value affects only what follows it.
///
/// [`value`](Self::value) reads a value between two calls of [`next_key`](Self::next_key). Text after
/// the last requested key is not read.
pub(crate) struct ObjectReader<'a> {
    rest: &'a str,
    /// The text that must precede the next key.
    before: &'static str,
    is_complete: bool,
}

impl<'a> ObjectReader<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { rest: text, before: "{", is_complete: false }
    }

    /// The next key; `None` at the end, and where the text is not a JSON object.
    pub(crate) fn next_key(&mut self) -> Option<Cow<'a, str>> {
        let is_first = self.before == "{";
        let is_passed = self.skip(self.before);
        // Only an object that was opened can end: a lone `}` proves nothing.
        let is_end = if is_first {
            is_passed && self.rest.trim_ascii_start().starts_with('}')
        } else {
            !is_passed
        };
        if is_end {
            self.is_complete = self.skip("}");
        }
        if is_end || !is_passed {
            return None;
        }
        self.before = ",";
        let key = self.key()?;
        self.skip(":").then_some(key)
    }

    /// A key without escapes ends at the next quote; any other one is left to the deserializer.
    fn key(&mut self) -> Option<Cow<'a, str>> {
        let inner = self.rest.trim_ascii_start().strip_prefix('"')?;
        let end = inner.bytes().position(|byte| byte < b' ' || byte == b'"' || byte == b'\\')?;
        if let (key, Some(rest)) = (&inner[..end], inner[end..].strip_prefix('"')) {
            self.rest = rest;
            return Some(Cow::Borrowed(key));
        }
        self.value().map(Cow::Owned)
    }

    /// The value at the current position, which is consumed if it is of that type.
    pub(crate) fn value<T: Deserialize<'a>>(&mut self) -> Option<T> {
        let mut values = serde_json::Deserializer::from_str(self.rest).into_iter();
        let value = values.next()?.ok()?;
        self.rest = self.rest.get(values.byte_offset()..)?;
        Some(value)
    }

    /// Returns true if the object was read to its closing brace.
    pub(crate) fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// Returns true if only white space follows the object.
    pub(crate) fn is_at_end(&self) -> bool {
        self.is_complete && self.rest.trim_ascii().is_empty()
    }

    fn skip(&mut self, token: &str) -> bool {
        match self.rest.trim_ascii_start().strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::de::IgnoredAny;

    use super::*;

    fn keys(text: &str) -> (Vec<String>, bool) {
        let mut object = ObjectReader::new(text);
        let mut keys = Vec::new();
        while let Some(key) = object.next_key() {
            keys.push(key.into_owned());
            if object.value::<IgnoredAny>().is_none() {
                break;
            }
        }
        (keys, object.is_at_end())
    }

    #[test]
    fn reads_keys_up_to_the_first_syntax_error() {
        for (text, expected, complete) in [
            ("{}", &[][..], true),
            (" { } ", &[], true),
            (r#"{"a":1}"#, &["a"], true),
            (r#" { "a" : [1] , "b\n" : {} } "#, &["a", "b\n"], true),
            (r#"{"a":1} x"#, &["a"], false),
            (r#"{"a":1,}"#, &["a"], false),
            (r#"{"a":1"#, &["a"], false),
            (r#"{"a":1 "b":2}"#, &["a"], false),
            (r#"{"a":tru,"b":2}"#, &["a"], false),
            (r#"{"a"}"#, &[], false),
            (r#"{"é\u00e9":1}"#, &["éé"], true),
            ("{\"a\nb\":1}", &[], false),
            (r#"{"a"#, &[], false),
            ("{a:1}", &[], false),
            ("{,}", &[], false),
            ("}", &[], false),
            (" } ", &[], false),
            ("[]", &[], false),
            ("", &[], false),
        ] {
            let (found, is_complete) = keys(text);
            assert_eq!(
                (&found[..], is_complete),
                (&expected.iter().map(|&key| key.to_owned()).collect::<Vec<_>>()[..], complete),
                "{text}"
            );
        }
    }

    /// Every text of up to five of these characters: the reader takes it for a whole object if and only
    /// if `serde_json` does.
    #[test]
    fn agrees_with_serde_json_on_every_short_text() {
        const ALPHABET: [char; 11] = ['{', '}', '"', ':', ',', '1', 'a', ' ', '[', ']', '\\'];
        let mut texts = vec![String::new()];
        for _ in 0..5 {
            let longer = |text: &String| ALPHABET.map(|character| format!("{text}{character}"));
            texts = texts.iter().flat_map(longer).chain([String::new()]).collect();
        }
        for text in texts {
            let is_object = serde_json::from_str::<serde_json::Map<_, _>>(&text).is_ok();
            assert_eq!(keys(&text).1, is_object, "{text}");
        }
    }
}

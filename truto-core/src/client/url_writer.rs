//! Writes the URLs of calls without parsing them.
//!
//! All calls of a client share scheme, host and port, and path and query are encoded already, so that
//! only the position of the query is new in each URL. `Url::deserialize_internal` takes the parts of a
//! parsed URL as a sequence, at a fraction of the instructions of the parser. Text that the parser might
//! change is left to the parser.
//!
//! The parts are an implementation detail of `url`. A new client therefore compares those of its base
//! URL with the known layout, and those of two written URLs with parsed ones. If they differ, the parser
//! creates all URLs.

use serde::de::value::{SeqAccessDeserializer, StringDeserializer};
use serde::de::{DeserializeSeed, SeqAccess};
use serde_json::Value;
use url::{Position, Url};

/// The parts of the base URL that all URLs of a client share.
#[derive(Debug)]
pub(super) struct UrlWriter {
    /// Scheme, host and port.
    origin: String,
    /// The parts between the text of the URL and the positions of its query and fragment.
    shared: Vec<Value>,
}

impl UrlWriter {
    /// `None` if this version of `url` has a different layout from the one known here.
    pub(super) fn new(base: &Url) -> Option<Self> {
        Self::from_parts(base, &parts(base)?)
    }

    fn from_parts(base: &Url, parts_of_base: &[Value]) -> Option<Self> {
        let origin = base[..Position::BeforePath].to_owned();
        let [_, shared @ .., _, _] = parts_of_base else { return None };
        // Compared before anything is written: with debug assertions, `url` may panic on wrong positions.
        if parts_of_base != known_parts(base, parts_of_base.get(5)?) {
            return None;
        }
        let writer = Self { origin, shared: shared.to_vec() };
        let is_like_parsed = |target| {
            let (written, parsed) = (writer.write(target)?, base.join(target).ok()?);
            Some(parts(&written)? == parts(&parsed)?)
        };
        ["/a/b", "/a/b?c=d"]
            .map(is_like_parsed)
            .iter()
            .all(|like| *like == Some(true))
            .then_some(writer)
    }

    /// The URL of this path and query, or `None` if the parser might change them.
    pub(super) fn write(&self, target: &str) -> Option<Url> {
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        if !is_plain_path(path) || !query.is_none_or(is_plain_query) {
            return None;
        }
        let query_start = match query {
            Some(_) => Some(u32::try_from(self.origin.len() + path.len()).ok()?),
            None => None,
        };
        let text = [&self.origin, target].concat();
        let parts = Parts { text: Some(text), shared: self.shared.iter(), query_start, left: 2 };
        Url::deserialize_internal(SeqAccessDeserializer::new(parts)).ok()
    }
}

/// The parts of one URL, in the order in which `url` takes them. serde's `SeqDeserializer` would clone
/// the shared ones, at 1,000 instructions and an allocation per call.
struct Parts<'a> {
    text: Option<String>,
    shared: std::slice::Iter<'a, Value>,
    query_start: Option<u32>,
    /// The number of remaining parts after the shared ones, which are the positions of query and fragment.
    left: usize,
}

impl<'a> SeqAccess<'a> for Parts<'a> {
    type Error = serde_json::Error;

    fn next_element_seed<T: DeserializeSeed<'a>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Self::Error> {
        let part = if let Some(text) = self.text.take() {
            seed.deserialize(StringDeserializer::new(text))
        } else if let Some(part) = self.shared.next() {
            seed.deserialize(part)
        } else if self.left > 0 {
            self.left -= 1;
            // No URL here has a fragment.
            seed.deserialize(self.query_start.take().map_or(Value::Null, Value::from))
        } else {
            return Ok(None);
        };
        part.map(Some)
    }
}

/// All parts of a URL, in the order in which `url` takes them.
fn parts(url: &Url) -> Option<Vec<Value>> {
    match url.serialize_internal(serde_json::value::Serializer) {
        Ok(Value::Array(parts)) => Some(parts),
        _ => None,
    }
}

/// The layout of a URL without user name, query and fragment. The form of the host is opaque here.
fn known_parts(base: &Url, host: &Value) -> [Value; 10] {
    let at = |position| Value::from(base[..position].len());
    [
        Value::from(base.as_str()),
        at(Position::AfterScheme),
        at(Position::AfterUsername),
        at(Position::BeforeHost),
        at(Position::AfterHost),
        host.clone(),
        Value::from(base.port()),
        at(Position::BeforePath),
        // The positions of the query and the fragment.
        Value::Null,
        Value::Null,
    ]
}

/// Returns true if no segment is empty or begins with a dot, and no character has to be encoded. `%` is
/// left to the parser, which reads `%2e` as a dot.
fn is_plain_path(path: &str) -> bool {
    let is_plain = |byte: u8| matches!(byte, b'-'..=b'9' | b'A'..=b'Z' | b'_' | b'a'..=b'z' | b'~');
    let bytes = path.as_bytes();
    bytes.first() == Some(&b'/')
        && bytes.iter().all(|byte| is_plain(*byte))
        && bytes.windows(2).all(|pair| pair[0] != b'/' || !matches!(pair[1], b'/' | b'.'))
}

/// Returns true if the parser encodes no character and drops none.
fn is_plain_query(query: &str) -> bool {
    // Without an early return, several bytes are compared at a time.
    query.bytes().fold(true, |plain, byte| {
        plain & byte.is_ascii_graphic() & !matches!(byte, b'"' | b'#' | b'\'' | b'<' | b'>')
    })
}

#[cfg(test)]
mod tests;

//! Writes the URLs of calls without parsing them.
//!
//! All calls of a client share scheme, host and port, and path and query are encoded already, so that
//! only the position of the query is new in each URL. `Url::deserialize_internal` takes the parts of a
//! parsed URL as a sequence, at a fraction of the instructions of the parser. Text that the parser might
//! change is left to the parser.

use serde::de::value::{SeqAccessDeserializer, StringDeserializer};
use serde::de::{DeserializeSeed, SeqAccess};
use serde_json::Value;
use url::Url;

/// The parts of the base URL that all URLs of a client share.
#[derive(Debug)]
pub(super) struct UrlWriter {
    /// Scheme, host and port.
    origin: String,
    /// The parts between the text of the URL and the positions of its query and fragment.
    shared: Vec<Value>,
}

impl UrlWriter {
    /// `None` if this version of `url` has other parts than those that are known here.
    pub(super) fn new(base: &Url) -> Option<Self> {
        let origin = base.as_str().strip_suffix(base.path())?.to_owned();
        let Ok(Value::Array(parts)) = base.serialize_internal(serde_json::value::Serializer) else {
            return None;
        };
        let [_, shared @ .., Value::Null, Value::Null] = &parts[..] else {
            return None;
        };
        // The last part is the position of the path.
        if shared.last()?.as_u64() != u64::try_from(origin.len()).ok() {
            return None;
        }
        let writer = Self { shared: shared.to_vec(), origin };
        // The parts are a detail of `url`, so that the first URL is compared with a parsed one.
        let (written, parsed) = (writer.write("/a/b?c=d")?, base.join("/a/b?c=d").ok()?);
        let same = written == parsed
            && written.path() == parsed.path()
            && written.query() == parsed.query()
            && written.host() == parsed.host()
            && written.port() == parsed.port()
            && written.fragment().is_none();
        same.then_some(writer)
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

/// The parts of one URL, in the order in which `url` takes them.
struct Parts<'a> {
    text: Option<String>,
    shared: std::slice::Iter<'a, Value>,
    query_start: Option<u32>,
    /// The number of parts after the shared ones that are left: the positions of query and fragment.
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
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BASES: [&str; 6] = [
        "https://api.truto.one",
        "http://127.0.0.1:8080",
        "http://[::1]:3000",
        "https://gateway.example:8443/truto/v1",
        "http://localhost",
        "https://bücher.example",
    ];

    fn assert_like_parsed(base: &Url, target: &str) {
        let Some(written) = UrlWriter::new(base).expect("a known layout").write(target) else {
            return;
        };
        let parsed = base.join(target).expect(target);
        assert_eq!(written.as_str(), parsed.as_str());
        assert_eq!(written.origin(), parsed.origin(), "{target}");
        assert_eq!((written.path(), written.query()), (parsed.path(), parsed.query()), "{target}");
        assert_eq!((written.host(), written.port()), (parsed.host(), parsed.port()), "{target}");
        assert_eq!((written.username(), written.fragment()), ("", None), "{target}");
    }

    #[test]
    fn writes_plain_urls_like_the_parser() {
        for base in BASES {
            let base = Url::parse(base).expect(base);
            let writer = UrlWriter::new(&base).expect("a known layout");
            for target in [
                "/",
                "/unified/crm/contacts",
                "/unified/crm/contacts/a.b~c_d-e/",
                "/a?",
                "/a?b=%5B%22c%22%5D&d=e,f[g]?h/../i",
                "/a?b=c|d^e`f{g}@h:i!j*(k);l$m+n",
            ] {
                assert!(writer.write(target).is_some(), "{target}");
                assert_like_parsed(&base, target);
            }
        }
    }

    #[test]
    fn leaves_to_the_parser_what_it_might_change() {
        let writer = UrlWriter::new(&Url::parse(BASES[0]).expect("a URL")).expect("a writer");
        for target in [
            "",
            "a",
            "?a=b",
            "//a",
            "/a//b",
            "/.",
            "/a/..",
            "/a/./b",
            "/%2e",
            "/a b",
            "/a\\b",
            "/a\"",
            "/a#b",
            "/ü",
            "/a?b#c",
            "/a?b'c",
            "/a?b\"c",
            "/a?b c",
            "/a?<",
            "/a?>",
            "/a?ü",
            "/a?b\u{7f}",
            "/a?b\nc",
            "/a\tb",
            "/a:b",
        ] {
            assert!(writer.write(target).is_none(), "{target}");
        }
    }

    proptest! {
        #[test]
        fn writes_any_text_like_the_parser(target in "/[a-c./%2e~_:-]{0,8}([?][ -~é]{0,8})?") {
            for base in BASES {
                assert_like_parsed(&Url::parse(base).expect(base), &target);
            }
        }
    }
}

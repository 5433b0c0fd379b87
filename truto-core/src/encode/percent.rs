//! Percent-encoding: the one set of characters that paths and queries share.

use std::ops::Range;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All characters but RFC 3986's unreserved ones; they are encoded as `%XX`.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Appends `text` to `out`, percent-encoded but for unreserved characters.
pub(crate) fn push_encoded(out: &mut String, text: &str) {
    out.extend(utf8_percent_encode(text, RESERVED));
}

/// Appends a copy of `out[range]`, which is ASCII.
pub(crate) fn push_again(out: &mut String, range: Range<usize>) {
    // `String::extend_from_within` needs Rust 1.87.
    out.reserve(range.len());
    for at in range {
        out.push(char::from(out.as_bytes()[at]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(text: &str) -> String {
        let mut out = String::new();
        push_encoded(&mut out, text);
        out
    }

    #[test]
    fn unreserved_characters_are_not_encoded() {
        let text = "ABCXYZabcxyz0189-._~";
        assert_eq!(encoded(text), text);
    }

    #[test]
    fn all_other_characters_are_encoded() {
        assert_eq!(encoded("a/b c?d#é%2F"), "a%2Fb%20c%3Fd%23%C3%A9%252F");
        assert_eq!(encoded("éa\u{1F980}"), "%C3%A9a%F0%9F%A6%80");
        assert_eq!(encoded("+&=[]"), "%2B%26%3D%5B%5D");
        assert_eq!(encoded("\u{1F980}"), "%F0%9F%A6%80");
    }
}

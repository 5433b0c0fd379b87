//! Percent-encoding: the one table that paths and queries share.

use std::ops::Range;

/// RFC 3986 unreserved characters; everything else goes out as `%XX`.
const UNRESERVED: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte: u8 = 0;
    while byte < 128 {
        table[byte as usize] =
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        byte += 1;
    }
    table
};

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Appends `text` to `out`, percent-encoded but for unreserved characters.
pub(crate) fn push_encoded(out: &mut String, text: &str) {
    let mut start = 0;
    for (at, &byte) in text.as_bytes().iter().enumerate() {
        if !UNRESERVED[usize::from(byte)] {
            // Only what is ASCII lies between two encoded bytes, so the cuts are between characters;
            // where nothing lies between, they need not be.
            if start < at {
                out.push_str(&text[start..at]);
            }
            start = at + 1;
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    if start < text.len() {
        out.push_str(&text[start..]);
    }
}

/// Appends what stands in `range` of `out` itself, which is ASCII.
pub(crate) fn push_again(out: &mut String, range: Range<usize>) {
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
    fn unreserved_characters_stay() {
        let text = "ABCXYZabcxyz0189-._~";
        assert_eq!(encoded(text), text);
    }

    #[test]
    fn everything_else_is_encoded() {
        assert_eq!(encoded("a/b c?d#é%2F"), "a%2Fb%20c%3Fd%23%C3%A9%252F");
        assert_eq!(encoded("éa\u{1F980}"), "%C3%A9a%F0%9F%A6%80");
        assert_eq!(encoded("+&=[]"), "%2B%26%3D%5B%5D");
        assert_eq!(encoded("\u{1F980}"), "%F0%9F%A6%80");
    }
}

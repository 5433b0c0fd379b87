//! Percent-encoding: the one table that paths and queries share.

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
pub(crate) fn push_encoded(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    let mut start = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if !UNRESERVED[usize::from(byte)] {
            out.extend_from_slice(&bytes[start..at]);
            start = at + 1;
            out.extend_from_slice(&[
                b'%',
                HEX[usize::from(byte >> 4)],
                HEX[usize::from(byte & 15)],
            ]);
        }
    }
    out.extend_from_slice(&bytes[start..]);
}

/// Runs `write` on the bytes of `text`, which takes no copy.
///
/// Everything this crate writes into a target is ASCII, so the bytes are always text again.
pub(crate) fn with_bytes<R>(text: &mut String, write: impl FnOnce(&mut Vec<u8>) -> R) -> R {
    let mut bytes = std::mem::take(text).into_bytes();
    let result = write(&mut bytes);
    *text = String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(text: &str) -> String {
        let mut out = String::new();
        with_bytes(&mut out, |bytes| push_encoded(bytes, text));
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
        assert_eq!(encoded("+&=[]"), "%2B%26%3D%5B%5D");
        assert_eq!(encoded("\u{1F980}"), "%F0%9F%A6%80");
    }
}

//! JSON as text: strings without a copy, and what other languages write and Rust's strings cannot hold.

use std::borrow::Cow;

use serde::Deserialize;

/// Text without a copy where it has no escapes.
#[derive(Deserialize)]
pub(crate) struct PlainText<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);

/// Replaces escapes of lone surrogates, which JavaScript writes when it cuts an emoji in two, by the
/// escape of U+FFFD. Text without them is not copied.
pub(crate) fn repair(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut out = String::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(next) = find(bytes, at) {
        // Only the escape's six bytes are ASCII for sure; the cuts lie around them.
        match (unit(bytes, next), unit(bytes, next + 6)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => at = next + 12,
            (Some(0xd800..=0xdfff), _) => {
                out.push_str(&text[copied..next]);
                out.push_str("\\ufffd");
                at = next + 6;
                copied = at;
            }
            _ => at = next + 2,
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

/// The next backslash that begins an escape.
fn find(bytes: &[u8], from: usize) -> Option<usize> {
    let offset = bytes.get(from..)?.iter().position(|&byte| byte == b'\\')?;
    Some(from + offset)
}

/// The code unit of a `\uXXXX` at a place.
fn unit(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    digits.iter().try_fold(0, |value: u16, &digit| {
        let digit = char::from(digit).to_digit(16)?;
        Some(value << 4 | u16::try_from(digit).ok()?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lone_surrogates_become_the_replacement_character() {
        for (text, expected) in [
            (r#""plain""#, r#""plain""#),
            (r#""\ud83d\ude00""#, r#""\ud83d\ude00""#),
            (r#""cut \ud83d""#, r#""cut \ufffd""#),
            (r#""\ude00 é \uD83D x""#, r#""\ufffd é \ufffd x""#),
            (r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
            (r#""\\ud83d""#, r#""\\ud83d""#),
            (r#""\\\ud83d""#, r#""\\\ufffd""#),
            (r#""\ud83"#, r#""\ud83"#),
            ("\\", "\\"),
        ] {
            assert_eq!(repair(text), expected, "{text}");
        }
    }
}

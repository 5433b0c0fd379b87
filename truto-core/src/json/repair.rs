use std::borrow::Cow;

/// Decodes a text with `read` and, if that fails, again with its lone surrogates replaced.
///
/// The error is that of the last attempt. Its position is also correct in the original text, since the
/// escape of a surrogate and that of U+FFFD have the same length.
pub(crate) fn lenient<T, E>(text: &str, read: impl Fn(&str) -> Result<T, E>) -> Result<T, E> {
    read(text).or_else(|error| match repair(text) {
        Cow::Borrowed(_) => Err(error),
        Cow::Owned(repaired) => read(&repaired),
    })
}

/// Replaces escapes of lone surrogates, which JavaScript writes when it cuts an emoji in two, by the
/// escape of U+FFFD. Text without them is not copied.
pub(crate) fn repair(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut out = String::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(next) = find(bytes, at) {
        // Only the escape's six bytes are known to be ASCII, so the text is cut right around them.
        match (unit(bytes, next), unit(bytes, next + 6)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => at = next + 12,
            (Some(0xd800..=0xdfff), _) => {
                out.push_str(&text[copied..next]);
                out.push_str("\\ufffd");
                at = next + 6;
                copied = at;
            }
            // Past the escaped character, too: the second backslash of `\\` begins no escape.
            _ => at = next + 2,
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

/// Returns the next backslash that begins an escape.
fn find(bytes: &[u8], from: usize) -> Option<usize> {
    let offset = bytes.get(from..)?.iter().position(|&byte| byte == b'\\')?;
    Some(from + offset)
}

/// Returns the code unit of a `\uXXXX` at a position.
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
    fn replaces_lone_surrogates() {
        for (text, expected) in [
            (r#""plain""#, r#""plain""#),
            (r#""\ud83d\ude00""#, r#""\ud83d\ude00""#),
            (r#""cut \ud83d""#, r#""cut \ufffd""#),
            (r#""\ude00 é \uD83D x""#, r#""\ufffd é \ufffd x""#),
            (r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
            (r#""\\ud83d""#, r#""\\ud83d""#),
            (r#""\\\ud83d""#, r#""\\\ufffd""#),
            (r#""\ud83"#, r#""\ud83"#),
            (r#""\ud7ff \ue000 \n""#, r#""\ud7ff \ue000 \n""#),
            (r#""\ud800 \udbff \udc00 \udfff""#, r#""\ufffd \ufffd \ufffd \ufffd""#),
            (r#""\ud800\udc00\udbff\udfff""#, r#""\ud800\udc00\udbff\udfff""#),
            (r#""\ud83d12345\ude00""#, r#""\ufffd12345\ufffd""#),
            ("\\", "\\"),
        ] {
            assert_eq!(repair(text), expected, "{text}");
        }
    }
}

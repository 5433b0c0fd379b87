//! Redacts the token and the account's id in texts that servers send back.

use http::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, TRANSFER_ENCODING,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

/// Replaces a redacted token.
pub(crate) const REDACTED: &str = "[redacted]";

/// Replaces the account's id.
const ACCOUNT: &str = "[account]";

/// Headers that the client itself reads. They repeat no path, and a short argument must not change a
/// number in them.
const READ: [HeaderName; 5] =
    [CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, TRANSFER_ENCODING];

/// Secrets that no message may show, although a server may send them back.
#[derive(Clone, Copy)]
pub(crate) struct Redactor<'a> {
    token: &'a str,
    /// Earlier tokens, which a server may still send back.
    retired: &'a [SecretString],
    account: &'a str,
    /// The secret path arguments of the call.
    arguments: &'a [SecretString],
}

impl<'a> Redactor<'a> {
    /// The account's id is empty if the call is on no account.
    pub(crate) fn new(token: &'a str, account: &'a str) -> Self {
        Self { token, retired: &[], account, arguments: &[] }
    }

    /// Redacts earlier tokens as well.
    pub(crate) fn after(self, retired: &'a [SecretString]) -> Self {
        Self { retired, ..self }
    }

    /// Redacts secret path arguments as well.
    pub(crate) fn with_arguments(self, arguments: &'a [SecretString]) -> Self {
        Self { arguments, ..self }
    }

    /// Replaces the secrets in whole text, in every form in which servers reflect text.
    pub(crate) fn clean(&self, text: &str) -> String {
        self.replace(text, 0, false)
    }

    /// Like [`clean`](Self::clean), for text that may be truncated: a token that is cut off at the end
    /// of the text is also replaced.
    pub(crate) fn clean_cut(&self, text: &str) -> String {
        self.replace(text, 0, true)
    }

    /// Like [`clean`](Self::clean), for text whose beginning was cut off and, with `cut`, its end as well.
    /// Omits the first [`margin`](Self::margin) bytes, which may be the rest of a secret.
    pub(crate) fn clean_middle(&self, text: &str, cut: bool) -> String {
        self.replace(text, self.margin(), cut)
    }

    /// The maximum number of bytes that a secret takes up in text.
    pub(crate) fn margin(&self) -> usize {
        let others = self.retired.iter().chain(self.arguments);
        let others = others.map(|secret| secret.expose_secret().len());
        let longest = others.chain([self.token.len(), self.account.len()]).max();
        longest.unwrap_or(0).saturating_mul(LONGEST_UNIT)
    }

    /// Replaces the secrets in every string and key of a JSON value.
    pub(crate) fn clean_json(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.clean(&text)),
            Value::Array(items) => items.into_iter().map(|item| self.clean_json(item)).collect(),
            Value::Object(fields) => fields
                .into_iter()
                .map(|(key, field)| (self.clean(&key), self.clean_json(field)))
                .collect::<Map<_, _>>()
                .into(),
            other => other,
        }
    }

    /// Replaces the secret path arguments in headers, since a `Location` may repeat the path that was sent.
    pub(crate) fn clean_headers(&self, headers: &mut HeaderMap) {
        if self.arguments.is_empty() {
            return;
        }
        let secrets = Redactor::new("", "").with_arguments(self.arguments);
        let repeats =
            |name: &HeaderName| !READ.contains(name) && !name.as_str().contains("ratelimit");
        for (_, value) in headers.iter_mut().filter(|(name, _)| repeats(name)) {
            let text = String::from_utf8_lossy(value.as_bytes());
            let clean = secrets.clean(&text);
            if clean != text {
                let masked = HeaderValue::from_bytes(clean.as_bytes());
                *value = masked.unwrap_or_else(|_| HeaderValue::from_static(REDACTED));
            }
        }
    }

    /// Omits everything that begins within the first `skip` bytes.
    fn replace(&self, text: &str, skip: usize, cut: bool) -> String {
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        'text: while at < text.len() {
            let others = self.retired.iter().chain(self.arguments);
            let others = others.map(|secret| (secret.expose_secret(), REDACTED));
            let secrets = [(self.token, REDACTED), (self.account, ACCOUNT)];
            // The longest match wins: a secret may begin with another one, and its rest must not remain.
            let mut longest = None;
            for (secret, placeholder) in secrets.into_iter().chain(others) {
                match matched(&text[at..], secret) {
                    Match::Whole(length) if longest.is_none_or(|(most, _)| length > most) => {
                        longest = Some((length, placeholder));
                    }
                    // Even a single character: more of the secret may follow beyond the cut.
                    Match::Prefix if cut => {
                        out.push_str(placeholder);
                        break 'text;
                    }
                    Match::Whole(_) | Match::Prefix | Match::None => {}
                }
            }
            if let Some((length, placeholder)) = longest {
                if at >= skip {
                    out.push_str(placeholder);
                }
                at += length;
                continue;
            }
            // Never `None`: `at` is before the end, and moves by whole characters.
            let Some(character) = text[at..].chars().next() else {
                break;
            };
            if at >= skip {
                out.push(character);
            }
            at += character.len_utf8();
        }
        out
    }
}

/// A match of a secret at the start of a text.
enum Match {
    /// The secret takes up this number of bytes.
    Whole(usize),
    /// The text ends within it.
    Prefix,
    None,
}

/// Compares a secret with text in which each of its bytes may be literal, percent-encoded, or escaped as
/// in JSON. The case of letters is ignored, since it is not preserved in hosts, UUIDs and hexadecimal
/// digits.
fn matched(text: &str, secret: &str) -> Match {
    if secret.is_empty() {
        return Match::None;
    }
    let mut rest = text.as_bytes();
    for byte in secret.bytes() {
        if rest.is_empty() {
            return Match::Prefix;
        }
        match unit(rest) {
            Unit::Byte(found, length) if found.eq_ignore_ascii_case(&byte) => {
                rest = &rest[length..];
            }
            // The start of an escape may also be literal text.
            Unit::Unfinished if rest[0] == byte => rest = &rest[1..],
            Unit::Unfinished => return Match::Prefix,
            Unit::Byte(..) => return Match::None,
        }
    }
    Match::Whole(text.len() - rest.len())
}

/// The maximum number of bytes of text that represent one byte: `\u0041`.
const LONGEST_UNIT: usize = 6;

/// First byte of a text, unescaped.
enum Unit {
    /// The byte, and the number of bytes of text that represent it.
    Byte(u8, usize),
    /// The text ends within an escape.
    Unfinished,
}

fn unit(text: &[u8]) -> Unit {
    let hex = |digits: &[u8]| {
        std::str::from_utf8(digits)
            .ok()
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok())
    };
    match text {
        [b'%', a, b, ..] => match hex(&[*a, *b]) {
            Some(byte) => Unit::Byte(byte, 3),
            None => Unit::Byte(b'%', 1),
        },
        [b'\\', b'u', b'0', b'0', a, b, ..] => match hex(&[*a, *b]) {
            Some(byte) => Unit::Byte(byte, 6),
            None => Unit::Byte(b'\\', 1),
        },
        [b'\\', escaped @ (b'"' | b'\\' | b'/'), ..] => Unit::Byte(*escaped, 2),
        [b'%' | b'\\'] | [b'%', _] | [] => Unit::Unfinished,
        [b'\\', b'u', rest @ ..] if rest.len() < 4 => Unit::Unfinished,
        [byte, ..] => Unit::Byte(*byte, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::LOCATION;

    const SECRETS: Redactor<'_> = Redactor {
        token: "s3/c\"ret%",
        retired: &[],
        account: "62f44730-dd91-461e-bd6a-aedd9e0ad79d",
        arguments: &[],
    };

    #[test]
    fn every_spelling_of_a_secret_is_redacted() {
        for (text, expected) in [
            ("a s3/c\"ret% b", "a [redacted] b"),
            ("s3/c\"ret%s3/c\"ret%", "[redacted][redacted]"),
            (r#"s3\/c\"ret%"#, "[redacted]"),
            (r"\u0073\u0033/c\u0022ret%", "[redacted]"),
            ("s3%2Fc%22ret%25", "[redacted]"),
            ("%733%2fc%22ret%25!", "[redacted]!"),
            ("é s3/c\"ret% é", "é [redacted] é"),
            ("62F44730-DD91-461E-BD6A-AEDD9E0AD79D", "[account]"),
            ("s3/c\"re", "s3/c\"re"),
            ("%", "%"),
            ("", ""),
        ] {
            assert_eq!(SECRETS.clean(text), expected, "{text}");
        }
    }

    #[test]
    fn a_secret_that_is_cut_off_is_redacted() {
        for (text, expected) in [
            ("x s3/c\"re", "x [redacted]"),
            ("x s3%2", "x [redacted]"),
            ("x s", "x [redacted]"),
            ("x 62f44730-dd", "x [account]"),
            ("x y", "x y"),
        ] {
            assert_eq!(SECRETS.clean_cut(text), expected, "{text}");
        }
    }

    #[test]
    fn the_longest_of_several_secrets_is_redacted() {
        let retired = [SecretString::from("token-1-of-before"), SecretString::from("token-2")];
        let secrets = Redactor::new("token-1", "").after(&retired);
        for (text, expected) in [
            ("a token-1 b", "a [redacted] b"),
            ("a token-1-of-before b", "a [redacted] b"),
            ("token-1token-2", "[redacted][redacted]"),
        ] {
            assert_eq!(secrets.clean(text), expected, "{text}");
        }
        assert_eq!(secrets.clean_cut("x token-1-of"), "x [redacted]");
    }

    #[test]
    fn secret_arguments_are_redacted_in_headers() {
        let arguments = [SecretString::from("s3/c"), SecretString::from("5")];
        let secrets = Redactor::new("t0ken", "").with_arguments(&arguments);
        for (name, value, expected) in [
            ("location", "https://x/hooks/s3%2Fc?a=b", "https://x/hooks/[redacted]?a=b"),
            ("x-original-path", "/hooks/S3/C", "/hooks/[redacted]"),
            ("set-cookie", "path=/s3/c/\u{e9}", "path=/[redacted]/\u{e9}"),
            ("x-request-id", "t0ken", "t0ken"),
            ("content-length", "155", "155"),
            ("content-type", "text/x5", "text/x5"),
            ("retry-after", "5", "5"),
            ("x-ratelimit-remaining", "5", "5"),
        ] {
            let mut headers = HeaderMap::new();
            let value = HeaderValue::from_bytes(value.as_bytes()).expect("a value");
            headers.insert(name, value.clone());
            secrets.clean_headers(&mut headers);
            assert_eq!(headers[name].as_bytes(), expected.as_bytes(), "{name}");
            let mut headers = HeaderMap::from_iter([(LOCATION, value.clone())]);
            Redactor::new("t0ken", "").clean_headers(&mut headers);
            assert_eq!(headers[LOCATION], value, "no secret arguments");
        }
    }

    #[test]
    fn json_keys_and_values_are_redacted() {
        let value = serde_json::json!({"a": ["s3/c\"ret%"], "s3/c\"ret%": 1});
        let clean = serde_json::json!({"a": ["[redacted]"], "[redacted]": 1});
        assert_eq!(SECRETS.clean_json(value), clean);
        let none = Redactor::new("", "");
        assert_eq!(none.clean("text"), "text");
    }

    #[test]
    fn the_longest_match_is_redacted_whatever_the_order_of_secrets() {
        let [long, short] = ["abcdefgh-and-more", "abcdefgh"].map(SecretString::from);
        for arguments in [[long.clone(), short.clone()], [short, long]] {
            let secrets = Redactor::new("t0ken", "").with_arguments(&arguments);
            assert_eq!(secrets.clean("1 abcdefgh-and-more 2"), "1 [redacted] 2");
        }
        // Of two equal secrets, the first one determines the placeholder.
        assert_eq!(Redactor::new("same-text", "same-text").clean("same-text"), "[redacted]");
    }

    #[test]
    fn an_escape_is_unfinished_only_at_the_end_of_the_text() {
        for text in ["", "%", "%4", "\\", "\\u", "\\u0", "\\u00", "\\u004"] {
            assert!(matches!(unit(text.as_bytes()), Unit::Unfinished), "{text}");
        }
        for (text, byte, length) in [
            ("%41", b'A', 3),
            ("%4x", b'%', 1),
            ("\\u0041", b'A', 6),
            ("\\u004x", b'\\', 1),
            ("\\u1041", b'\\', 1),
            ("\\u10412", b'\\', 1),
            ("\\/", b'/', 2),
            ("\\n", b'\\', 1),
            ("a", b'a', 1),
        ] {
            assert!(
                matches!(unit(text.as_bytes()), Unit::Byte(b, l) if b == byte && l == length),
                "{text}"
            );
        }
    }
}

//! Errors in rustc's voice, collected and reported together.

use proc_macro2::{Span, TokenStream, TokenTree};

/// Collects errors, so that one run reports all of them.
#[derive(Default)]
pub(crate) struct Errors(Option<syn::Error>);

impl Errors {
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            none => *none = Some(error),
        }
    }

    /// Adds an error with what to write instead.
    pub(crate) fn help(&mut self, span: Span, message: impl AsRef<str>, help: impl AsRef<str>) {
        self.push(helped(span, message.as_ref(), help.as_ref()));
    }

    pub(crate) fn into_tokens(mut self) -> TokenStream {
        self.0.take().map(syn::Error::into_compile_error).unwrap_or_default()
    }
}

/// Errors that nobody reads would let wrong code pass.
#[cfg(test)]
impl Drop for Errors {
    fn drop(&mut self) {
        assert!(self.0.is_none() || std::thread::panicking(), "errors were dropped unread");
    }
}

/// A token as it was written.
pub(crate) fn shown(token: &TokenTree) -> String {
    let text = token.span().source_text();
    escaped(&text.unwrap_or_else(|| token.to_string()))
}

/// Text in one line: line breaks and tabs are spaces.
pub(crate) fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' | '\r' if shown.ends_with(' ') => {}
            '\n' | '\t' | '\r' => shown.push(' '),
            c => shown.push(c),
        }
    }
    visible(&shown)
}

/// An error with the text to write instead. Invisible characters in either are shown by their number.
pub(crate) fn helped(span: Span, message: &str, help: &str) -> syn::Error {
    syn::Error::new(span, format!("{}\nhelp: {}", visible(message), visible(help)))
}

/// Text with its invisible characters as `U+200B`.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_invisible(c) {
            shown.extend(["U+", &format!("{:04X}", u32::from(c))]);
        } else {
            shown.push(c);
        }
    }
    shown
}

/// True if a character has no shape of its own: control and format characters, and every white space
/// but the plain space.
pub(crate) fn is_invisible(c: char) -> bool {
    let is_format = matches!(u32::from(c),
        0xAD | 0x34F | 0x61C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F
        | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0x2800 | 0x3164
        | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB | 0x1_D173..=0x1_D17A
        | 0xE_0000..=0xE_0FFF);
    is_format || c.is_control() || (c.is_whitespace() && c != ' ')
}

/// The candidate that is nearest to a misspelled word, if one is near.
pub(crate) fn closest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    candidates
        .iter()
        .map(|candidate| (distance(&word.to_lowercase(), candidate), *candidate))
        .filter(|(distance, candidate)| *distance <= candidate.len().div_ceil(3))
        .min()
        .map(|(_, candidate)| candidate)
}

/// True if one insertion, deletion, substitution or swap of neighbors makes one word the other.
pub(crate) fn is_one_edit(a: &str, b: &str) -> bool {
    if distance(a, b) == 1 {
        return true;
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let Some(at) = a.iter().zip(&b).position(|(x, y)| x != y) else {
        return false;
    };
    let (Some(x), Some(y)) = (a.get(at..at + 2), b.get(at..at + 2)) else {
        return false;
    };
    x[0] == y[1] && x[1] == y[0] && a[at + 2..] == b[at + 2..]
}

/// Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, &y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_found() {
        let keys = ["method", "path", "response", "body"];
        assert_eq!(closest("metod", &keys), Some("method"));
        assert_eq!(closest("respnse", &keys), Some("response"));
        assert_eq!(closest("Path", &keys), Some("path"));
        assert_eq!(closest("headers", &keys), None);
    }

    #[test]
    fn one_edit_is_a_letter_or_a_swap() {
        for word in ["unifed", "unifieed", "unifiex", "unfiied", "nuified", "unifide"] {
            assert!(is_one_edit(word, "unified"), "{word}");
        }
        for word in ["unified", "unify", "nuifide", "", "unified-model"] {
            assert!(!is_one_edit(word, "unified"), "{word}");
        }
    }

    #[test]
    fn invisible_characters_are_named() {
        for (text, shown) in [
            ("a\u{200b}b", "aU+200Bb"),
            ("\u{feff}a", "U+FEFFa"),
            ("a\u{202e}", "aU+202E"),
            ("a\0", "aU+0000"),
            ("a\u{a0}b\tc", "aU+00A0bU+0009c"),
            ("a b é 🦀", "a b é 🦀"),
        ] {
            assert_eq!(visible(text), shown);
        }
    }
}

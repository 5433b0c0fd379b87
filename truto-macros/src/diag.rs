//! Errors in rustc's voice, collected and reported together.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;

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

    /// Adds an error with a help.
    pub(crate) fn help(&mut self, span: Span, message: impl AsRef<str>, help: impl AsRef<str>) {
        self.push(helped(span, message.as_ref(), help.as_ref()));
    }

    /// Adds the errors of another part after these.
    pub(crate) fn append(&mut self, mut others: Self) {
        if let Some(others) = others.0.take() {
            self.push(others);
        }
    }

    /// Drops errors of a part that is reported as a whole.
    pub(crate) fn discard(mut self) {
        self.0 = None;
    }

    pub(crate) fn into_tokens(mut self) -> TokenStream {
        self.0.take().map(syn::Error::into_compile_error).unwrap_or_default()
    }
}

/// Dropping errors silently would accept wrong code.
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

/// Separates the message of an error from a note below it.
pub(crate) const NOTE: &str = "\nnote: ";

/// An error with a help. Invisible characters in both are replaced by their code points.
pub(crate) fn helped(span: Span, message: &str, help: &str) -> syn::Error {
    syn::Error::new(span, with_help(message, help))
}

/// The same, from the first to the last of the tokens.
pub(crate) fn helped_at(tokens: impl ToTokens, message: &str, help: &str) -> syn::Error {
    syn::Error::new_spanned(tokens, with_help(message, help))
}

fn with_help(message: &str, help: &str) -> String {
    let message = message.split(NOTE).map(visible).collect::<Vec<_>>().join(NOTE);
    format!("{message}\nhelp: {}", visible(help))
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

/// True for a character without a glyph: control and format characters, and white space other than the
/// plain space.
pub(crate) fn is_invisible(c: char) -> bool {
    let is_format = matches!(u32::from(c),
        0xAD | 0x34F | 0x61C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F
        | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0x2800 | 0x3164
        | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB | 0x1_D173..=0x1_D17A
        | 0xE_0000..=0xE_0FFF);
    is_format || c.is_control() || (c.is_whitespace() && c != ' ')
}

/// The candidate that is nearest to a misspelled word: one edit or swap away where the word or the
/// candidate has up to five letters, else up to two. In short words, two edits reach unrelated ones.
pub(crate) fn closest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let word = word.to_lowercase();
    let near = |candidate: &&'a str| {
        let allowed = if word.chars().count().min(candidate.len()) <= 5 { 1 } else { 2 };
        let distance = distance(&word, &candidate.to_lowercase());
        (distance <= allowed).then_some((distance, *candidate))
    };
    let near = candidates.iter().filter_map(near).min_by_key(|(distance, _)| *distance);
    near.map(|(_, candidate)| candidate)
}

/// True if one insertion, deletion, substitution or swap of neighbors makes one word the other.
pub(crate) fn is_one_edit(a: &str, b: &str) -> bool {
    distance(a, b) == 1
}

/// The number of edits between two words; swapping two neighboring letters is one edit.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    // No candidate is near a word of such a length.
    if a.len() > b.len() + 2 {
        return usize::MAX;
    }
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let substituted = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let edited = substituted.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                let is_swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                if is_swap { edited.min(rows[i - 2][j - 2] + 1) } else { edited }
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_similar_words() {
        let keys = ["method", "path", "response", "body"];
        assert_eq!(closest("metod", &keys), Some("method"));
        assert_eq!(closest("respnse", &keys), Some("response"));
        assert_eq!(closest("Path", &keys), Some("path"));
        assert_eq!(closest("headers", &keys), None);
        assert_eq!(closest("paht", &keys), Some("path"));
        assert_eq!(closest("page", &keys), None);
        assert_eq!(closest("PATHC", &["GET", "PATCH"]), Some("PATCH"));
        // Two letters too many.
        assert_eq!(closest("responsexy", &keys), Some("response"));
        assert_eq!(closest("responsexyz", &keys), None);
    }

    #[test]
    fn counts_a_swap_of_letters_as_one_edit() {
        for word in ["unifed", "unifieed", "unifiex", "unfiied", "nuified", "unifide"] {
            assert!(is_one_edit(word, "unified"), "{word}");
        }
        for word in ["unified", "unify", "nuifide", "", "unified-model"] {
            assert!(!is_one_edit(word, "unified"), "{word}");
        }
    }

    #[test]
    fn shows_line_breaks_as_one_space() {
        for (text, shown) in
            [("a\n\t b", "a  b"), ("a\r\nb", "a b"), ("a \nb", "a b"), ("a b", "a b")]
        {
            assert_eq!(escaped(text), shown, "{text:?}");
        }
    }

    #[test]
    fn names_invisible_characters() {
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

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

/// Text with its control characters written out, and line breaks as spaces.
pub(crate) fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' | '\r' if shown.ends_with(' ') => {}
            '\n' | '\t' | '\r' => shown.push(' '),
            c if c.is_control() => shown.extend(c.escape_unicode()),
            c => shown.push(c),
        }
    }
    shown
}

pub(crate) fn helped(span: Span, message: &str, help: &str) -> syn::Error {
    syn::Error::new(span, format!("{message}\nhelp: {help}"))
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
}

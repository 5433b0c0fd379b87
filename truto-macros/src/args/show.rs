//! Tokens as text for messages.

use proc_macro2::{Delimiter, Spacing, Span, TokenStream, TokenTree};

use crate::diag::escaped;

/// The maximum length of a value in a message, in characters; more would not help to recognize it.
const LONGEST: usize = 80;

pub(super) fn first_span(tokens: &TokenStream) -> Span {
    tokens.clone().into_iter().next().map_or_else(Span::call_site, |token| token.span())
}

/// Tokens as they were written, on one line.
pub(super) fn found(tokens: &TokenStream) -> String {
    let text = escaped(&compact(tokens));
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

/// Tokens with the white space that rustfmt would put between them.
///
/// `TokenStream::to_string` separates all of them (`Method :: DELETE`), the source text of more than
/// one token is only available on nightly compilers, and a repaired token has the source text of the
/// mistake.
pub(crate) fn compact(tokens: &TokenStream) -> String {
    let mut text = String::new();
    write(tokens, &mut text);
    text.truncate(text.trim_end().len());
    text
}

fn write(tokens: &TokenStream, text: &mut String) {
    for token in tokens.clone() {
        match &token {
            TokenTree::Group(group) => {
                // `/{id}` is part of a path, `User { id }` an expression.
                let is_after_word = text.ends_with(is_word_char);
                let (open, close) = match group.delimiter() {
                    // `&'a [User]`
                    Delimiter::Bracket if ends_with_lifetime(text) => (" [", "]"),
                    Delimiter::Parenthesis if ends_with_lifetime(text) => (" (", ")"),
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace if is_after_word => (" { ", " }"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::None => ("", ""),
                };
                text.push_str(open);
                write(&group.stream(), text);
                text.truncate(text.trim_end().len());
                text.push_str(close);
            }
            TokenTree::Punct(punct) => match punct.as_char() {
                c @ ('+' | '=') => {
                    // Not within `=>` or `+=`, and not at the start.
                    let is_operand = |c: char| is_word_char(c) || "\")]}>".contains(c);
                    if text.trim_end().ends_with(is_operand) {
                        text.truncate(text.trim_end().len());
                        text.push(' ');
                    }
                    text.push(c);
                    if punct.spacing() == Spacing::Alone {
                        text.push(' ');
                    }
                }
                c @ (',' | ';') => text.extend([c, ' ']),
                c => text.push(c),
            },
            word => {
                let word = word.to_string();
                let is_edge = |c: char| is_word_char(c) || c == '"';
                if text.ends_with(is_edge) && word.starts_with(is_edge) {
                    text.push(' ');
                }
                text.push_str(&word);
            }
        }
    }
}

fn ends_with_lifetime(text: &str) -> bool {
    let before = text.trim_end_matches(is_word_char);
    before.ends_with('\'') && before.len() < text.len()
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_tokens_as_written() {
        for text in [
            "Method::DELETE",
            "/unified/e-signature/users/<id>",
            "/unified/crm/deals/{id}",
            "/unified/crm/deals/:id/2fa",
            "Vec<Option<User>>",
            "std::collections::HashMap<String, Vec<User>>",
            "&'static str",
            "&'a [User]",
            "dyn Iterator<Item = User> + Send",
            "\"a\" + \"b\"",
            "\"a\".to_owned() + B",
            "= \"GET\"",
            "String::from(\"/unified/crm/deals\")",
            "User { id }",
            "find-user",
            "/unified/m/r?x = 1",
            "(A, B)",
            "[User; 3]",
            "r#\"raw\"#",
        ] {
            let tokens = text.parse::<TokenStream>().expect("tokens");
            assert_eq!(compact(&tokens), text);
        }
    }
}

//! A search for a word in tokens.

use proc_macro2::{Ident, TokenStream, TokenTree};

/// True if the word is among the tokens.
pub(crate) fn names(tokens: TokenStream, word: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(other) => other == *word,
        TokenTree::Group(group) => names(group.stream(), word),
        _ => false,
    })
}

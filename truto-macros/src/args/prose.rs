//! Prose without quotes, whose commas do not separate arguments: `doc = Lists users, page by page`.

use proc_macro2::{Punct, Spacing, TokenStream, TokenTree};
use syn::ext::IdentExt as _;

use super::argument::Argument;
use super::key::Key;
use super::split::{Item, is_known};
use super::text;

/// Joins the items that continue the prose of `doc` with it.
pub(super) fn joined(items: Vec<Item>) -> Vec<Item> {
    let mut joined: Vec<Item> = Vec::new();
    for item in items {
        match (joined.last_mut(), item) {
            (Some(Item::Keyed(doc)), Item::Keyed(more)) if is_prose(doc) && continues(&more) => {
                let comma = TokenTree::Punct(Punct::new(',', Spacing::Alone));
                let word = TokenTree::Ident(more.key);
                let tokens = doc.value.get_or_insert_with(TokenStream::new);
                tokens.extend([comma, word]);
                tokens.extend(more.value);
            }
            (_, item) => joined.push(item),
        }
    }
    joined
}

/// True for a `doc` whose value is words.
fn is_prose(argument: &Argument) -> bool {
    let words = |value: &TokenStream| {
        let begins = value.clone().into_iter().next();
        matches!(begins, Some(TokenTree::Ident(_))) && !text::is_quoted(value)
    };
    Key::of(&argument.key.unraw().to_string()) == Some(Key::Doc)
        && argument.value.as_ref().is_some_and(words)
}

/// True for words that are not an argument.
fn continues(argument: &Argument) -> bool {
    !is_known(&argument.key) && (argument.value.is_none() || argument.mistake.is_some())
}

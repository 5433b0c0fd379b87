//! One argument: its key, what separates it from its value, and the tokens of the value.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::Ident;
use syn::ext::IdentExt as _;
use syn::parse::Parser as _;

use super::mistake::Mistake;
use super::show::found;
use super::split::{Item, is_punct};
use super::text;

/// A key and its value.
pub(super) struct Argument {
    pub(super) key: Ident,
    pub(super) value: Option<TokenStream>,
    /// The mistake in the form `key = value`.
    pub(super) mistake: Option<Mistake>,
}

/// Reads one argument; `None` if it has no tokens.
pub(super) fn read(tokens: &[TokenTree]) -> Option<Item> {
    let (key, rest, prefix) = match key(tokens) {
        Some(found) => found,
        None if tokens.is_empty() => return None,
        None => return Some(Item::Positional(tokens.iter().cloned().collect())),
    };
    let value = |tokens: &[TokenTree]| -> Option<TokenStream> {
        (!tokens.is_empty()).then(|| tokens.iter().cloned().collect())
    };
    let (wrong, tokens) = separated(rest);
    let separator = wrong.map(|span| Mistake::new(span, format!("expected `=` after `{key}`")));
    Some(Item::Keyed(Argument { key, value: value(&tokens), mistake: prefix.or(separator) }))
}

/// Keywords of declarations in this or other languages, which some write before a key.
const DECLARING: [&str; 10] =
    ["let", "mut", "const", "static", "pub", "var", "val", "type", "set", "def"];

pub(super) fn is_declaring(word: &Ident) -> bool {
    DECLARING.iter().any(|declaring| word == declaring)
}

/// The key, the tokens after it, and the mistake if there is something before it.
fn key(tokens: &[TokenTree]) -> Option<(Ident, &[TokenTree], Option<Mistake>)> {
    let junk = |token: &TokenTree| match token {
        // Not `/`, `<` and `*`, with which an unquoted path begins.
        TokenTree::Punct(punct) => "@$.:&?!~%^|+=-'#".contains(punct.as_char()),
        TokenTree::Ident(word) => is_declaring(word),
        _ => false,
    };
    let mut rest = tokens;
    while let [first, after @ ..] = rest {
        // Only before another word: alone, `type` may be the key itself.
        let declares = matches!(first, TokenTree::Punct(_))
            || matches!(after.first(), Some(TokenTree::Ident(_)));
        if !junk(first) || !declares {
            break;
        }
        rest = after;
    }
    let prefix = &tokens[..tokens.len() - rest.len()];
    let (first, after) = rest.split_first()?;
    match first {
        TokenTree::Ident(key) => {
            let mistake = prefix.first().map(|first| {
                let prefix = found(&prefix.iter().cloned().collect());
                Mistake::new(first.span(), format!("expected a key, found `{prefix}`"))
            });
            Some((key.clone(), after, mistake))
        }
        // `"method": "GET"`
        TokenTree::Literal(literal) if after.first().is_some_and(|next| is_punct(next, "=:")) => {
            let text = text::of_literal(first)?;
            let mut key = Ident::parse_any.parse_str(&text).ok()?;
            key.set_span(literal.span());
            let message =
                format!("expected a key, found the string `{}`", found(&first.clone().into()));
            Some((key, after, Some(Mistake::new(literal.span(), message))))
        }
        _ => None,
    }
}

/// The tokens of the value, and the span of a separator other than `=`.
fn separated(rest: &[TokenTree]) -> (Option<Span>, Vec<TokenTree>) {
    let Some((first, after)) = rest.split_first() else {
        return (None, Vec::new());
    };
    match first {
        TokenTree::Punct(equals) if equals.as_char() == '=' => match after {
            // `==`, `=>`
            [TokenTree::Punct(next), after @ ..] if "=>".contains(next.as_char()) => {
                (Some(equals.span()), after.to_vec())
            }
            _ => (None, after.to_vec()),
        },
        // `path("…")`: the group is opened, so that its tokens are the value.
        TokenTree::Group(group) if after.is_empty() => {
            (Some(group.span()), group.stream().into_iter().collect())
        }
        // `path /unified/…`, `query &T`
        TokenTree::Punct(own) if "/<&*".contains(own.as_char()) => {
            (Some(own.span()), rest.to_vec())
        }
        TokenTree::Punct(wrong) => {
            // `:=`, `::`, `->`, `+=`
            let after = match after {
                [next, after @ ..] if is_punct(next, "=:>") => after,
                after => after,
            };
            // `method: &str = "GET"`
            let value = after.iter().position(|token| is_punct(token, "=<?/"));
            let after = match value {
                Some(at) if is_punct(&after[at], "=") => &after[at + 1..],
                _ => after,
            };
            (Some(wrong.span()), after.to_vec())
        }
        other => (Some(other.span()), rest.to_vec()),
    }
}

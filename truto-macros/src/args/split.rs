//! Tokens to arguments: a key and the tokens of its value.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::Ident;
use syn::ext::IdentExt as _;

use super::key::Key;
use crate::diag::Errors;
use crate::dialect::Dialect;

/// An argument as far as it could be read.
pub(super) enum Argument {
    /// `key = value`, or a key alone.
    Keyed(Ident, Option<TokenStream>),
    /// A literal without a key.
    Bare(TokenTree),
}

/// Splits at the commas between arguments, and where one is missing. Types hold commas too
/// (`HashMap<A, B>`), so angle brackets are counted.
pub(super) fn split(dialect: Dialect, args: TokenStream, errors: &mut Errors) -> Vec<Argument> {
    let tokens: Vec<TokenTree> = args.into_iter().collect();
    let mut arguments = Vec::new();
    let mut rest = &tokens[..];
    while !rest.is_empty() {
        let (own, behind) = next(rest, errors);
        rest = behind;
        arguments.extend(argument(dialect, own, errors));
    }
    arguments
}

/// The tokens of the next argument, and those behind its comma.
fn next<'a>(tokens: &'a [TokenTree], errors: &mut Errors) -> (&'a [TokenTree], &'a [TokenTree]) {
    let mut depth = 0_i32;
    let mut previous = ' ';
    // The first token is the argument's own, even where it is a comma too many.
    for (at, token) in tokens.iter().enumerate().skip(1) {
        let c = match token {
            TokenTree::Punct(punct) => punct.as_char(),
            _ => ' ',
        };
        match c {
            '<' => depth += 1,
            '>' if previous != '-' => depth -= 1,
            ',' if depth <= 0 => return (&tokens[..at], &tokens[at + 1..]),
            _ => {}
        }
        previous = c;
        // `key = value key = value`: the value before has begun behind its own `=`.
        if at > 2 && depth <= 0 && begins_argument(&tokens[at..]) {
            errors.help(
                token.span(),
                "expected `,` between two arguments",
                "add a comma before this key",
            );
            return (&tokens[..at], &tokens[at..]);
        }
    }
    (tokens, &[])
}

/// Whether a key and its `=` stand here.
fn begins_argument(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [TokenTree::Ident(_), TokenTree::Punct(punct), ..] if punct.as_char() == '=')
}

fn argument(dialect: Dialect, tokens: &[TokenTree], errors: &mut Errors) -> Option<Argument> {
    let (first, rest) = tokens.split_first()?;
    let key = match first {
        TokenTree::Ident(key) => key.clone(),
        TokenTree::Punct(punct) if punct.as_char() == ',' => {
            errors.help(punct.span(), "unexpected `,`", "remove one of the commas");
            return None;
        }
        TokenTree::Literal(_) => return Some(Argument::Bare(first.clone())),
        other => {
            errors.help(
                other.span(),
                format!("expected a key, found `{}`", crate::diag::shown(other)),
                format!("write `{}`", dialect.example()),
            );
            return None;
        }
    };
    let value = |tokens: &[TokenTree]| -> Option<TokenStream> {
        (!tokens.is_empty()).then(|| tokens.iter().cloned().collect())
    };
    let (wrong, value) = match rest {
        [] => return Some(Argument::Keyed(key, None)),
        [TokenTree::Punct(equals), rest @ ..] if equals.as_char() == '=' => match rest {
            [TokenTree::Punct(next), rest @ ..] if matches!(next.as_char(), '=' | '>') => {
                (equals.span(), value(rest))
            }
            _ => return Some(Argument::Keyed(key, value(rest))),
        },
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::Parenthesis => {
            let inside: Vec<TokenTree> = group.stream().into_iter().collect();
            (group.span(), value(&inside))
        }
        [TokenTree::Punct(punct), rest @ ..] => (punct.span(), value(rest)),
        [other, ..] => (other.span(), value(rest)),
    };
    let name = key.unraw().to_string();
    let meant = Key::of(&name).or_else(|| Key::of_alias(&name));
    errors.help(
        wrong,
        format!("expected `=` after `{key}`"),
        match meant {
            Some(meant) => format!("write `{}`", meant.example(dialect)),
            None => format!("write `{key} = ...`"),
        },
    );
    Some(Argument::Keyed(key, value))
}

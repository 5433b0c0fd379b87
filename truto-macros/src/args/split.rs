//! Splits tokens into arguments: a key and the tokens of its value.

use proc_macro2::{Delimiter, Group, Spacing, Span, TokenStream, TokenTree};
use syn::Ident;
use syn::ext::IdentExt as _;

use super::VERBS;
use super::argument::{self, Argument, is_declaring};
use super::key::Key;
use super::text;
use super::words::aliased;
use crate::diag::Errors;

/// A part of the arguments.
pub(super) enum Item {
    Keyed(Argument),
    /// A value without a key.
    Positional(TokenStream),
    /// Arguments wrapped in brackets: JSON, a struct literal, or an extra pair of parentheses.
    Wrapped(Group),
    /// A doc comment between arguments, with its text.
    Comment(Span, String),
}

/// Splits at the commas between arguments, and where one is missing.
pub(super) fn split(args: TokenStream, errors: &mut Errors) -> Vec<Item> {
    let tokens: Vec<TokenTree> = args.into_iter().collect();
    if let Some(group) = wrapper(&tokens) {
        // A group without delimiters is a fragment passed on by another macro.
        return match group.delimiter() {
            Delimiter::None => split(group.stream(), errors),
            _ => vec![Item::Wrapped(group)],
        };
    }
    let mut splitter = Splitter { errors, said_comma: false, said_separator: false };
    let mut items = Vec::new();
    let mut rest = &tokens[..];
    while !rest.is_empty() {
        rest = splitter.commas(rest);
        rest = splitter.comments(rest, &mut items);
        let (own, after) = splitter.next(rest);
        rest = after;
        items.extend(argument::read(own));
    }
    items
}

/// The group that contains all arguments, if they are wrapped in one.
fn wrapper(tokens: &[TokenTree]) -> Option<Group> {
    let (TokenTree::Group(group), before) = tokens.split_last()? else {
        return None;
    };
    let is_name = |token: &TokenTree| match token {
        TokenTree::Ident(word) => !is_known(word),
        token => is_punct(token, ":"),
    };
    let inside: Vec<TokenTree> = group.stream().into_iter().collect();
    let is_list = match &*inside {
        [first, second, ..] => {
            matches!(first, TokenTree::Ident(_) | TokenTree::Literal(_)) && is_punct(second, "=:,")
        }
        _ => false,
    };
    let is_wrapper = before.iter().all(is_name) && (is_list || before.is_empty());
    is_wrapper.then(|| group.clone())
}

/// True for a key, and for a word that means one.
pub(super) fn is_known(word: &Ident) -> bool {
    let word = word.unraw().to_string();
    Key::of(&word.to_lowercase()).is_some()
        || aliased(&word).is_some()
        || VERBS.contains(&&*word.to_lowercase())
}

pub(super) fn is_punct(token: &TokenTree, chars: &str) -> bool {
    matches!(token, TokenTree::Punct(punct) if chars.contains(punct.as_char()))
}

/// True where a key and something like `=` follow.
fn begins_argument(tokens: &[TokenTree]) -> bool {
    match tokens {
        [TokenTree::Ident(_), TokenTree::Punct(equals), ..] if equals.as_char() == '=' => true,
        [TokenTree::Ident(word), TokenTree::Punct(colon), ..] if colon.as_char() == ':' => {
            colon.spacing() == Spacing::Alone && is_known(word)
        }
        [TokenTree::Ident(word), TokenTree::Literal(_) | TokenTree::Group(_), ..] => {
            // `for<'a> fn(&'a T)` is a type.
            is_known(word) && word != "fn" && word.to_string().starts_with(char::is_lowercase)
        }
        [TokenTree::Literal(key), TokenTree::Punct(colon), ..] if colon.as_char() == ':' => {
            text::of_literal(&key.clone().into()).is_some()
        }
        _ => false,
    }
}

struct Splitter<'e> {
    errors: &'e mut Errors,
    /// A repeated mistake is reported once.
    said_comma: bool,
    said_separator: bool,
}

impl Splitter<'_> {
    /// Skips commas before an argument, where none belongs.
    fn commas<'t>(&mut self, mut tokens: &'t [TokenTree]) -> &'t [TokenTree] {
        while let [comma, rest @ ..] = tokens {
            if !is_punct(comma, ",;") {
                break;
            }
            if !self.said_comma {
                self.said_comma = true;
                let message = format!("unexpected `{comma}`");
                self.errors.help(comma.span(), message, format!("remove this `{comma}`"));
            }
            tokens = rest;
        }
        tokens
    }

    /// Removes doc comments and attributes before an argument.
    fn comments<'t>(
        &mut self,
        mut tokens: &'t [TokenTree],
        items: &mut Vec<Item>,
    ) -> &'t [TokenTree] {
        let mut comment: Option<(Span, String)> = None;
        while let Some((hash, group, rest)) = attribute(tokens) {
            tokens = rest;
            let inside: Vec<TokenTree> = group.stream().into_iter().collect();
            let text = match &*inside {
                [TokenTree::Ident(doc), equals, text] if doc == "doc" && is_punct(equals, "=") => {
                    text::of_literal(text)
                }
                _ => None,
            };
            match (text, &mut comment) {
                (Some(text), Some((_, lines))) => lines.extend([" ", text.trim()]),
                (Some(text), none) => *none = Some((hash.span(), text.trim().to_owned())),
                (None, _) => self.errors.help(
                    hash.span(),
                    "attributes are not allowed between arguments",
                    "remove it, or put the whole attribute into `#[cfg_attr(...)]`",
                ),
            }
        }
        items.extend(comment.map(|(span, text)| Item::Comment(span, text)));
        tokens
    }

    /// The tokens of the next argument, and those after its comma. Types contain commas, too
    /// (`HashMap<A, B>`), so angle brackets are counted.
    fn next<'t>(&mut self, tokens: &'t [TokenTree]) -> (&'t [TokenTree], &'t [TokenTree]) {
        let mut depth = 0_u32;
        // The parameters of an unquoted URL are not arguments: `/unified/m/r?query=1&body=2`.
        let mut is_in_query = false;
        for (at, token) in tokens.iter().enumerate() {
            let rest = &tokens[at + 1..];
            let before = &tokens[..at];
            let is_arrow = before.last().is_some_and(|before| is_punct(before, "-="));
            if is_punct(token, "<") {
                depth += 1;
            } else if is_punct(token, ">") && !is_arrow {
                // Saturates at a stray `>`: the value that has it is reported later.
                depth = depth.saturating_sub(1);
            } else if is_punct(token, ",") && (depth == 0 || begins_key(rest)) {
                return (before, rest);
            } else if is_punct(token, ";") {
                self.separator(token);
                return (before, rest);
            } else if is_punct(token, "#") && at > 0 && attribute(&tokens[at..]).is_some() {
                return (before, &tokens[at..]);
            }
            if depth > 0 || at == 0 {
                continue;
            }
            is_in_query |= is_punct(token, "?");
            // `key = value` has three tokens, so an earlier operator separates no arguments.
            if at > 2 && !is_in_query {
                if let Some(after) = after_operator(token, rest) {
                    self.separator(token);
                    return (before, after);
                }
            }
            if lacks_comma(before) && begins_argument(&tokens[at..]) {
                if ends_in_url(before) {
                    return (before, &tokens[at..]);
                }
                let help = format!("add a comma before `{token}`");
                self.errors.help(token.span(), "expected `,` between two arguments", help);
                return (before, &tokens[at..]);
            }
        }
        (tokens, &[])
    }

    fn separator(&mut self, token: &TokenTree) {
        if !self.said_separator {
            self.said_separator = true;
            let message = format!("expected `,` between two arguments, found `{token}`");
            self.errors.help(token.span(), message, "separate arguments with `,`");
        }
    }
}

/// The next argument after an operator in place of a comma: `key = value & key = value`.
fn after_operator<'t>(token: &TokenTree, rest: &'t [TokenTree]) -> Option<&'t [TokenTree]> {
    let is_operator =
        is_punct(token, "&|+.") || matches!(token, TokenTree::Ident(and) if and == "and");
    let rest = match rest {
        // `&&`, `||`
        [second, rest @ ..] if is_punct(token, "&|") && is_punct(second, "&|") => rest,
        rest => rest,
    };
    (is_operator && begins_known(rest)).then_some(rest)
}

/// True where a key, spelled correctly, and its `=` follow. Associated types have this form, too, but
/// are capitalized.
fn begins_key(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [TokenTree::Ident(word), equals, ..]
        if Key::of(&word.to_string()).is_some() && is_punct(equals, "="))
}

/// True where a known key and its `=` or `:` follow.
fn begins_known(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [TokenTree::Ident(word), TokenTree::Punct(_), ..] if is_known(word))
        && begins_argument(tokens)
}

/// An attribute or a doc comment, and the tokens after it.
fn attribute(tokens: &[TokenTree]) -> Option<(&TokenTree, &Group, &[TokenTree])> {
    let (hash, rest) = tokens.split_first().filter(|(hash, _)| is_punct(hash, "#"))?;
    let rest = match rest {
        [bang, rest @ ..] if is_punct(bang, "!") => rest,
        rest => rest,
    };
    match rest {
        [TokenTree::Group(group), rest @ ..] if group.delimiter() == Delimiter::Bracket => {
            Some((hash, group, rest))
        }
        _ => None,
    }
}

/// True for an unquoted URL: its `//` begins a comment, which swallows the comma, too.
fn ends_in_url(before: &[TokenTree]) -> bool {
    matches!(before, [.., TokenTree::Ident(scheme), colon]
        if is_punct(colon, ":") && text::is_scheme(scheme))
}

/// True for tokens that may be a whole argument, so that another one may follow without a comma.
fn lacks_comma(before: &[TokenTree]) -> bool {
    match before {
        // `method path = "…"`, but not `let path = "…"`.
        [TokenTree::Ident(word)] => is_known(word) && !is_declaring(word),
        [] | [_] | [TokenTree::Ident(_), TokenTree::Ident(_)] => false,
        before if ends_in_url(before) => true,
        [.., TokenTree::Punct(last)] => last.as_char() == '>',
        [.., TokenTree::Ident(last)] => !is_declaring(last),
        _ => true,
    }
}

//! The text that was intended where a string literal is expected.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::{Ident, Lit};
use truto_route::Method;

use super::key::Key;
use super::show::compact;
use crate::dialect::Dialect;
use crate::method;
use crate::near_name::near_name;
use crate::path::{self, Context};

/// Macros whose value only the compiler knows, although they may contain a literal.
const EVALUATED: [&str; 8] = [
    "env",
    "option_env",
    "include_str",
    "include_bytes",
    "stringify",
    "file",
    "module_path",
    "line",
];

/// Words in conversions of a literal.
const CONVERSIONS: [&str; 13] = [
    "String",
    "Some",
    "Cow",
    "from",
    "to_owned",
    "to_string",
    "into",
    "as_str",
    "new",
    "concat",
    "format",
    "std",
    "core",
];

/// The text of a string-like literal: `"…"`, `b"…"`, `c"…"`, `'…'`, with or without a suffix.
pub(super) fn of_literal(token: &TokenTree) -> Option<String> {
    let TokenTree::Literal(literal) = token else {
        return None;
    };
    match Lit::new(literal.clone()) {
        Lit::Str(text) => Some(text.value()),
        Lit::ByteStr(bytes) => String::from_utf8(bytes.value()).ok(),
        Lit::CStr(text) => text.value().into_string().ok(),
        Lit::Char(one) => Some(one.value().to_string()),
        Lit::Byte(one) => Some(char::from(one.value()).to_string()),
        // `'Deal'`, about which rustc has its own error as well.
        Lit::Verbatim(text) => {
            Some(text.to_string().strip_prefix('\'')?.strip_suffix('\'')?.to_owned())
        }
        _ => None,
    }
}

/// The intended text of a value in another form, if its tokens alone make it clear.
pub(super) fn intended(key: Key, value: &TokenStream) -> Option<String> {
    let flat = flatten(value);
    if is_evaluated(&flat) {
        return None;
    }
    let literals: Vec<String> = flat.iter().filter_map(of_literal).collect();
    match &*literals {
        [] => unquoted(key, value),
        [text] if key == Key::Path && text.starts_with('/') && is_sum(&flat) => {
            let name = flat.iter().rev().find_map(|token| match token {
                TokenTree::Ident(word) => Some(word.unraw()),
                _ => None,
            });
            Some(format!("{text}<{}>", name?))
        }
        // The arguments of a format string are placeholders of the path.
        [text] if key == Key::Path && text.contains('{') => Some(text.clone()),
        [text] => {
            // `"…".to_string()` has this text; `format!("…", id)` and `"…" + ID` have another one.
            let is_part = flat.iter().any(|token| is_punct(token, &['+', ',', '%', '*']));
            (!is_part).then(|| text.clone())
        }
        _ if is_concatenation(&flat) => Some(literals.concat()),
        _ if key == Key::Secret => Some(literals.join(", ")),
        // The first method is enough to check the other arguments.
        [first, ..] => (key == Key::Method).then(|| first.clone()),
    }
}

/// The texts of all literals in a value.
pub(super) fn literals(value: &TokenStream) -> Vec<String> {
    flatten(value).iter().filter_map(of_literal).collect()
}

/// True if a literal with text is anywhere in the value.
pub(super) fn is_quoted(value: &TokenStream) -> bool {
    !literals(value).is_empty()
}

/// True for a literal, alone or converted; false for an expression that only contains one.
pub(super) fn is_converted(value: &TokenStream) -> bool {
    flatten(value).iter().all(|token| match token {
        TokenTree::Ident(_) => is_ident(token, &CONVERSIONS),
        _ => true,
    })
}

/// True for the text of an encoding: `"json"`, `"application/json"`.
pub(super) fn is_encoding(value: &TokenStream) -> bool {
    let is_encoding = |text: &str| {
        let media = text.strip_prefix("application/").unwrap_or(text);
        ["json", "form", "x-www-form-urlencoded", "multipart/form-data", "text/plain"]
            .contains(&media)
    };
    flatten(value).iter().all(|token| match token {
        TokenTree::Literal(_) => {
            of_literal(token).is_some_and(|text| is_encoding(&text.to_lowercase()))
        }
        token => is_punct(token, &[',']),
    })
}

/// All tokens, groups opened.
fn flatten(tokens: &TokenStream) -> Vec<TokenTree> {
    let mut flat = Vec::new();
    for token in tokens.clone() {
        match token {
            TokenTree::Group(group) => flat.extend(flatten(&group.stream())),
            token => flat.push(token),
        }
    }
    flat
}

fn is_punct(token: &TokenTree, chars: &[char]) -> bool {
    matches!(token, TokenTree::Punct(punct) if chars.contains(&punct.as_char()))
}

fn is_ident(token: &TokenTree, words: &[&str]) -> bool {
    matches!(token, TokenTree::Ident(ident) if words.iter().any(|word| ident == word))
}

fn is_evaluated(flat: &[TokenTree]) -> bool {
    flat.windows(2).any(|pair| is_ident(&pair[0], &EVALUATED) && is_punct(&pair[1], &['!']))
}

/// `"a" + "b"`, `concat!("a", "b")`, and these with `.to_owned()` or `&` between them.
fn is_concatenation(flat: &[TokenTree]) -> bool {
    let has_operator =
        flat.iter().any(|token| is_punct(token, &['+']) || is_ident(token, &["concat"]));
    let is_known = |token: &TokenTree| match token {
        TokenTree::Literal(_) => of_literal(token).is_some(),
        TokenTree::Punct(_) => is_punct(token, &['+', ',', '&', '.', '!', ':']),
        token => is_ident(token, &CONVERSIONS),
    };
    has_operator && flat.iter().all(is_known)
}

/// `"/unified/crm/deals/" + deal.id`: a path up to its last segment, and a variable.
fn is_sum(flat: &[TokenTree]) -> bool {
    let [text, plus, rest @ ..] = flat else {
        return false;
    };
    let is_variable = |token: &TokenTree| match token {
        TokenTree::Ident(word) => word.to_string().starts_with(char::is_lowercase),
        token => is_punct(token, &['&', '.']),
    };
    of_literal(text).is_some_and(|text| text.ends_with('/'))
        && is_punct(plus, &['+'])
        && rest.iter().all(is_variable)
}

/// A value without any quotes: a word, a path of Rust, or a route.
fn unquoted(key: Key, value: &TokenStream) -> Option<String> {
    let tokens: Vec<TokenTree> = value.clone().into_iter().collect();
    let word = last_of_path(&tokens);
    match (key, word) {
        (Key::Method | Key::Name, Some(word)) => Some(word.unraw().to_string()),
        // A single word may be a constant, whose text is not known here.
        (Key::Path | Key::Doc, Some(_)) => None,
        _ => {
            let is_macro = tokens.iter().any(|token| is_punct(token, &['!']));
            let has_word = tokens.iter().any(|token| matches!(token, TokenTree::Ident(_)));
            (has_word && !is_macro).then(|| compact(value))
        }
    }
}

/// The last word of `DELETE`, `Method::DELETE`, `Method.DELETE` or `Method::delete()`.
fn last_of_path(tokens: &[TokenTree]) -> Option<&Ident> {
    let tokens = match tokens {
        [path @ .., TokenTree::Group(group)]
            if group.delimiter() == Delimiter::Parenthesis && group.stream().is_empty() =>
        {
            path
        }
        path => path,
    };
    let mut last = None;
    let mut is_separated = true;
    for token in tokens {
        match token {
            TokenTree::Ident(word) if is_separated => {
                last = Some(word);
                is_separated = false;
            }
            token if is_punct(token, &[':', '.']) => is_separated = true,
            _ => return None,
        }
    }
    last.filter(|_| !is_separated)
}

/// The text as the attribute accepts it, if it is right or can be repaired.
pub(super) fn repaired(dialect: Dialect, key: Key, text: &str) -> Option<String> {
    match key {
        Key::Method => match (method::parse(dialect, text).value?, dialect) {
            (Method::Put, Dialect::Unified) => Some(Method::Patch.as_str().to_owned()),
            (method, _) => Some(method.as_str().to_owned()),
        },
        Key::Path => repaired_path(dialect, text),
        Key::Name => near_name(text),
        // A flag names no placeholder.
        Key::Secret if matches!(text, "true" | "false") => None,
        // `<token>` names the placeholder as the path shows it.
        Key::Secret => Some(text.replace(['<', '>'], "")),
        _ => Some(text.to_owned()),
    }
}

/// True for the text of a path, whichever of the two attributes accepts it.
pub(super) fn is_path(dialect: Dialect, key: Key, text: &str) -> bool {
    let context = Context { dialect, method: None, has_name: true, has_response: true };
    key == Key::Path && path::parse(context, text).value.is_some()
}

/// True for the beginning of an unquoted URL.
pub(super) fn is_scheme(word: &Ident) -> bool {
    word == "http" || word == "https"
}

/// True for what is left of an unquoted URL, whose `//` begins a comment.
pub(super) fn is_url_in_comment(value: &TokenStream) -> bool {
    let tokens: Vec<TokenTree> = value.clone().into_iter().collect();
    matches!(&*tokens, [TokenTree::Ident(scheme), colon]
        if is_punct(colon, &[':']) && is_scheme(scheme))
}

fn repaired_path(dialect: Dialect, text: &str) -> Option<String> {
    let context = Context { dialect, method: None, has_name: true, has_response: true };
    let read = path::parse(context, text);
    // Read again: the repaired path may belong to the other attribute, which is another mistake.
    read.value.filter(|path| path::parse(context, path).errors.is_empty())
}

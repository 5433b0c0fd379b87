//! Turns tokens into values; a value in the wrong form is recovered if its meaning is clear.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Lit, LitStr, Token, Type};
use truto_route::Method;

use super::key::{Key, Kind};
use super::mistake::Mistake;
use super::show::{compact, first_span, found};
use super::{text, types};
use crate::dialect::Dialect;
use crate::recovered::Recovered;

/// The value of one key.
#[derive(Clone)]
pub(super) enum Value {
    Text(LitStr),
    Type(Box<Type>),
    /// `true`, with its span.
    Flag(Span),
    ModulePath(syn::Path),
}

pub(super) type Read = Recovered<Value, Mistake>;

impl Value {
    /// The whole argument as a suggestion.
    pub(super) fn argument(&self, key: Key) -> String {
        let value = match self {
            Self::Text(text) => LitStr::new(&text.value(), text.span()).token().to_string(),
            Self::Type(ty) => compact(&ty.to_token_stream()),
            Self::Flag(_) => "true".to_owned(),
            Self::ModulePath(path) => compact(&path.to_token_stream()),
        };
        format!("{} = {value}", key.name())
    }
}

pub(super) fn read(dialect: Dialect, key: Key, value: &TokenStream) -> Read {
    match key.kind() {
        Kind::Text => parse_string(dialect, key, value),
        Kind::Type => types::parse_type(key, value),
        Kind::Flag => parse_true(key, value),
        Kind::ModulePath => parse_path(value),
    }
}

/// The only token of a value.
fn only_token(value: &TokenStream) -> Option<TokenTree> {
    let mut tokens = value.clone().into_iter();
    tokens.next().filter(|_| tokens.next().is_none())
}

/// True for a string literal with a suffix, such as `"GET"s`.
fn is_suffixed(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Literal(literal)
        if matches!(Lit::new(literal.clone()), Lit::Str(text) if !text.suffix().is_empty()))
}

fn parse_string(dialect: Dialect, key: Key, value: &TokenStream) -> Read {
    let only = only_token(value);
    let is_suffixed = only.as_ref().is_some_and(is_suffixed);
    if !is_suffixed && only.is_some() {
        if let Ok(literal) = syn::parse2::<LitStr>(value.clone()) {
            return Read::good(Value::Text(literal));
        }
    }
    let mut tokens = value.clone().into_iter();
    let first = tokens.next();
    let second = tokens.next();
    let is_text = first.as_ref().is_some_and(|first| text::of_literal(first).is_some());
    // `"a" + "b"` is one expression; without an operator, the second literal is a stray token.
    let has_operator = matches!(second, Some(TokenTree::Punct(_)));
    let mistake = if is_suffixed {
        Mistake::new(first_span(value), "suffixes on string literals are invalid")
    } else if let (Some(first), Some(second), true, false) =
        (&first, &second, is_text, has_operator)
    {
        // `"GET" "POST"`, `"GET" User`: the first literal is the value.
        let literal = LitStr::new(&text::of_literal(first).unwrap_or_default(), first.span());
        let mistake = Mistake::new(second.span(), "unexpected tokens after the value");
        return Read::wrong(Some(Value::Text(literal)), mistake);
    } else {
        let found = found(value);
        let name = key.name();
        Mistake::new(
            first_span(value),
            format!("the value of `{name}` must be a string literal, found `{found}`"),
        )
    };
    let intended = text::intended(key, value);
    let meant = intended.and_then(|text| text::repaired(dialect, key, &text));
    let literal = meant.map(|text| LitStr::new(&text, first_span(value)));
    let is_expression = second.is_some() || matches!(first, Some(TokenTree::Ident(_)));
    let is_evaluated = literal.is_none() && is_expression && matches!(key, Key::Path | Key::Doc);
    let mistake = if text::is_url_in_comment(value) {
        let example = key.example(dialect);
        mistake.help(format!(
            "`//` begins a comment: write the text in quotes, for example `{example}`"
        ))
    } else if is_evaluated {
        let example = key.example(dialect);
        mistake.help(format!(
            "an attribute cannot evaluate expressions: write the text itself, for example `{example}`"
        ))
    } else if let (Key::Method, Some(literal), true) = (key, &literal, holds_methods(value)) {
        let argument = Value::Text(literal.clone()).argument(key);
        mistake.help(format!("write one attribute per method, for example `{argument}`"))
    } else {
        mistake
    };
    Read::wrong(literal.map(Value::Text), mistake)
}

/// True for a list of methods, such as `["GET", "POST"]`.
fn holds_methods(value: &TokenStream) -> bool {
    let texts = text::literals(value);
    texts.iter().filter(|text| Method::from_name(text).is_some()).count() > 1
}

/// Reads `true`. Nothing is recovered from `false`, which means the same as no argument.
fn parse_true(key: Key, value: &TokenStream) -> Read {
    let span = first_span(value);
    let name = key.name();
    let literal: Option<syn::LitBool> = syn::parse2(value.clone()).ok();
    if literal.as_ref().is_some_and(|literal| literal.value) {
        return Read::good(Value::Flag(span));
    }
    let mistake = Mistake::new(span, format!("the value of `{name}` must be `true`"))
        .help(format!("write `{name} = true`, or leave it out"));
    let text = text::intended(Key::Name, value).unwrap_or_else(|| compact(value));
    let is_true = ["true", "yes", "on", "1", "always"].contains(&&*text.to_lowercase());
    Read::wrong(is_true.then_some(Value::Flag(span)), mistake)
}

/// Crates that many projects use together with the runtime, and that cannot contain it.
const OTHER_CRATES: [&str; 10] = [
    "anyhow",
    "reqwest",
    "serde",
    "serde_core",
    "serde_json",
    "std",
    "thiserror",
    "tokio",
    "truto_macros",
    "truto_route",
];

/// A module path, bare or in quotes.
fn parse_path(value: &TokenStream) -> Read {
    let span = first_span(value);
    let written = mod_path.parse2(value.clone()).ok().or_else(|| {
        let literal = only_token(value).filter(|token| !is_suffixed(token))?;
        syn::parse2::<LitStr>(literal.into()).ok()?.parse_with(mod_path).ok()
    });
    if let Some(path) = written {
        return match other_crate(&path) {
            Some(mistake) => Read::wrong(None, mistake),
            None => Read::good(Value::ModulePath(path)),
        };
    }
    let found = found(value);
    let mistake =
        Mistake::new(span, format!("the value of `crate` must be a path, found `{found}`"));
    let meant = text::intended(Key::Crate, value).and_then(|text| {
        // The name of the package has a hyphen, that of its crate an underscore.
        let text = text.trim().trim_end_matches([':', ';']).replace('-', "_");
        LitStr::new(&text, span).parse_with(mod_path).ok()
    });
    Read::wrong(meant.map(Value::ModulePath), mistake)
}

/// The mistake of naming a crate that cannot contain the runtime, as one would in serde's `crate`
/// attribute.
fn other_crate(path: &syn::Path) -> Option<Mistake> {
    let name = path.get_ident()?;
    let name = OTHER_CRATES.into_iter().find(|other| name == other)?;
    let message = format!("`crate` names the path of `truto_core`, found `{name}`");
    let help =
        format!("leave it out, or write a path such as `{}`", Key::Crate.example(Dialect::Unified));
    Some(Mistake::new(path.segments[0].ident.span(), message).help(help))
}

fn mod_path(input: ParseStream<'_>) -> syn::Result<syn::Path> {
    let leading = input.parse::<Option<Token![::]>>()?;
    let mut path = syn::Path::parse_mod_style(input)?;
    path.leading_colon = path.leading_colon.or(leading);
    Ok(path)
}

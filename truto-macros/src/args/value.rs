//! Tokens to values; each comes with what can be recovered of it.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser as _};
use syn::{LitStr, Token, Type};

use super::key::Key;
use crate::diag::{helped, shown};
use crate::dialect::Dialect;
use crate::recovered::Recovered;

/// Garbage behind a value.
fn trailing(rest: &TokenStream) -> syn::Error {
    helped(span_of(rest), "unexpected tokens after the value", "separate arguments with `,`")
}

fn span_of(tokens: &TokenStream) -> Span {
    tokens.clone().into_iter().next().map_or_else(Span::call_site, |token| token.span())
}

/// Tokens as they were written.
fn text_of(tokens: &TokenStream) -> String {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    match (tokens.first(), tokens.last()) {
        (Some(one), _) if tokens.len() == 1 => shown(one),
        (Some(first), Some(last)) => {
            first.span().join(last.span()).and_then(|span| span.source_text()).map_or_else(
                || {
                    crate::diag::escaped(
                        &tokens.iter().cloned().collect::<TokenStream>().to_string(),
                    )
                },
                |text| crate::diag::escaped(&text),
            )
        }
        _ => String::new(),
    }
}

pub(super) fn text(dialect: Dialect, key: Key, value: &TokenStream) -> Recovered<LitStr> {
    let mut tokens = value.clone().into_iter();
    let first: TokenStream = tokens.next().into_iter().collect();
    if let Ok(literal) = syn::parse2::<LitStr>(first.clone()) {
        let rest: TokenStream = tokens.collect();
        return match rest.is_empty() {
            true => Recovered::good(literal),
            false => Recovered::wrong(Some(literal), trailing(&rest)),
        };
    }
    // A single word was meant as text; a path or a macro call was not.
    let word = match first.clone().into_iter().next() {
        Some(TokenTree::Ident(word)) if value.clone().into_iter().count() == 1 => Some(word),
        _ => None,
    };
    let help = match &word {
        Some(word) => format!("write `{} = \"{word}\"`", key.name()),
        None => format!("write `{}`", key.example(dialect)),
    };
    let found = text_of(value);
    let message =
        format!("the value of `{}` must be a string literal, found `{found}`", key.name());
    Recovered::wrong(
        word.map(|word| LitStr::new(&word.to_string(), word.span())),
        helped(span_of(&first), &message, &help),
    )
}

/// `true`; nothing else has a meaning.
pub(super) fn truth(value: TokenStream) -> Recovered<Span> {
    let span = span_of(&value);
    let literal: Option<syn::LitBool> = syn::parse2(value).ok();
    match literal {
        Some(literal) if literal.value => Recovered::good(literal.span()),
        _ => Recovered::wrong(
            None,
            helped(
                span,
                "the value of `safe` must be `true`",
                "write `safe = true`, or leave it out",
            ),
        ),
    }
}

pub(super) fn a_type(dialect: Dialect, key: Key, value: &TokenStream) -> Recovered<Type> {
    let wrong = |span, found: &str| {
        helped(
            span,
            &format!("the value of `{}` must be a type, found `{found}`", key.name()),
            &format!("write `{}`, without quotes", key.example(dialect)),
        )
    };
    let first = value.clone().into_iter().next();
    if let Some(TokenTree::Literal(literal)) = &first {
        // A type in quotes is the type.
        let quoted: Option<LitStr> = syn::parse2(value.clone()).ok();
        let found = crate::diag::escaped(&literal.to_string());
        let Some(meant) = quoted.as_ref().and_then(|quoted| quoted.parse::<Type>().ok()) else {
            return Recovered::wrong(None, wrong(literal.span(), &found));
        };
        let text = quoted.map(|quoted| quoted.value()).unwrap_or_default();
        let error = helped(
            literal.span(),
            &format!("the value of `{}` must be a type, found `{found}`", key.name()),
            &format!("write `{} = {}`, without quotes", key.name(), crate::diag::escaped(&text)),
        );
        return Recovered::wrong(Some(meant), error);
    }
    let parse = |input: ParseStream<'_>| -> syn::Result<(Type, TokenStream)> {
        Ok((input.parse()?, input.parse()?))
    };
    match parse.parse2(value.clone()) {
        Ok((ty, rest)) if rest.is_empty() => Recovered::good(ty),
        Ok((ty, rest)) => Recovered::wrong(Some(ty), trailing(&rest)),
        Err(error) => Recovered::wrong(None, wrong(error.span(), &text_of(value))),
    }
}

/// A path, bare or in quotes.
pub(super) fn a_path(dialect: Dialect, value: TokenStream) -> Recovered<syn::Path> {
    let wrong = |span| {
        let help = format!("write `{}`", Key::Crate.example(dialect));
        helped(span, "the value of `crate` must be a path", &help)
    };
    let parse = |input: ParseStream<'_>| -> syn::Result<(syn::Path, TokenStream)> {
        if input.peek(LitStr) {
            let literal: LitStr = input.parse()?;
            let path = literal.parse_with(syn::Path::parse_mod_style);
            return Ok((path.map_err(|_| wrong(literal.span()))?, input.parse()?));
        }
        let leading = input.parse::<Option<Token![::]>>()?;
        let mut path = syn::Path::parse_mod_style(input).map_err(|error| wrong(error.span()))?;
        path.leading_colon = path.leading_colon.or(leading);
        Ok((path, input.parse()?))
    };
    let span = span_of(&value);
    match parse.parse2(value) {
        Ok((path, rest)) if rest.is_empty() => Recovered::good(path),
        Ok((path, rest)) => Recovered::wrong(Some(path), trailing(&rest)),
        Err(error) if error.to_string().contains("help:") => Recovered::wrong(None, error),
        Err(_) => Recovered::wrong(None, wrong(span)),
    }
}

//! `key = value, ...` to raw arguments; each value keeps its tokens.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Ident, LitStr, Token, Type};

use crate::diag::{Errors, closest};

const KEYS: [&str; 9] = [
    "method", "path", "name", "query", "body", "response", "doc", "safe", "crate",
];

/// What other frameworks call them.
const ALIASES: [(&str, &str); 18] = [
    ("url", "path"),
    ("uri", "path"),
    ("route", "path"),
    ("endpoint", "path"),
    ("verb", "method"),
    ("http_method", "method"),
    ("returns", "response"),
    ("return", "response"),
    ("output", "response"),
    ("ret", "response"),
    ("data", "body"),
    ("json", "body"),
    ("payload", "body"),
    ("request", "body"),
    ("params", "query"),
    ("parameters", "query"),
    ("summary", "doc"),
    ("description", "doc"),
];

/// Methods that some write as a key.
const VERBS: [&str; 5] = ["get", "post", "patch", "put", "delete"];

/// The arguments of one attribute, as far as they could be read.
#[derive(Default)]
pub(crate) struct RawArgs {
    pub(crate) method: Option<LitStr>,
    pub(crate) path: Option<LitStr>,
    pub(crate) name: Option<LitStr>,
    pub(crate) query: Option<Type>,
    pub(crate) body: Option<Type>,
    pub(crate) response: Option<Type>,
    pub(crate) doc: Option<LitStr>,
    /// Where `safe = true` stands.
    pub(crate) safe: Option<Span>,
    pub(crate) krate: Option<syn::Path>,
    /// Keys that were given, though their value could not be read.
    broken: Vec<String>,
    /// Keys that were meant by an unknown one.
    misspelled: Vec<&'static str>,
}

/// Reads all arguments; what cannot be read is reported and left out.
pub(crate) fn parse(args: TokenStream, errors: &mut Errors) -> RawArgs {
    let mut raw = RawArgs::default();
    let (arguments, meant) = split(args, errors);
    raw.broken = meant;
    for (key, value) in arguments {
        let name = key.unraw().to_string();
        if !KEYS.contains(&name.as_str()) {
            let alias = ALIASES.iter().find(|(alias, _)| *alias == name);
            if let Some((_, meant)) = alias {
                raw.misspelled.push(meant);
                errors.help(
                    key.span(),
                    format!("`{name}` is called `{meant}` here"),
                    format!("write `{meant} = ...`"),
                );
                continue;
            }
            if VERBS.contains(&name.to_lowercase().as_str()) {
                raw.misspelled.extend(["method", "path"]);
                errors.help(
                    key.span(),
                    format!("method `{name}` is written as a value"),
                    format!(
                        "write `method = \"{}\", path = \"...\"`",
                        name.to_uppercase()
                    ),
                );
                continue;
            }
            let help = match closest(&name, &KEYS) {
                Some(near) => {
                    // What was meant is not reported as missing on top.
                    raw.misspelled.push(near);
                    format!("did you mean `{near}`?")
                }
                None => format!("the keys are `{}`", KEYS.join("`, `")),
            };
            errors.help(key.span(), format!("unknown key `{name}`"), help);
            continue;
        }
        if raw.has(&name) {
            errors.help(
                key.span(),
                format!("duplicate key `{name}`"),
                format!("remove one of the two `{name}`"),
            );
            continue;
        }
        if let Err(error) = raw.set(&name, &key, value.clone()) {
            raw.broken.push(name);
            raw.broken.extend(swallowed(value));
            errors.push(error);
        }
    }
    raw
}

/// The keys behind a missing comma, which stand in the value before it.
fn swallowed(value: Option<TokenStream>) -> Vec<String> {
    let tokens: Vec<TokenTree> = value.into_iter().flatten().collect();
    tokens
        .windows(2)
        .filter_map(|pair| match pair {
            [TokenTree::Ident(key), TokenTree::Punct(punct)] if punct.as_char() == '=' => {
                Some(key.to_string())
            }
            _ => None,
        })
        .collect()
}

impl RawArgs {
    /// Whether a key was meant, though it has no value that could be read: reported already.
    pub(crate) fn is_broken(&self, key: &str) -> bool {
        self.broken.iter().any(|broken| broken == key) || self.misspelled.contains(&key)
    }

    fn has(&self, key: &str) -> bool {
        self.broken.iter().any(|broken| broken == key)
            || match key {
                "method" => self.method.is_some(),
                "path" => self.path.is_some(),
                "name" => self.name.is_some(),
                "query" => self.query.is_some(),
                "body" => self.body.is_some(),
                "response" => self.response.is_some(),
                "doc" => self.doc.is_some(),
                "safe" => self.safe.is_some(),
                _ => self.krate.is_some(),
            }
    }

    fn set(&mut self, name: &str, key: &Ident, value: Option<TokenStream>) -> syn::Result<()> {
        let example = match name {
            "method" => "method = \"GET\"",
            "path" => "path = \"/unified/e-signature/users/<id>\"",
            "name" => "name = \"find_user\"",
            "query" => "query = ListUsers",
            "body" => "body = NewUser",
            "response" => "response = User",
            "doc" => "doc = \"Lists the users.\"",
            "safe" => "safe = true",
            _ => "crate = \"my_crate::truto_core\"",
        };
        let value = value.ok_or_else(|| {
            crate::diag::helped(
                key.span(),
                &format!("key `{name}` has no value"),
                &format!("write `{example}`"),
            )
        })?;
        let text = |value| text(name, example, &value);
        match name {
            "method" => self.method = Some(text(value)?),
            "path" => self.path = Some(text(value)?),
            "name" => self.name = Some(text(value)?),
            "doc" => self.doc = Some(text(value)?),
            "safe" => self.safe = Some(truth(value)?),
            "query" => self.query = Some(a_type(name, example, &value)?),
            "body" => self.body = Some(a_type(name, example, &value)?),
            "response" => self.response = Some(a_type(name, example, &value)?),
            _ => self.krate = Some(a_path(example, value)?),
        }
        Ok(())
    }
}

/// `true`; nothing else has a meaning.
fn truth(value: TokenStream) -> syn::Result<Span> {
    let span = value
        .clone()
        .into_iter()
        .next()
        .map_or_else(Span::call_site, |token| token.span());
    let literal: Option<syn::LitBool> = syn::parse2(value).ok();
    match literal {
        Some(literal) if literal.value => Ok(literal.span()),
        _ => Err(crate::diag::helped(
            span,
            "the value of `safe` must be `true`",
            "write `safe = true`, or leave it out",
        )),
    }
}

type Argument = (Ident, Option<TokenStream>);

/// An argument that could not be read, and the keys that it was meant to give.
struct Unread {
    error: syn::Error,
    meant: Vec<String>,
}

/// Splits at the commas between arguments. Types hold commas too (`HashMap<A, B>`), so angle
/// brackets are counted.
fn split(args: TokenStream, errors: &mut Errors) -> (Vec<Argument>, Vec<String>) {
    let mut arguments = Vec::new();
    let mut meant = Vec::new();
    let mut tokens = args.into_iter().peekable();
    while let Some(first) = tokens.next() {
        let mut rest = Vec::new();
        let mut depth = 0_i32;
        let mut previous = ' ';
        for token in tokens.by_ref() {
            if let TokenTree::Punct(punct) = &token {
                match punct.as_char() {
                    '<' => depth += 1,
                    '>' if previous != '-' => depth -= 1,
                    ',' if depth <= 0 => break,
                    _ => {}
                }
                previous = punct.as_char();
            } else {
                previous = ' ';
            }
            rest.push(token);
        }
        match argument(first, rest) {
            Ok(argument) => arguments.push(argument),
            Err(unread) => {
                errors.push(unread.error);
                meant.extend(unread.meant);
            }
        }
    }
    (arguments, meant)
}

fn argument(first: TokenTree, rest: Vec<TokenTree>) -> Result<Argument, Unread> {
    let TokenTree::Ident(key) = first else {
        let (message, help) = match &first {
            TokenTree::Punct(punct) if punct.as_char() == ',' => {
                ("unexpected `,`".to_owned(), "remove one of the commas")
            }
            _ => (
                format!("expected a key, found `{first}`"),
                "write `method = \"GET\", path = \"/unified/e-signature/users\"`",
            ),
        };
        // A bare text was meant as the whole declaration.
        let meant = match &first {
            TokenTree::Literal(_) => vec!["method".to_owned(), "path".to_owned()],
            _ => Vec::new(),
        };
        return Err(Unread {
            error: crate::diag::helped(first.span(), &message, help),
            meant,
        });
    };
    let mut rest = rest.into_iter().peekable();
    match rest.next() {
        None => Ok((key, None)),
        Some(TokenTree::Punct(punct)) if punct.as_char() == '=' => {
            let doubled = matches!(rest.peek(), Some(TokenTree::Punct(next)) if matches!(next.as_char(), '=' | '>'));
            if doubled {
                return Err(not_an_equals_sign(&key, punct.span()));
            }
            let value: TokenStream = rest.collect();
            Ok((key, (!value.is_empty()).then_some(value)))
        }
        Some(other) => Err(not_an_equals_sign(&key, other.span())),
    }
}

fn not_an_equals_sign(key: &Ident, span: Span) -> Unread {
    let name = key.unraw().to_string();
    let meant = ALIASES
        .iter()
        .find(|(alias, _)| *alias == name)
        .map_or(&*name, |(_, meant)| meant);
    Unread {
        error: crate::diag::helped(
            span,
            &format!("expected `=` after `{key}`"),
            &format!("write `{key} = ...`"),
        ),
        meant: vec![meant.to_owned()],
    }
}

/// Tells a missing comma from other garbage behind a value.
fn trailing(rest: &TokenStream) -> syn::Error {
    let span = rest
        .clone()
        .into_iter()
        .next()
        .map_or_else(Span::call_site, |token| token.span());
    let mut tokens = rest.clone().into_iter();
    let is_key = matches!(
        (tokens.next(), tokens.next()),
        (Some(TokenTree::Ident(_)), Some(TokenTree::Punct(punct))) if punct.as_char() == '='
    );
    if is_key {
        crate::diag::helped(
            span,
            "expected `,` between two arguments",
            "add a comma before this key",
        )
    } else {
        crate::diag::helped(
            span,
            "unexpected tokens after the value",
            "separate arguments with `,`",
        )
    }
}

fn text(name: &str, example: &str, value: &TokenStream) -> syn::Result<LitStr> {
    let mut tokens = value.clone().into_iter();
    let first: TokenStream = tokens.next().into_iter().collect();
    let literal: LitStr = syn::parse2(first.clone()).map_err(|_| {
        let span = first
            .clone()
            .into_iter()
            .next()
            .map_or_else(Span::call_site, |t| t.span());
        let help = match first.clone().into_iter().next() {
            // A single word was meant as text; a path or a macro call was not.
            Some(TokenTree::Ident(word)) if value.clone().into_iter().count() == 1 => {
                format!("write `{name} = \"{word}\"`")
            }
            _ => format!("write `{example}`"),
        };
        crate::diag::helped(
            span,
            &format!("the value of `{name}` must be a string literal, found `{value}`"),
            &help,
        )
    })?;
    let rest: TokenStream = tokens.collect();
    if rest.is_empty() {
        Ok(literal)
    } else {
        Err(trailing(&rest))
    }
}

fn a_type(name: &str, example: &str, value: &TokenStream) -> syn::Result<Type> {
    let wrong = |span, found: &str| {
        crate::diag::helped(
            span,
            &format!("the value of `{name}` must be a type, found `{found}`"),
            &format!("write `{example}`, without quotes"),
        )
    };
    let first = value.clone().into_iter().next();
    if let Some(TokenTree::Literal(literal)) = first {
        return Err(wrong(literal.span(), &literal.to_string()));
    }
    let parse = |input: ParseStream<'_>| -> syn::Result<(Type, TokenStream)> {
        Ok((input.parse()?, input.parse()?))
    };
    let (ty, rest) = parse
        .parse2(value.clone())
        .map_err(|error| wrong(error.span(), &value.to_string()))?;
    if rest.is_empty() {
        Ok(ty)
    } else {
        Err(trailing(&rest))
    }
}

/// A path, bare or in quotes.
fn a_path(example: &str, value: TokenStream) -> syn::Result<syn::Path> {
    let wrong = |span| {
        crate::diag::helped(
            span,
            "the value of `crate` must be a path",
            &format!("write `{example}`"),
        )
    };
    let parse = |input: ParseStream<'_>| -> syn::Result<syn::Path> {
        if input.peek(LitStr) {
            let literal: LitStr = input.parse()?;
            return literal
                .parse_with(syn::Path::parse_mod_style)
                .map_err(|_| wrong(literal.span()));
        }
        let leading = input.parse::<Option<Token![::]>>()?;
        let mut path = syn::Path::parse_mod_style(input).map_err(|error| wrong(error.span()))?;
        path.leading_colon = path.leading_colon.or(leading);
        Ok(path)
    };
    let span = value
        .to_token_stream()
        .into_iter()
        .next()
        .map_or_else(Span::call_site, |t| t.span());
    parse.parse2(value).map_err(|error| {
        if error.to_string().contains("help:") {
            error
        } else {
            wrong(span)
        }
    })
}

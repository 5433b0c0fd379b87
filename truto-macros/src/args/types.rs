//! The value of a key that takes a type.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;
use syn::parse::{ParseStream, Parser as _};
use syn::{LitStr, Type, parse_quote};

use super::key::Key;
use super::lifetimes;
use super::mistake::Mistake;
use super::show::{first_span, found};
use super::text;
use super::value::{Read, Value};

/// Reads a type; an expression is read as the type in it.
pub(super) fn parse_type(key: Key, value: &TokenStream) -> Read {
    let typed = |ty: Type| Value::Type(Box::new(ty));
    let not_a_type = || {
        let found = found(value);
        let message = format!("the value of `{}` must be a type, found `{found}`", key.name());
        Mistake::new(first_span(value), message)
    };
    let parse = |input: ParseStream<'_>| -> syn::Result<(Type, TokenStream)> {
        Ok((input.parse()?, input.parse()?))
    };
    if let Some(meant) = quoted_type(key, value) {
        let meant = typed(meant);
        let help = format!("write `{}`, without quotes", meant.argument(key));
        return Read::wrong(Some(meant), not_a_type().help(help));
    }
    match parse.parse2(value.clone()) {
        Ok((Type::Infer(_) | Type::ImplTrait(_), _)) => Read::wrong(None, not_a_type()),
        Err(_) => Read::wrong(closed(value).map(typed), not_a_type()),
        Ok((Type::Macro(expression), _)) if is_expression(&expression) => {
            Read::wrong(None, not_a_type())
        }
        Ok((ty, rest)) if key == Key::Response && rest.is_empty() && owned(&ty).is_some() => {
            let message = format!("a response must own its data, found `{}`", found(value));
            Read::wrong(owned(&ty).map(typed), Mistake::new(first_span(value), message))
        }
        Ok((Type::TraitObject(_), rest)) if key == Key::Response && rest.is_empty() => {
            let message = format!("a response must be a sized type, found `{}`", found(value));
            Read::wrong(None, Mistake::new(first_span(value), message))
        }
        Ok((ty, rest)) if rest.is_empty() => lifetimes::check(key, ty),
        Ok((ty, rest)) => match rest.clone().into_iter().next() {
            // `ListUsers::default()`, `ListUsers { status: None }`, `Json(NewUser)`, `User[]`
            Some(TokenTree::Group(group)) => {
                Read::wrong(before_group(ty, &group).map(typed), not_a_type())
            }
            // `body(content = NewUser, …)`, `query(status = String)`
            Some(TokenTree::Punct(next)) if next.as_char() == '=' => {
                Read::wrong(content(&ty, rest).map(typed), not_a_type())
            }
            // `body = deal: NewDeal`; a query may have such a field.
            Some(TokenTree::Punct(next)) if next.as_char() == ':' && key != Key::Query => {
                let ty = syn::parse2(rest.into_iter().skip(1).collect()).ok();
                Read::wrong(ty.map(typed), not_a_type())
            }
            // `query(status: String, id: u64)`
            Some(TokenTree::Punct(next)) if ":,".contains(next.as_char()) => {
                Read::wrong(None, not_a_type())
            }
            _ => {
                let mistake = Mistake::new(first_span(&rest), "unexpected tokens after the value");
                Read::wrong(Some(typed(ty)), mistake)
            }
        },
    }
}

/// The type that a literal contains as text.
fn quoted_type(key: Key, value: &TokenStream) -> Option<Type> {
    let text = text::intended(key, value)
        .filter(|_| text::is_quoted(value) && text::is_converted(value))?;
    LitStr::new(text.trim(), first_span(value)).parse().ok()
}

/// The type in `content = NewUser, …`, as utoipa describes a body.
fn content(key: &Type, rest: TokenStream) -> Option<Type> {
    let words = ["content", "schema", "body", "ty"];
    let is_content =
        matches!(key, Type::Path(path) if words.iter().any(|word| path.path.is_ident(word)));
    let tokens = rest.into_iter().skip(1).filter(|_| is_content);
    let parse = |input: ParseStream<'_>| -> syn::Result<Type> {
        let ty = input.parse()?;
        input.parse::<TokenStream>()?;
        Ok(ty)
    };
    parse.parse2(tokens.collect()).ok()
}

/// Macros that expand to values, not types.
fn is_expression(macro_type: &syn::TypeMacro) -> bool {
    let name = macro_type.mac.path.segments.last().map(|segment| segment.ident.to_string());
    name.is_some_and(|name| ["json", "vec", "format", "concat", "stringify"].contains(&&*name))
}

/// The type that owns what a reference borrows, or a type without a size.
fn owned(ty: &Type) -> Option<Type> {
    match ty {
        Type::Reference(reference) => {
            Some(owned(&reference.elem).unwrap_or_else(|| (*reference.elem).clone()))
        }
        Type::Path(path) if path.path.is_ident("str") => Some(parse_quote!(String)),
        Type::Slice(slice) => {
            let element = &slice.elem;
            Some(parse_quote!(Vec<#element>))
        }
        _ => None,
    }
}

/// The type with its missing `>` added: `Vec<Option<User>`. `None` if arguments are missing as well, as
/// while the type is typed: `Vec<`, `HashMap<String`.
fn closed(value: &TokenStream) -> Option<Type> {
    let mut closed = value.clone();
    let tokens: Vec<_> = value.clone().into_iter().collect();
    let is_end = match &*tokens {
        [.., TokenTree::Punct(mark), _] if mark.as_char() == '\'' => false,
        [.., TokenTree::Punct(mark)] => mark.as_char() == '>',
        _ => true,
    };
    let text = value.to_string();
    let is_map = ["HashMap", "BTreeMap"].iter().any(|map| text.contains(map));
    if !is_end || (is_map && !text.contains(',')) {
        return None;
    }
    (0..MAX_DEPTH).find_map(|_| {
        closed.extend(quote!(>));
        syn::parse2(closed.clone()).ok()
    })
}

/// The number of missing `>` that are tried; real types are rarely nested deeper.
const MAX_DEPTH: usize = 4;

/// The type in an expression: what is called, converted, or listed.
fn before_group(ty: Type, group: &Group) -> Option<Type> {
    let inner: Option<Type> = syn::parse2(group.stream()).ok();
    let wrapper = match &ty {
        Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
        _ => None,
    };
    match (group.delimiter(), inner) {
        // `User[]`, `Vec[User]`
        (Delimiter::Bracket, None) => syn::parse2(quote!(Vec<#ty>)).ok(),
        (Delimiter::Bracket, Some(inner)) => syn::parse2(quote!(#ty<#inner>)).ok(),
        (Delimiter::Parenthesis, Some(inner))
            if wrapper.is_some_and(|name| ["Json", "Form", "Query", "Some"].contains(&&*name)) =>
        {
            Some(inner)
        }
        _ => without_call(ty),
    }
}

/// The type whose function is called (`ListUsers` in `ListUsers::default`), or the type itself.
fn without_call(ty: Type) -> Option<Type> {
    let mut call = match ty {
        Type::Reference(reference) => return without_call(*reference.elem),
        Type::Path(call) => call,
        ty => return Some(ty),
    };
    let last = call.path.segments.last()?;
    if last.ident.to_string().starts_with(char::is_lowercase) {
        call.path.segments.pop();
        let segment = call.path.segments.pop()?;
        call.path.segments.push(segment);
    }
    Some(Type::Path(call))
}

//! The struct below the attribute: only its head is read, so that its fields cost nothing.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Generics, Ident, Meta, Token, Visibility, WhereClause};

use crate::diag::helped;
use crate::dialect::Dialect;

/// A struct, and the endpoints stacked on it.
pub(crate) struct Item {
    /// The item without our attributes, as it is emitted.
    pub(crate) tokens: TokenStream,
    /// The arguments of the attributes below the one that is expanded.
    pub(crate) siblings: Vec<(Dialect, Span, TokenStream)>,
    /// The bare names under which they stand.
    pub(crate) imported: Vec<Ident>,
    /// The head, if the item is a struct that can have endpoints.
    pub(crate) head: syn::Result<Head>,
}

pub(crate) struct Head {
    pub(crate) visibility: Visibility,
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    /// `#[cfg]`s of the struct, which the generated items need too.
    pub(crate) cfgs: Vec<Attribute>,
    /// `#[allow]`s that the generated items need: those of the struct, and for a deprecated struct.
    pub(crate) allows: Vec<TokenStream>,
}

/// Reads the item; one that cannot be read at all is emitted as it is.
pub(crate) fn parse(item: TokenStream) -> Item {
    let read = |input: ParseStream<'_>| -> syn::Result<Item> {
        let attributes = Attribute::parse_outer(input)?;
        let (ours, others): (Vec<_>, Vec<_>) =
            attributes.into_iter().partition(|attribute| dialect(attribute).is_some());
        let siblings = ours
            .iter()
            .filter_map(|attribute| {
                let dialect = dialect(attribute)?;
                let span = attribute
                    .path()
                    .segments
                    .last()
                    .map_or_else(Span::call_site, |s| s.ident.span());
                let args = match &attribute.meta {
                    Meta::List(list) => list.tokens.clone(),
                    _ => TokenStream::new(),
                };
                Some((dialect, span, args))
            })
            .collect();
        let body: TokenStream = input.parse()?;
        let cfgs =
            others.iter().filter(|attribute| attribute.path().is_ident("cfg")).cloned().collect();
        let allows = allows(&others);
        let mut imported: Vec<Ident> = Vec::new();
        for name in ours.iter().filter_map(|attribute| attribute.path().get_ident()) {
            if !imported.contains(name) {
                imported.push(name.clone());
            }
        }
        Ok(Item {
            imported,
            tokens: quote!(#(#others)* #body),
            siblings,
            head: (|input: ParseStream<'_>| parse_head(input, cfgs, allows)).parse2(body),
        })
    };
    read.parse2(item.clone()).unwrap_or_else(|error| Item {
        tokens: item,
        siblings: Vec::new(),
        imported: Vec::new(),
        head: Err(error),
    })
}

/// Which of our attributes it is: under its own name, alone or behind a crate of ours.
fn dialect(attribute: &Attribute) -> Option<Dialect> {
    let segments: Vec<String> =
        attribute.path().segments.iter().map(|segment| segment.ident.to_string()).collect();
    let name = match &*segments {
        [name] => name,
        [krate, name] if krate == "truto_core" || krate == "truto_macros" => name,
        _ => return None,
    };
    Dialect::from_name(name)
}

/// What the struct allows, its generated items are allowed, too. An expectation is met by the struct.
fn allows(attributes: &[Attribute]) -> Vec<TokenStream> {
    let mut allows = Vec::new();
    for attribute in attributes {
        let path = attribute.path();
        if path.is_ident("allow") || path.is_ident("expect") {
            if let Meta::List(list) = &attribute.meta {
                let lints = &list.tokens;
                allows.push(quote!(#[allow(#lints)]));
            }
        } else if path.is_ident("deprecated") {
            allows.push(quote!(#[allow(deprecated)]));
        }
    }
    allows
}

fn parse_head(
    input: ParseStream<'_>,
    cfgs: Vec<Attribute>,
    allows: Vec<TokenStream>,
) -> syn::Result<Head> {
    let visibility: Visibility = input.parse()?;
    if !input.peek(Token![struct]) {
        let rest: TokenStream = input.parse()?;
        return Err(not_a_struct(&rest));
    }
    input.parse::<Token![struct]>()?;
    let ident: Ident = input.parse()?;
    let mut generics: Generics = input.parse()?;
    if let Some(lifetime) = generics.lifetimes().next() {
        return Err(helped(
            lifetime.lifetime.span(),
            "a response struct cannot borrow: lifetime parameters are not allowed",
            "own the data, for example `String` instead of `&'a str`",
        ));
    }
    // Behind the head stand a where clause and the fields, in this order or the other.
    while !input.is_empty() {
        if input.peek(Token![where]) {
            generics.where_clause = Some(input.parse::<WhereClause>()?);
        } else {
            input.parse::<TokenTree>()?;
        }
    }
    Ok(Head { visibility, ident, generics, cfgs, allows })
}

fn not_a_struct(rest: &TokenStream) -> syn::Error {
    let mut tokens = rest.clone().into_iter().filter(
        |token| !matches!(token, TokenTree::Group(group) if group.delimiter() != Delimiter::None),
    );
    let keyword = tokens.next();
    let span = keyword.as_ref().map_or_else(Span::call_site, TokenTree::span);
    let word = keyword.to_token_stream().to_string();
    let help = match word.as_str() {
        "enum" => "wrap the enum in a struct: `struct Response(TheEnum);`",
        "union" => "write a struct that derives `serde::Deserialize`",
        _ => "put it above the struct that the endpoint returns",
    };
    helped(span, "`#[unified_endpoint]` goes on a struct", help)
}

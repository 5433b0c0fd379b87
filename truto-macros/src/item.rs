//! The struct below the attribute: only its head is read, so that its fields cost nothing.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Generics, Ident, Meta, Token, Visibility, WhereClause};

use crate::diag::helped;

/// A struct, and the endpoints stacked on it.
pub(crate) struct Item {
    /// The item without our attributes, as it is emitted.
    pub(crate) tokens: TokenStream,
    /// The arguments of the attributes below the one that is expanded.
    pub(crate) siblings: Vec<(Span, TokenStream)>,
    /// The head, if the item is a struct that can have endpoints.
    pub(crate) head: syn::Result<Head>,
}

pub(crate) struct Head {
    pub(crate) visibility: Visibility,
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    /// `#[cfg]`s of the struct, which the generated items need too.
    pub(crate) cfgs: Vec<Attribute>,
}

/// Reads the item; one that cannot be read at all is emitted as it is.
pub(crate) fn parse(item: TokenStream) -> Item {
    let read = |input: ParseStream<'_>| -> syn::Result<Item> {
        let attributes = Attribute::parse_outer(input)?;
        let (ours, others): (Vec<_>, Vec<_>) = attributes.into_iter().partition(is_ours);
        let siblings = ours
            .iter()
            .map(|attribute| {
                let span = attribute
                    .path()
                    .segments
                    .last()
                    .map_or_else(Span::call_site, |s| s.ident.span());
                let args = match &attribute.meta {
                    Meta::List(list) => list.tokens.clone(),
                    _ => TokenStream::new(),
                };
                (span, args)
            })
            .collect();
        let body: TokenStream = input.parse()?;
        let cfgs = others
            .iter()
            .filter(|attribute| attribute.path().is_ident("cfg"))
            .cloned()
            .collect();
        Ok(Item {
            tokens: quote!(#(#others)* #body),
            siblings,
            head: (|input: ParseStream<'_>| parse_head(input, cfgs)).parse2(body),
        })
    };
    read.parse2(item.clone()).unwrap_or_else(|error| Item {
        tokens: item,
        siblings: Vec::new(),
        head: Err(error),
    })
}

fn is_ours(attribute: &Attribute) -> bool {
    let path = attribute.path();
    path.segments
        .last()
        .is_some_and(|segment| segment.ident == "unified_endpoint")
}

fn parse_head(input: ParseStream<'_>, cfgs: Vec<Attribute>) -> syn::Result<Head> {
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
            "own the data, for example `String` in place of `&'a str`",
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
    Ok(Head {
        visibility,
        ident,
        generics,
        cfgs,
    })
}

fn not_a_struct(rest: &TokenStream) -> syn::Error {
    let mut tokens = rest.clone().into_iter().filter(
        |token| !matches!(token, TokenTree::Group(group) if group.delimiter() != Delimiter::None),
    );
    let keyword = tokens.next();
    let span = keyword
        .as_ref()
        .map_or_else(Span::call_site, TokenTree::span);
    let word = keyword.to_token_stream().to_string();
    let help = match word.as_str() {
        "enum" => "wrap the enum in a struct: `struct Answer(TheEnum);`",
        "union" => "write a struct that derives `serde::Deserialize`",
        _ => "put it above the struct that the endpoint answers with",
    };
    helped(span, "`#[unified_endpoint]` goes on a struct", help)
}

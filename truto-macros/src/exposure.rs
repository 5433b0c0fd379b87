//! Lets rustc report types that are more private than a public struct.
//!
//! The functions of a public struct are marked as generated, because `unreachable_pub` would offer to
//! rewrite their paths. That also silences `private_interfaces`, which rustc reports at the same place.
//! Therefore each type is named once more, by a constant in an implementation of the hidden trait
//! `Exposes`: `unreachable_pub` ignores the items of traits.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::{Type, Visibility};

use crate::check::{Function, Output};
use crate::decodable::leaves;
use crate::item::Head;
use crate::place::Place;

/// One implementation for each type that may be more private than the struct.
pub(crate) fn checks(head: &Head, functions: &[Function]) -> TokenStream {
    if !matches!(head.visibility, Visibility::Public(_)) {
        return TokenStream::new();
    }
    let name = &head.ident;
    let (impl_generics, type_generics, where_clause) = head.generics.split_for_impl();
    types(functions, name)
        .into_iter()
        .map(|Exposed { ty, function, key }| {
            let krate = &function.runtime;
            let number = Literal::u32_unsuffixed(number(function, key));
            // rustc underlines the constant from its first to its last token, so these have the type's spans.
            let spans = || ty.to_token_stream().into_iter().map(|token| token.span());
            let first = spans().next().map(|span| quote_spanned!(Place::new(span).start=> const));
            let last = spans().last().map(|span| quote_spanned!(Place::new(span).end=> ;));
            // The type may contain elided lifetimes, which a parameter of a function pointer allows.
            quote! {
                impl #impl_generics #krate::Exposes<#number> for #name #type_generics #where_clause {
                    #first TYPE: <fn(&#ty) as #krate::Erased>::Unit = () #last
                }
            }
        })
        .collect()
}

/// A type in the signature of a function.
struct Exposed<'f> {
    ty: &'f Type,
    function: &'f Function,
    key: &'static str,
}

/// The types in the signatures, each once.
fn types<'f>(functions: &'f [Function], own: &Ident) -> Vec<Exposed<'f>> {
    let mut seen: Vec<String> = Vec::new();
    let mut types = Vec::new();
    for function in functions {
        let response = match &function.output {
            Output::Given(ty) => Some(&**ty),
            Output::Page | Output::Record | Output::Deleted => None,
        };
        let (query, body) = (function.query.as_ref(), function.body.as_ref());
        for (key, ty) in [("query", query), ("body", body), ("response", response)] {
            let Some(ty) = ty else {
                continue;
            };
            let text = ty.to_token_stream().to_string();
            let is_own = |leaf: &&Type| matches!(leaf, Type::Path(path) if path.path.is_ident("Self") || path.path.is_ident(own));
            if !leaves(ty).iter().all(is_own) && !seen.contains(&text) {
                seen.push(text);
                types.push(Exposed { ty, function, key });
            }
        }
    }
    types
}

/// The number of an implementation. It is a hash (FNV-1a) instead of an index, because the attributes of a
/// struct may be expanded one by one, under an alias for example, and do not know of each other.
fn number(function: &Function, key: &str) -> u32 {
    let text = format!("{} {} {key}", function.name, function.route);
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

//! A check in the output that every response can be decoded.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{GenericArgument, GenericParam, Generics, PathArguments, Type};

use crate::check::{Function, Output};
use crate::item::Head;

/// Tells at the type, in the runtime's words, that it cannot be decoded.
pub(crate) fn assertion(head: &Head, functions: &[Function]) -> TokenStream {
    let (cfgs, allows) = (&head.cfgs, &head.allows);
    let ident = &head.ident;
    let mut checks = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    for function in functions {
        let krate = function.runtime();
        let (ty, span, check): (TokenStream, Span, &str) = match &function.output {
            // Where a generic struct can be decoded is known only where it is used.
            Output::Given(ty) if is_concrete(ty.to_token_stream(), &head.generics) => {
                let (inner, check) = match wrapped(ty) {
                    Some(inner) => (inner, "record"),
                    None => (&**ty, "output"),
                };
                let own = without_self(inner.to_token_stream(), ident);
                (own, inner.span(), check)
            }
            _ if head.generics.params.is_empty() => (quote!(#ident), ident.span(), "record"),
            _ => continue,
        };
        let text = ty.to_string();
        if seen.contains(&text) {
            continue;
        }
        seen.push(text);
        let check = Ident::new(check, Span::call_site());
        checks.push(quote_spanned!(span=> #krate::__private::#check::<#ty>();));
    }
    if checks.is_empty() {
        return TokenStream::new();
    }
    quote! {
        #(#cfgs)*
        #(#allows)*
        const _: () = { #(#checks)* };
    }
}

/// The type within wrappers that can be decoded whenever it can, so that the error points to it.
fn wrapped(ty: &Type) -> Option<&Type> {
    const WRAPPERS: [&str; 5] = ["Box", "Deleted", "Option", "Page", "Vec"];
    let Type::Path(path) = ty else {
        return None;
    };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(inner)
            if arguments.args.len() == 1 && WRAPPERS.iter().any(|name| last.ident == name) =>
        {
            Some(wrapped(inner).unwrap_or(inner))
        }
        _ => None,
    }
}

/// Whether the type names no parameter of the struct, and not the struct itself with its parameters.
fn is_concrete(ty: TokenStream, generics: &Generics) -> bool {
    let is_parameter = |word: &Ident| {
        generics.params.iter().any(|parameter| match parameter {
            GenericParam::Type(ty) => ty.ident == *word,
            GenericParam::Const(constant) => constant.ident == *word,
            GenericParam::Lifetime(_) => false,
        })
    };
    ty.into_iter().all(|token| match token {
        TokenTree::Ident(word) => {
            !is_parameter(&word) && (word != "Self" || generics.params.is_empty())
        }
        TokenTree::Group(group) => is_concrete(group.stream(), generics),
        _ => true,
    })
}

/// The type with the struct's own name instead of `Self`, which has no meaning outside of the impl.
fn without_self(ty: TokenStream, ident: &Ident) -> TokenStream {
    ty.into_iter()
        .map(|token| match token {
            TokenTree::Ident(word) if word == "Self" => {
                let mut own = ident.clone();
                own.set_span(word.span());
                TokenTree::Ident(own)
            }
            TokenTree::Group(group) => {
                let inner = without_self(group.stream(), ident);
                let mut new = Group::new(group.delimiter(), inner);
                new.set_span(group.span());
                TokenTree::Group(new)
            }
            other => other,
        })
        .collect()
}

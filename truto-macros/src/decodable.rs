//! Generates a check that every response can be decoded.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{GenericArgument, GenericParam, Generics, PathArguments, Type, parse_quote};

use crate::check::{Function, Output};
use crate::item::Head;
use crate::tokens::at;

/// Code that fails to compile at a type that cannot be decoded, with the message of the runtime's
/// trait.
pub(crate) fn checks(head: &Head, functions: &[Function]) -> TokenStream {
    let ident = &head.ident;
    let mut checks = TokenStream::new();
    let mut seen: Vec<String> = Vec::new();
    for function in functions {
        let (ty, within) = match &function.output {
            // The bounds of a generic struct are known only at its use.
            Output::Given(ty) if is_concrete(ty.to_token_stream(), &head.generics) => (
                without_self(ty.to_token_stream(), ident),
                only_leaf(ty).map(|leaf| without_self(leaf.to_token_stream(), ident)),
            ),
            _ if head.generics.params.is_empty() => (quote!(#ident), None),
            _ => continue,
        };
        let text = ty.to_string();
        // One check per type: rustc would repeat its error for each of them.
        if seen.contains(&text) {
            continue;
        }
        seen.push(text);
        let span = within.as_ref().unwrap_or(&ty).span();
        let krate = at(span, function.runtime.to_token_stream());
        checks.extend(match within {
            None => quote_spanned!(span=> #krate::Request::<()>::returns::<#ty>();),
            Some(leaf) => {
                quote_spanned!(span=> #krate::Request::<#ty>::returns_with::<#leaf>();)
            }
        });
    }
    checks
}

/// The implementation that the derive macro could not generate, so that calls do not cause further errors.
///
/// It names the trait by the path of the macro: rustc would show a path of the runtime in all errors about
/// the trait.
pub(crate) fn stand_in(head: &Head, functions: &[Function], derived: &syn::Path) -> TokenStream {
    let Some(Function { runtime: krate, .. }) = functions.first() else {
        return TokenStream::new();
    };
    let ident = &head.ident;
    let mut generics = head.generics.clone();
    generics.params.insert(0, parse_quote!('de));
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let (_, type_generics, _) = head.generics.split_for_impl();
    // Names of types are not hygienic, and the struct may have a parameter `D`.
    let deserializer = Ident::new("__TrutoDeserializer", Span::mixed_site());
    quote! {
        impl #impl_generics #derived<'de> for #ident #type_generics #where_clause {
            fn deserialize<#deserializer: #krate::Deserializer<'de>>(
                _: #deserializer,
            ) -> ::core::result::Result<Self, #deserializer::Error> {
                loop {}
            }
        }
    }
}

/// The only type within well-known containers that may lack an implementation. It is only named in the
/// error: the containers are recognized by name alone, so the check itself covers the whole type.
fn only_leaf(ty: &Type) -> Option<&Type> {
    match *leaves(ty) {
        [leaf] if !std::ptr::eq(leaf, ty) => Some(leaf),
        _ => None,
    }
}

/// The types within well-known containers, without those of the standard library and of the runtime.
pub(crate) fn leaves(ty: &Type) -> Vec<&Type> {
    let mut leaves = Vec::new();
    add_leaves(ty, &mut leaves);
    leaves
}

fn add_leaves<'a>(ty: &'a Type, leaves: &mut Vec<&'a Type>) {
    match ty {
        Type::Array(array) => add_leaves(&array.elem, leaves),
        Type::Group(group) => add_leaves(&group.elem, leaves),
        Type::Paren(paren) => add_leaves(&paren.elem, leaves),
        Type::Tuple(tuple) => tuple.elems.iter().for_each(|ty| add_leaves(ty, leaves)),
        Type::Path(path) => {
            let Some(last) = path.path.segments.last() else {
                return;
            };
            let name = last.ident.to_string();
            match &last.arguments {
                PathArguments::AngleBracketed(arguments) if CONTAINERS.contains(&name.as_str()) => {
                    for argument in &arguments.args {
                        if let GenericArgument::Type(ty) = argument {
                            add_leaves(ty, leaves);
                        }
                    }
                }
                PathArguments::None if DECODABLE.contains(&name.as_str()) => {}
                _ => leaves.push(ty),
            }
        }
        _ => leaves.push(ty),
    }
}

/// Types that can be decoded if their arguments can.
const CONTAINERS: [&str; 15] = [
    "Arc",
    "BTreeMap",
    "BTreeSet",
    "Box",
    "Deleted",
    "HashMap",
    "HashSet",
    "KeyedPage",
    "Option",
    "OrRaw",
    "Page",
    "Rc",
    "Vec",
    "VecDeque",
    "WithDebug",
];

/// Types that can be decoded.
const DECODABLE: [&str; 21] = [
    "Id",
    "RemoteData",
    "String",
    "Value",
    "bool",
    "char",
    "f32",
    "f64",
    "i128",
    "i16",
    "i32",
    "i64",
    "i8",
    "isize",
    "str",
    "u128",
    "u16",
    "u32",
    "u64",
    "u8",
    "usize",
];

/// True for a type that names neither a parameter of the struct nor the generic struct itself.
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

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn names_the_single_type_in_containers() {
        let grouped = Type::Group(syn::TypeGroup {
            attrs: Vec::new(),
            group_token: syn::token::Group::default(),
            elem: Box::new(parse_quote!(Vec<User>)),
        });
        for (ty, leaf) in [
            (parse_quote!(User), None),
            (parse_quote!(Vec<User>), Some("User")),
            (parse_quote!(Vec<(User)>), Some("User")),
            (parse_quote!([User; 2]), Some("User")),
            (parse_quote!((User, u8)), Some("User")),
            (parse_quote!((User, Group)), None),
            (grouped, Some("User")),
        ] {
            let found = only_leaf(&ty).map(|leaf| leaf.to_token_stream().to_string());
            assert_eq!(found.as_deref(), leaf, "{}", ty.to_token_stream());
        }
    }
}

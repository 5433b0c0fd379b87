//! The derive macros of an item.

use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Token};

/// True if serde's `Deserialize` is derived below the attribute. A derive macro above it was expanded before.
pub(crate) fn has_deserialize(attributes: &[Attribute]) -> bool {
    names(attributes).any(|names| {
        let krate = names.len().checked_sub(2).map(|at| &*names[at]);
        names.last().is_some_and(|name| name == "Deserialize")
            && krate.is_none_or(|it| it == "serde")
    })
}

/// True if the item derives an `Endpoint`; that of rustify has a helper attribute `endpoint`.
pub(crate) fn has_endpoint(attributes: &[Attribute]) -> bool {
    names(attributes).any(|names| names.last().is_some_and(|name| name == "Endpoint"))
}

/// The segments of each derived path.
fn names(attributes: &[Attribute]) -> impl Iterator<Item = Vec<String>> {
    let paths = |attribute: &Attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("derive") => {
            Punctuated::<syn::Path, Token![,]>::parse_terminated.parse2(list.tokens.clone()).ok()
        }
        _ => None,
    };
    let names = |path: syn::Path| {
        path.segments.iter().map(|segment| segment.ident.to_string()).collect::<Vec<_>>()
    };
    attributes.iter().filter_map(paths).flatten().map(names)
}

//! The derive macros of an item.

use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Path, Token};

/// The path of serde's `Deserialize`, if it is derived below the attribute. A derive macro above it was
/// expanded before.
pub(crate) fn deserialize(attributes: &[Attribute]) -> Option<Path> {
    paths(attributes).find(|path| {
        let mut names = path.segments.iter().rev().map(|segment| &segment.ident);
        let is_deserialize = names.next().is_some_and(|name| name == "Deserialize");
        is_deserialize && names.next().is_none_or(|krate| krate == "serde")
    })
}

/// True if the item derives an `Endpoint`; that of rustify has a helper attribute `endpoint`.
pub(crate) fn has_endpoint(attributes: &[Attribute]) -> bool {
    let is_endpoint = |path: Path| path.segments.last().is_some_and(|it| it.ident == "Endpoint");
    paths(attributes).any(is_endpoint)
}

/// The derived paths.
fn paths(attributes: &[Attribute]) -> impl Iterator<Item = Path> {
    let paths = |attribute: &Attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("derive") => {
            Punctuated::<Path, Token![,]>::parse_terminated.parse2(list.tokens.clone()).ok()
        }
        _ => None,
    };
    attributes.iter().filter_map(paths).flatten()
}

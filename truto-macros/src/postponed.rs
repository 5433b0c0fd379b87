//! Stacks with an attribute under another name, as after `use truto_core::unified_endpoint as route`.
//!
//! The macro cannot find out whether `#[route(…)]` is one of its attributes. Expanded one by one, two
//! endpoints of one role would implement the same trait. So an attribute above one that has the arguments of
//! an endpoint, but another name, generates nothing yet: it moves below that one, under its full path and
//! with a marker, but stays above derive macros that follow. The other attribute is then expanded first. If
//! it is an alias, it finds the moved one in its stack; if it is another crate's, the moved one is expanded
//! after it. Each attribute moves at most once.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote;
use syn::Attribute;
use syn::parse::{ParseStream, Parser as _};

use crate::dialect::Dialect;
use crate::{args, manifest};

/// Precedes the arguments of a moved attribute.
const MARKER: &str = "__postponed";

/// The arguments without the marker; `None` if there is none.
pub(crate) fn arguments(args: &TokenStream) -> Option<TokenStream> {
    let mut args = args.clone().into_iter();
    let is_marked = matches!(args.next(), Some(TokenTree::Ident(word)) if word == MARKER);
    is_marked.then(|| args.skip(1).collect())
}

/// The item with the expanded attribute at this position among its other attributes.
pub(crate) fn postpone(
    dialect: Dialect,
    args: &TokenStream,
    item: TokenStream,
    position: usize,
) -> TokenStream {
    let krate = manifest::path(args::written(args.clone()).1.as_ref());
    let [name, marker] = [dialect.name(), MARKER].map(|word| Ident::new(word, Span::call_site()));
    let moved = quote!(#[#krate::#name(#marker; #args)]);
    let insert = |input: ParseStream<'_>| {
        let attributes = Attribute::parse_outer(input)?;
        let (above, below) = attributes.split_at(position);
        let rest: TokenStream = input.parse()?;
        Ok(quote!(#(#above)* #moved #(#below)* #rest))
    };
    // Cannot fail: an alias was found among these attributes.
    insert.parse2(item).unwrap_or_default()
}

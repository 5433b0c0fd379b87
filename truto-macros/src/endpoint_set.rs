//! All endpoints of one struct, as written.

use proc_macro2::{Span, TokenStream};

use crate::diag::Errors;
use crate::dialect::Dialect;
use crate::item::{self, Item};
use crate::model::Endpoint;
use crate::sibling;

/// The input of one macro call: the struct and its endpoints, with the errors of reading them.
pub(crate) struct EndpointSet {
    pub(crate) item: Item,
    pub(crate) endpoints: Vec<Endpoint>,
    pub(crate) errors: Errors,
}

impl EndpointSet {
    pub(crate) fn parse(dialect: Dialect, args: TokenStream, item: TokenStream) -> Self {
        let mut errors = Errors::default();
        let own = Endpoint::parse(dialect, Span::call_site(), args, &mut errors);
        let mut item = item::parse(dialect, item, &mut errors);
        let siblings = std::mem::take(&mut item.siblings);
        // An attribute with a bare name already uses the import of that name.
        let bare = sibling::is_written_bare(dialect).then(|| dialect.name());
        item.imported.retain(|name| bare.is_none_or(|bare| name != bare));
        let endpoints = own.into_iter().chain(siblings).collect();
        Self { item, endpoints, errors }
    }
}

//! All endpoints of one struct, as written.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident};

use crate::diag::Errors;
use crate::dialect::Dialect;
use crate::item::{self, Item};
use crate::model::Endpoint;
use crate::named::names;
use crate::{postponed, sibling};

/// The input of one macro call: the struct and its endpoints, with the errors of reading them.
pub(crate) struct EndpointSet {
    pub(crate) item: Item,
    pub(crate) endpoints: Vec<Endpoint>,
    pub(crate) errors: Errors,
}

impl EndpointSet {
    /// The error is the expansion of an attribute that postpones itself.
    pub(crate) fn parse(
        dialect: Dialect,
        args: TokenStream,
        tokens: TokenStream,
    ) -> Result<Self, TokenStream> {
        let [mut own_errors, mut errors_below] = [Errors::default(), Errors::default()];
        let stripped = postponed::arguments(&args);
        let is_postponed = stripped.is_some();
        let args = stripped.unwrap_or(args);
        let own = Endpoint::parse(dialect, Span::call_site(), args.clone(), &mut own_errors);
        let mut item = item::parse(dialect, tokens.clone(), &mut errors_below);
        let postponed_errors = std::mem::take(&mut item.postponed_errors);
        let mut errors = Errors::default();
        // In the order of the source.
        let (first, second) = if is_postponed {
            (own_errors, postponed_errors)
        } else {
            (postponed_errors, own_errors)
        };
        for part in [first, second, errors_below] {
            errors.append(part);
        }
        if let Some(position) = item.down_to_alias.filter(|_| !is_postponed) {
            // The later expansion reports them.
            errors.discard();
            return Err(postponed::postpone(dialect, &args, tokens, position));
        }
        let siblings = std::mem::take(&mut item.siblings);
        let postponed = std::mem::take(&mut item.postponed);
        // An attribute with a bare name already uses the import of that name.
        let bare = sibling::is_written_bare(dialect).then(|| dialect.name());
        item.imported.retain(|name| bare.is_none_or(|bare| name != bare));
        let endpoints = if is_postponed {
            own.into_iter().chain(postponed).chain(siblings).collect()
        } else {
            postponed.into_iter().chain(own).chain(siblings).collect()
        };
        let mut set = Self { item, endpoints, errors };
        set.report_borrowing();
        Ok(set)
    }

    /// Reports fields that borrow. A struct that is not decoded from a response may have them.
    fn report_borrowing(&mut self) {
        let (Some(borrowing), Some(head)) = (self.item.borrowing.take(), &self.item.head.value)
        else {
            return;
        };
        let is_decoded = |endpoint: &Endpoint| {
            let written = endpoint.args.response.as_ref().map(ToTokens::to_token_stream);
            written.map_or(endpoint.derived.output.is_some(), |written| {
                names(written.clone(), &head.ident) || names(written, &format_ident!("Self"))
            })
        };
        if self.endpoints.iter().any(is_decoded) {
            self.item.tokens = borrowing.value.unwrap_or_default();
            borrowing.errors.into_iter().for_each(|error| self.errors.push(error));
        }
    }
}

//! The attributes of [`truto-core`](https://docs.rs/truto-core), which re-exports and documents them.
//!
//! Depend on `truto-core` and use `truto_core::unified_endpoint` and `truto_core::endpoint`.
#![forbid(unsafe_code)]

mod args;
mod borrowed;
mod check;
mod decodable;
mod derived;
mod diag;
mod dialect;
mod editor;
mod endpoint_set;
mod expand;
mod exposure;
mod fields;
mod item;
mod manifest;
mod method;
mod model;
mod named;
mod near_name;
mod parameters;
mod path;
mod place;
mod postponed;
mod recovered;
mod resource;
mod runtime;
mod runtime_alias;
mod secret;
mod sibling;
mod tokens;

use dialect::Dialect;
use proc_macro::TokenStream;

/// Declares an endpoint of the Truto unified API; documented on `truto_core::unified_endpoint`.
#[proc_macro_attribute]
pub fn unified_endpoint(args: TokenStream, item: TokenStream) -> TokenStream {
    endpoints(Dialect::Unified, args.into(), item.into()).into()
}

/// Declares an endpoint for a Truto route outside of `/unified/`; documented on `truto_core::endpoint`.
#[proc_macro_attribute]
pub fn endpoint(args: TokenStream, item: TokenStream) -> TokenStream {
    endpoints(Dialect::Any, args.into(), item.into()).into()
}

/// Parse, check, expand.
fn endpoints(
    dialect: Dialect,
    args: proc_macro2::TokenStream,
    item: proc_macro2::TokenStream,
) -> proc_macro2::TokenStream {
    if sibling::is_use(&args, &item) {
        return proc_macro2::TokenStream::new();
    }
    let mut expansion = proc_macro2::TokenStream::new();
    if editor::is_rust_analyzer() {
        expansion.extend(editor::completions(&args, &item));
    }
    let set = match endpoint_set::EndpointSet::parse(dialect, args, item) {
        Ok(set) => set,
        Err(postponed) => {
            expansion.extend(postponed);
            return expansion;
        }
    };
    let mut checked = check::check(set);
    // Before the expansion, since functions, traits and documentation must agree on the names.
    parameters::rename(&mut checked.functions, checked.head.as_ref());
    expansion.extend(expand::expand(checked));
    expansion
}

#[cfg(test)]
mod feedback;
#[cfg(test)]
mod tests;

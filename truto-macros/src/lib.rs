//! The attribute of [`truto-core`](https://docs.rs/truto-core), which re-exports and documents it.
//!
//! Depend on `truto-core` and use `truto_core::unified_endpoint`.
#![forbid(unsafe_code)]

mod args;
mod check;
mod diag;
mod expand;
mod item;
mod method;
mod model;
mod path;

use proc_macro::TokenStream;

/// Declares an endpoint of the Truto unified API on the struct of its answer.
///
/// The struct gets an associated function that builds the request. Stack the attribute for several
/// endpoints.
///
/// | key | value | |
/// | --- | --- | --- |
/// | `method` | `"GET"`, `"POST"`, `"PATCH"`, `"DELETE"` | required |
/// | `path` | `"/unified/<model>/<resource>..."` | required; a segment is `[A-Za-z0-9_-]+` or a placeholder `<ident>` |
/// | `name` | `"snake_case_ident"` | the function's name, in place of the derived one |
/// | `query` | a type: `Serialize` | the endpoint's own query parameters; adds the argument `query: &T` |
/// | `body` | a type: `Serialize`, or `Upload` | the request body; adds the argument `body: &T` |
/// | `response` | a type | what `send` gives back, in place of the derived one |
/// | `doc` | text | the summary of the function's documentation |
/// | `crate` | a path | where `truto_core` is, when renamed or re-exported |
///
/// | endpoint | function | gives |
/// | --- | --- | --- |
/// | `GET /unified/M/R` | `list` | `Request<Page<Self>>` |
/// | `GET /unified/M/R/<id>` | `get` | `Request<Self>` |
/// | `POST /unified/M/R` | `create` | `Request<Self>` |
/// | `PATCH /unified/M/R/<id>` | `update` | `Request<Self>` |
/// | `DELETE /unified/M/R/<id>` | `delete` | `Request<Deleted<Self>>` |
/// | `POST /unified/M/R/some-method` | `some_method` | `Request<Self>` |
/// | any other shape | needs `name` and `response` | as stated |
///
/// Arguments are the placeholders in path order (`impl Display`), then `query`, then `body`.
#[proc_macro_attribute]
pub fn unified_endpoint(args: TokenStream, item: TokenStream) -> TokenStream {
    endpoints(args.into(), item.into()).into()
}

/// Parse, check, expand.
fn endpoints(
    args: proc_macro2::TokenStream,
    item: proc_macro2::TokenStream,
) -> proc_macro2::TokenStream {
    expand::expand(check::check(model::EndpointSet::parse(args, item)))
}

#[cfg(test)]
mod tests;

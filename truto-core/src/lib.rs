#![doc = include_str!("docs/guide.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod endpoint;
mod json_text;
mod rate_limit;
mod retry_after;

mod error;

mod encode;

mod policy;

mod response;

mod request;

mod client;

mod call;

#[cfg(feature = "blocking")]
mod blocking;
#[cfg(feature = "sandbox")]
#[cfg_attr(docsrs, doc(cfg(feature = "sandbox")))]
pub mod sandbox;
#[cfg(feature = "webhooks")]
#[cfg_attr(docsrs, doc(cfg(feature = "webhooks")))]
pub mod webhooks;

#[cfg(any(doc, doctest))]
#[doc = include_str!("docs/cookbook.md")]
pub mod cookbook {}
#[cfg(any(doc, doctest))]
#[doc = include_str!("docs/migration.md")]
pub mod migration {}

#[doc(hidden)]
pub mod __private;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod properties;

pub use call::{AccountTokens, Items, Pages};
pub use client::{AccessToken, Account, AttemptInfo, Client, ClientBuilder, TokenSource};
pub use encode::{Filter, QueryParameters, RequestBody, Upload};
pub use endpoint::Endpoint;
pub use error::{ApiError, Error, ErrorInsight, ErrorKind};
pub use http::{HeaderMap, Method, StatusCode};
pub use policy::{RetryPolicy, Throttle};
pub use rate_limit::RateLimit;
pub use request::Request;
pub use response::{
    ByteStream, Deleted, Id, KeyedPage, OrRaw, Output, Page, RemoteData, Response, WithDebug,
};
/// ```
/// use truto_core::{ByteStream, Request, Upload, unified_endpoint};
///
/// // `query`: the endpoint's own parameters, an argument of the function.
/// #[unified_endpoint(method = "GET", path = "/unified/e-signature/documents", query = ListDocuments)]
/// // `body`: anything `Serialize`, or an `Upload`.
/// #[unified_endpoint(method = "POST", path = "/unified/e-signature/documents", body = Upload)]
/// // `response`: what `send` gives back in place of the derived type.
/// #[unified_endpoint(
///     method = "POST",
///     path = "/unified/e-signature/documents/download",
///     response = ByteStream
/// )]
/// // `name` and `doc`: a shape without a derived name, and its own words.
/// #[unified_endpoint(
///     method = "GET",
///     path = "/unified/e-signature/documents/<id>/pages/<number>",
///     name = "page",
///     response = serde_json::Value,
///     doc = "Gives one page of a document."
/// )]
/// // `crate`: where this crate is, if it has another name.
/// #[unified_endpoint(
///     method = "DELETE",
///     path = "/unified/e-signature/documents/<id>",
///     crate = "::truto_core"
/// )]
/// #[derive(serde::Deserialize)]
/// pub struct Document {
///     pub id: Option<String>,
/// }
///
/// #[derive(Default, serde::Serialize)]
/// pub struct ListDocuments {
///     pub workflow_id: Option<String>,
/// }
///
/// let page: Request<serde_json::Value> = Document::page("a b", 2);
/// assert_eq!(page.path(), "/unified/e-signature/documents/a%20b/pages/2");
/// ```
///
#[cfg(feature = "macros")]
#[cfg_attr(docsrs, doc(cfg(feature = "macros")))]
pub use truto_macros::unified_endpoint;

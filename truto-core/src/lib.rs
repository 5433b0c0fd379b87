//! A declarative client of the [Truto](https://truto.one) unified API.
//!
//! A response model is an ordinary serde struct; each endpoint that returns it is one line above it.
//! [`unified_endpoint`] generates a function for each, which gives a [`Request`]: a value that says
//! in its type what [`send`](Request::send) gives back.
//!
//! ```
//! # #[cfg(feature = "sandbox")]
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use serde::{Deserialize, Serialize};
//! use truto_core::{Page, Request, sandbox::Sandbox, unified_endpoint};
//!
//! #[unified_endpoint(method = "GET", path = "/unified/e-signature/users", query = ListUsers)]
//! #[unified_endpoint(method = "DELETE", path = "/unified/e-signature/users/<id>")]
//! #[derive(Debug, Clone, Deserialize)]
//! pub struct User {
//!     pub id: String,
//!     pub name: Option<String>,
//! }
//!
//! #[derive(Debug, Default, Serialize)]
//! pub struct ListUsers {
//!     pub status: Option<String>,
//! }
//!
//! let sandbox = Sandbox::start().await?;
//! sandbox.insert("e-signature", "users", serde_json::json!({"id": "1", "name": "Ada"}));
//! let account = sandbox.account();
//!
//! let request: Request<Page<User>> = User::list(&ListUsers::default()).limit(10);
//! assert_eq!(request.query_string(), "limit=10");
//! let users = request.all(&account).await?;
//! assert_eq!(users[0].name.as_deref(), Some("Ada"));
//!
//! let deleted = User::delete(&users[0].id).send(&account).await?;
//! assert_eq!(deleted.id(), Some("1"));
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "sandbox"))]
//! # fn main() {}
//! ```
//!
//! - [`Client`] holds the token and the settings, [`Account`] says on whose behalf a call is made.
//! - [`Request`] has the parameters of all endpoints; [`Request::pages`], [`Request::items`] and
//!   [`Request::all`] walk lists.
//! - [`Error`] tells what happened and whether a write may have applied; [`RetryPolicy`] says what is
//!   sent again.
//! - [`ByteStream`] and [`Upload`] carry files.
//!
//! # Partial updates
//!
//! An update sends only what changes. A field that is left out and a field that is set to `null` are
//! two things; `Option<Option<T>>` says which:
//!
//! ```
//! #[derive(Default, serde::Serialize)]
//! struct UpdateUser {
//!     #[serde(skip_serializing_if = "Option::is_none")]
//!     title: Option<Option<String>>,
//!     #[serde(skip_serializing_if = "Option::is_none")]
//!     name: Option<String>,
//! }
//!
//! let clear_title = UpdateUser { title: Some(None), ..UpdateUser::default() };
//! assert_eq!(serde_json::to_string(&clear_title).expect("JSON"), r#"{"title":null}"#);
//! ```
//!
//! # Tracing
//!
//! Each call is one `tracing` span named `truto` at level INFO, each attempt one event at level DEBUG,
//! with OpenTelemetry's field names (`http.request.method`, `url.template`,
//! `http.response.status_code`, `http.request.resend_count`, `error.type`); no ids, no query values.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod account;
mod api_error;
mod base_url;
mod call;
mod client;
mod decode;
mod deleted;
mod encode;
mod endpoint;
mod error;
mod output;
mod page;
mod query;
mod rate_limit;
mod redact;
mod remote_data;
mod reply;
mod request;
mod request_body;
mod response;
mod retry;
#[cfg(feature = "sandbox")]
#[cfg_attr(docsrs, doc(cfg(feature = "sandbox")))]
pub mod sandbox;
mod segment;
mod stream;
mod throttle;
mod transport;
mod upload;
mod walk;

#[doc(hidden)]
pub mod __private;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod properties;

pub use account::Account;
pub use api_error::{ApiError, ErrorInsight};
pub use client::{Client, ClientBuilder};
pub use deleted::Deleted;
pub use endpoint::Endpoint;
pub use error::Error;
pub use http::{HeaderMap, Method, StatusCode};
pub use output::{Output, WithDebug};
pub use page::{KeyedPage, Page};
pub use rate_limit::RateLimit;
pub use remote_data::RemoteData;
pub use request::Request;
pub use request_body::{QueryParameters, RequestBody};
pub use response::Response;
pub use retry::RetryPolicy;
pub use stream::ByteStream;
pub use throttle::RateLimits;
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
pub use upload::Upload;

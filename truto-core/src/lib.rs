//! A declarative client of the [Truto](https://truto.one) unified API.
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
mod request;
mod request_body;
mod response;
mod retry;
#[cfg(feature = "sandbox")]
#[cfg_attr(docsrs, doc(cfg(feature = "sandbox")))]
pub mod sandbox;
mod segment;
mod stream;
mod transport;
mod upload;
mod walk;

#[doc(hidden)]
pub mod __private;

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
#[cfg(feature = "macros")]
#[cfg_attr(docsrs, doc(cfg(feature = "macros")))]
pub use truto_macros::unified_endpoint;
pub use upload::Upload;

#![doc = include_str!("docs/guide.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

// In the order of dependency: a module uses only modules above it, which `tests/suite/modules.rs` checks.
mod endpoint;
mod json;
mod retry_after;
mod sync;
mod timer;

mod rate_limit;

mod error;

mod encode;

mod policy;

mod response;

mod request;

pub mod resource;

mod client;

mod call;

#[cfg(feature = "blocking")]
mod blocking;

#[cfg(feature = "webhooks")]
#[cfg_attr(docsrs, doc(cfg(feature = "webhooks")))]
pub mod webhooks;

#[cfg(any(doc, doctest))]
#[doc = include_str!("docs/cookbook.md")]
pub mod cookbook {}
#[cfg(any(doc, doctest))]
#[doc = include_str!("docs/service.md")]
pub mod service {}
#[cfg(any(doc, doctest))]
#[doc = include_str!("docs/sync.md")]
pub mod incremental_sync {}
#[cfg(any(doc, doctest))]
#[doc = include_str!("docs/onboarding.md")]
pub mod onboarding {}
#[cfg(any(doc, doctest))]
#[doc = include_str!("docs/migration.md")]
pub mod migration {}

// Types of other crates in this API. Their next major versions are major versions of this crate.
#[doc(no_inline)]
pub use {bytes, http, reqwest, secrecy};

#[doc(hidden)]
pub mod __private;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod testing;
#[doc(hidden)]
pub mod truto_core_runtime;

pub use call::{AccountTokens, Items, Pages};
pub use client::{AccessToken, Account, AttemptInfo, Client, ClientBuilder, TokenSource};
pub use encode::{Filter, QueryParameters, RequestBody, Update, Upload};
pub use endpoint::Endpoint;
pub use error::{ApiError, Error, ErrorInsight, ErrorKind};
pub use http::{HeaderMap, Method, StatusCode};
pub use policy::{
    Denied, LimitedCall, Limiter, Observation, RetryPolicy, Throttle, Turn, TurnEvent,
};
pub use rate_limit::RateLimit;
pub use request::{Request, SecretArgument};
pub use response::{
    ByteStream, Deleted, Id, KeyedPage, OrRaw, Output, Page, RemoteData, Response, WithDebug,
};
#[cfg(feature = "macros")]
#[cfg_attr(docsrs, doc(cfg(feature = "macros")))]
#[doc = include_str!("docs/endpoint.md")]
pub use truto_macros::endpoint;
#[cfg(feature = "macros")]
#[cfg_attr(docsrs, doc(cfg(feature = "macros")))]
#[doc = include_str!("docs/unified_endpoint.md")]
pub use truto_macros::unified_endpoint;

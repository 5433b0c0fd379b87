//! A client of the Truto API, and the accounts that its calls act on.

mod account;
mod base_url;
mod builder;
mod hook;
mod pools;
mod storms;
mod tls;
mod token;
mod transport;
mod url_writer;

use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, StatusCode};
use reqwest::Url;
use secrecy::SecretString;

pub use account::Account;
pub use builder::ClientBuilder;
pub use hook::AttemptInfo;
pub(crate) use hook::{AttemptHook, RequestHook};
pub(crate) use pools::{Pool, RuntimePools, SendFailure};
pub(crate) use storms::{Storm, StormLog};
pub use token::{AccessToken, TokenSource};
pub(crate) use token::{Deadline, Token, Tokens};

use self::url_writer::UrlWriter;
use crate::policy::{Admission, SharedLimiter};
use crate::{Error, RetryPolicy};

/// A client of the Truto API: a token, a base URL and a pool of connections.
///
/// It is cheap to clone; clones share the connections, the retry budget and the rate limits. The token
/// is kept in a secret type and never appears in `Debug` output, errors or logs.
///
/// ```
/// # fn main() -> Result<(), truto_core::Error> {
/// use std::time::Duration;
/// use truto_core::Client;
///
/// let client = Client::builder()
///     .token("test-token")
///     .timeout(Duration::from_secs(10))
///     .build()?;
/// # let _ = client;
/// # Ok(())
/// # }
/// ```
///
/// See [Truto's page on authentication](https://truto.one/docs/api-reference/overview/authentication).
#[derive(Clone)]
pub struct Client {
    inner: Arc<ClientInner>,
}

pub(crate) struct ClientInner {
    pub(crate) pools: RuntimePools,
    /// The base URL: scheme, host and path prefix.
    pub(crate) base: Url,
    urls: Option<UrlWriter>,
    pub(crate) host: String,
    pub(crate) port: Option<u16>,
    pub(crate) tokens: Tokens,
    /// The headers of every request, with an empty value for the token.
    pub(crate) headers: HeaderMap,
    pub(crate) timeout: Duration,
    pub(crate) deadline: Duration,
    pub(crate) max_wait: Option<Duration>,
    pub(crate) connect_timeout: Duration,
    pub(crate) retry: RetryPolicy,
    pub(crate) admission: Admission,
    pub(crate) limiter: Option<SharedLimiter>,
    pub(crate) max_body_bytes: usize,
    pub(crate) min_throughput: Option<u64>,
    pub(crate) on_attempt: Option<AttemptHook>,
    pub(crate) on_request: Option<RequestHook>,
    pub(crate) default_headers: HeaderMap,
    /// The 4xx statuses that are logged at WARN when they end a call.
    pub(crate) warn_statuses: Vec<StatusCode>,
    pub(crate) storms: StormLog,
}

impl ClientInner {
    /// The URL of this path and query, or `None` if the parser would change them.
    pub(crate) fn url(&self, target: &str) -> Option<Url> {
        if let Some(url) = self.urls.as_ref().and_then(|urls| urls.write(target)) {
            return Some(url);
        }
        let origin = self.base.as_str().strip_suffix(self.base.path())?;
        // Joining keeps the parsed host of the base.
        let url = self.base.join(target).ok()?;
        (url.as_str().strip_prefix(origin) == Some(target)).then_some(url)
    }

    /// Returns true if the rate limit of a successful response is needed.
    pub(crate) fn follows_rate_limit(&self) -> bool {
        self.admission.follows_responses() || self.limiter.is_some() || self.on_attempt.is_some()
    }
}

impl Client {
    /// Creates a client with the default settings.
    ///
    /// # Errors
    ///
    /// [`Error::is_invalid_request`] if the token is empty, in quotes, shorter than 8 characters, or cannot
    /// be sent in a header; or if TLS cannot be set up.
    pub fn new(token: impl Into<SecretString>) -> Result<Self, Error> {
        Self::builder().token(token).build()
    }

    /// Creates a client from the environment: `TRUTO_API_TOKEN`, and `TRUTO_API_BASE_URL` if set.
    ///
    /// # Errors
    ///
    /// [`Error::is_invalid_request`] if `TRUTO_API_TOKEN` is not set, if either variable cannot be used, or
    /// if TLS cannot be set up.
    pub fn from_env() -> Result<Self, Error> {
        let builder = Self::builder().from_env();
        if !builder.has_token() {
            return Err(Error::invalid("the environment variable `TRUTO_API_TOKEN` is not set"));
        }
        builder.build()
    }

    /// Returns a builder for a client with other settings.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Returns the integrated account with this id, on which calls are made.
    ///
    /// # Errors
    ///
    /// [`Error::is_invalid_request`] if the id is not a hyphenated UUID.
    pub fn account(&self, id: impl AsRef<str>) -> Result<Account, Error> {
        Account::with_id(self.clone(), id.as_ref())
    }

    /// Returns the account for calls without an `integrated_account_id`: for Truto's own routes, and for
    /// a token of one integrated account, which already identifies it.
    #[must_use]
    pub fn token_account(&self) -> Account {
        Account::of_token(self.clone())
    }

    pub(crate) fn inner(&self) -> &Arc<ClientInner> {
        &self.inner
    }
}

// Its state is behind locks, and is consistent even after a panic.
impl UnwindSafe for Client {}
impl RefUnwindSafe for Client {}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.inner.base.as_str().trim_end_matches('/'))
            .field("timeout", &self.inner.timeout)
            .field("deadline", &self.inner.deadline)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

//! A client of the Truto API, and the accounts that its calls act on.

mod account;
mod base_url;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use crate::policy::Budget;
use crate::policy::Limiter;
pub use account::Account;

use crate::endpoint::DEFAULT_BASE_URL;
use crate::{Error, RetryPolicy, Throttle};

/// How long connecting may take; part of the attempt's timeout.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A client of the Truto API: a token, a base URL and a pool of connections.
///
/// Cheap to clone; clones share the connections, the retry budget and the rate limit. The token is
/// kept in a secret type and shows in no `Debug`, error or log.
///
/// ```
/// # fn main() -> Result<(), truto_core::Error> {
/// use std::time::Duration;
/// use truto_core::Client;
///
/// let client = Client::builder()
///     .token("token")
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
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) http: reqwest::Client,
    /// The HTTP client came from the caller, with settings that we do not know.
    pub(crate) custom_http: bool,
    /// Scheme, host and path prefix.
    pub(crate) base: Url,
    pub(crate) host: String,
    pub(crate) port: Option<u16>,
    pub(crate) token: SecretString,
    pub(crate) authorization: HeaderValue,
    pub(crate) user_agent: HeaderValue,
    pub(crate) timeout: Duration,
    pub(crate) deadline: Duration,
    pub(crate) retry: RetryPolicy,
    pub(crate) budget: Budget,
    pub(crate) limiter: Option<Limiter>,
    pub(crate) max_body_bytes: usize,
}

impl Client {
    /// A client with the default settings.
    ///
    /// # Errors
    ///
    /// [`Error::is_invalid_request`] if the token is empty or cannot be sent in a header.
    pub fn new(token: impl Into<SecretString>) -> Result<Self, Error> {
        Self::builder().token(token).build()
    }

    /// A client from the environment: `TRUTO_API_TOKEN`, and `TRUTO_API_BASE_URL` if set.
    ///
    /// # Errors
    ///
    /// [`Error::is_invalid_request`] if `TRUTO_API_TOKEN` is not set, or if either cannot be used.
    pub fn from_env() -> Result<Self, Error> {
        let token = std::env::var("TRUTO_API_TOKEN")
            .map_err(|_| Error::invalid("the environment variable `TRUTO_API_TOKEN` is not set"))?;
        let mut builder = Self::builder().token(token);
        match std::env::var("TRUTO_API_BASE_URL") {
            Ok(url) => builder = builder.base_url(url),
            Err(std::env::VarError::NotPresent) => {}
            Err(std::env::VarError::NotUnicode(_)) => {
                return Err(Error::invalid(
                    "the environment variable `TRUTO_API_BASE_URL` is not text",
                ));
            }
        }
        builder.build()
    }

    /// A client with settings of your own.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// The account that calls act on, by its id.
    ///
    /// # Errors
    ///
    /// [`Error::is_invalid_request`] if the id is not a hyphenated UUID.
    pub fn account(&self, id: impl AsRef<str>) -> Result<Account, Error> {
        Account::with_id(self.clone(), id.as_ref())
    }

    /// The account of an integrated-account token, which names its account itself: calls send no
    /// `integrated_account_id`.
    #[must_use]
    pub fn token_account(&self) -> Account {
        Account::of_token(self.clone())
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.inner.base.as_str().trim_end_matches('/'))
            .field("timeout", &self.inner.timeout)
            .field("deadline", &self.inner.deadline)
            .finish_non_exhaustive()
    }
}

/// Settings of a [`Client`]; made by [`Client::builder`].
///
/// ```
/// use std::time::Duration;
/// use truto_core::{Client, RetryPolicy};
///
/// let client = Client::builder()
///     .token("token")
///     .timeout(Duration::from_secs(10))
///     .deadline(Duration::from_secs(60))
///     .retry(RetryPolicy::none())
///     .max_body_bytes(1024 * 1024)
///     .build();
/// assert!(client.is_ok());
///
/// let clear = Client::builder().token("token").base_url("http://example.com").build();
/// assert!(clear.is_err_and(|error| error.is_invalid_request()));
/// ```
///
/// Every setting is checked by [`build`](Self::build), so that a client that exists can be used.
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientBuilder {
    token: SecretString,
    base_url: String,
    timeout: Duration,
    deadline: Duration,
    retry: RetryPolicy,
    throttle: Option<Throttle>,
    max_body_bytes: usize,
    user_agent: String,
    allow_insecure_http: bool,
    http: Option<reqwest::Client>,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            token: SecretString::default(),
            base_url: DEFAULT_BASE_URL.to_owned(),
            timeout: Duration::from_secs(30),
            deadline: Duration::from_secs(120),
            retry: RetryPolicy::default(),
            throttle: None,
            max_body_bytes: 64 * 1024 * 1024,
            user_agent: concat!("truto-core/", env!("CARGO_PKG_VERSION")).to_owned(),
            allow_insecure_http: false,
            http: None,
        }
    }
}

impl ClientBuilder {
    /// The API token or integrated-account token, sent as `Authorization: Bearer …`. Required.
    pub fn token(mut self, token: impl Into<SecretString>) -> Self {
        self.token = token.into();
        self
    }

    /// Where calls go. Default `https://api.truto.one`.
    ///
    /// A path prefix is kept. Plain `http` is refused but for loopback hosts.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// How long one attempt may take, its body included. Default 30 s; connecting takes at most 10 s
    /// of it. For a [`ByteStream`](crate::ByteStream) it bounds the head, then each wait for bytes.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long a call may take with all its attempts and waits. Default 120 s.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// When and how often a call is sent again.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// How many calls to make within a window. Default no limit of our own.
    ///
    /// Calls over the limit wait for their turn within their deadline; when it passes, they end with
    /// [`Error::is_timeout`] and are not sent. [`Throttle::truto`] has Truto's documented limits.
    pub fn throttle(mut self, limits: Throttle) -> Self {
        self.throttle = Some(limits);
        self
    }

    /// The largest body that is read into memory, in bytes after decompression. Default 64 MiB.
    pub fn max_body_bytes(mut self, max: usize) -> Self {
        self.max_body_bytes = max;
        self
    }

    /// The `User-Agent` header. Default `truto-core/<version>`.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// Allows a plain `http` base URL to a host that is not loopback. Default false.
    ///
    /// The token and all data then cross the network in clear.
    pub fn allow_insecure_http(mut self, allow: bool) -> Self {
        self.allow_insecure_http = allow;
        self
    }

    /// An HTTP client of your own, for its proxy, certificates or DNS settings.
    ///
    /// Our timeouts, limits and retries hold with it all the same, and requests are handed to it in
    /// a form that it cannot send a second time: neither its own retries nor its redirects repeat
    /// them. What cannot be enforced from outside: a client that follows redirects turns a 303, and
    /// a 301 or 302 after a POST, into a GET of its own, which is reported as a redirect error
    /// afterwards. Build it with `redirect(Policy::none())`. Its proxy settings are its own, too.
    pub fn http_client(mut self, http: reqwest::Client) -> Self {
        self.http = Some(http);
        self
    }

    /// Checks the settings and makes the client.
    ///
    /// # Errors
    ///
    /// [`Error::is_invalid_request`] if the token is missing or cannot be sent in a header, the base
    /// URL cannot be used, a duration or a rate limit is zero, or the TLS backend does not start.
    pub fn build(self) -> Result<Client, Error> {
        let url = base_url::parse(&self.base_url, self.allow_insecure_http)?;
        let authorization = authorization(self.token.expose_secret())?;
        let user_agent = HeaderValue::from_str(&self.user_agent)
            .ok()
            .filter(|value| !value.is_empty() && value.to_str().is_ok())
            .ok_or_else(|| Error::invalid("the user agent is empty or not printable ASCII"))?;
        if self.timeout.is_zero() || self.deadline.is_zero() {
            return Err(Error::invalid(
                "a timeout or deadline of zero leaves no time",
            ));
        }
        if self.throttle.is_some_and(|limits| limits.is_invalid()) {
            return Err(Error::invalid(
                "a rate limit of zero calls lets none through, one of no time lets all through",
            ));
        }
        let custom_http = self.http.is_some();
        let http = match self.http {
            Some(http) => http,
            None => http_client(url.scheme())?,
        };
        Ok(Client {
            inner: Arc::new(Inner {
                http,
                custom_http,
                host: url.host_str().unwrap_or_default().to_owned(),
                port: url.port_or_known_default(),
                base: url,
                token: self.token,
                authorization,
                user_agent,
                timeout: self.timeout,
                deadline: self.deadline,
                retry: self.retry,
                budget: Budget::new(),
                limiter: self.throttle.map(Limiter::new),
                max_body_bytes: self.max_body_bytes,
            }),
        })
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The base URL may still hold a password here, so it is left out.
        f.debug_struct("ClientBuilder")
            .field("timeout", &self.timeout)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

fn authorization(token: &str) -> Result<HeaderValue, Error> {
    let refuse = |why: &str| Err(Error::invalid(format!("the token {why}")));
    if token.is_empty() {
        return refuse("is missing; give it with `token(..)`");
    }
    if token
        .get(..7)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer "))
    {
        return refuse("starts with `Bearer `, which is added by the client; leave it out");
    }
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return refuse("holds a space, a line break or another character that no token has");
    }
    let Ok(mut value) = HeaderValue::try_from(format!("Bearer {token}")) else {
        return refuse("cannot be sent in a header");
    };
    value.set_sensitive(true);
    Ok(value)
}

fn http_client(scheme: &str) -> Result<reqwest::Client, Error> {
    let mut builder = reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        // Every send is ours to count, so that a write is never repeated behind our back.
        .retry(reqwest::retry::never());
    if scheme == "http" {
        // A proxy would see the token in clear.
        builder = builder.no_proxy();
    }
    builder
        .build()
        .map_err(|error| Error::invalid(format!("the HTTP client could not start: {error}")))
}

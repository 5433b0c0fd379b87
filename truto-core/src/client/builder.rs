//! The settings of a client.

mod auth;
mod http;
mod limits;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ::http::{HeaderMap, HeaderValue, StatusCode, header};

use self::auth::TokenSetting;
use super::hook::{AttemptHook, RequestHook};
use super::pools::RuntimePools;
use super::storms::StormLog;
use super::token::TokenCache;
use super::transport::Transport;
use super::url_writer::UrlWriter;
use super::{Client, ClientInner, base_url};
use crate::endpoint::DEFAULT_BASE_URL;
use crate::policy::{Admission, SharedLimiter};
use crate::request::{MAX_HEADERS, check_shared_header, own_header};
use crate::{Error, RetryPolicy, Throttle};

/// The settings of a [`Client`], created by [`Client::builder`].
///
/// ```
/// use std::time::Duration;
/// use truto_core::{Client, RetryPolicy};
///
/// let client = Client::builder()
///     .token("test-token")
///     .timeout(Duration::from_secs(10))
///     .deadline(Duration::from_secs(60))
///     .retry(RetryPolicy::none())
///     .max_body_bytes(1024 * 1024)
///     .build();
/// assert!(client.is_ok());
///
/// let clear = Client::builder().token("test-token").base_url("http://example.com").build();
/// assert!(clear.is_err_and(|error| error.is_invalid_request()));
/// ```
///
/// [`build`](Self::build) checks the settings, so that an invalid one is reported when the program starts
/// and not by its first call.
#[derive(Clone)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientBuilder {
    tokens: Option<TokenSetting>,
    token_timeout: Duration,
    /// The reason why the environment could not be read.
    env_error: Option<&'static str>,
    base_url: String,
    timeout: Duration,
    deadline: Duration,
    max_wait: Option<Duration>,
    retry: RetryPolicy,
    connect_timeout: Duration,
    throttle: Option<Throttle>,
    limiter: Option<SharedLimiter>,
    wait_out_429: bool,
    max_gate: Duration,
    max_body_bytes: usize,
    min_throughput: Option<u64>,
    on_attempt: Option<AttemptHook>,
    on_request: Option<RequestHook>,
    default_headers: Vec<(String, Vec<u8>)>,
    warn_statuses: Vec<StatusCode>,
    user_agent: String,
    allow_insecure_http: bool,
    http: Option<reqwest::Client>,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            tokens: None,
            token_timeout: TokenCache::TIMEOUT,
            env_error: None,
            base_url: DEFAULT_BASE_URL.to_owned(),
            timeout: Duration::from_secs(30),
            deadline: Duration::from_secs(120),
            max_wait: None,
            retry: RetryPolicy::default(),
            connect_timeout: Duration::from_secs(10),
            throttle: None,
            limiter: None,
            wait_out_429: true,
            max_gate: Admission::MAX_GATE,
            max_body_bytes: 64 * 1024 * 1024,
            min_throughput: None,
            on_attempt: None,
            on_request: None,
            default_headers: Vec::new(),
            warn_statuses: Vec::new(),
            user_agent: concat!("truto-core/", env!("CARGO_PKG_VERSION")).to_owned(),
            allow_insecure_http: false,
            http: None,
        }
    }
}

impl ClientBuilder {
    /// Checks the settings and builds the client.
    ///
    /// # Errors
    ///
    /// [`Error::is_invalid_request`] if the token is missing, in quotes, shorter than 8 characters, or
    /// cannot be sent in a header; if the base URL, the user agent or a default header cannot be used; if a
    /// timeout, the deadline or a rate limit is zero; or if TLS cannot be set up.
    pub fn build(self) -> Result<Client, Error> {
        // First: a variable that could not be read would otherwise be reported as a missing setting.
        if let Some(reason) = self.env_error {
            return Err(Error::invalid(reason));
        }
        let url = base_url::parse(&self.base_url, self.allow_insecure_http)?;
        let tokens = auth::tokens(self.tokens, self.token_timeout)?;
        let user_agent = HeaderValue::from_str(&self.user_agent)
            .ok()
            .filter(|value| !value.is_empty() && value.to_str().is_ok())
            .ok_or_else(|| Error::invalid("the user agent is empty or not printable ASCII"))?;
        if self.token_timeout.is_zero() {
            return Err(Error::invalid("`token_timeout` must be longer than zero"));
        }
        if self.timeout.is_zero() || self.deadline.is_zero() || self.connect_timeout.is_zero() {
            return Err(Error::invalid("timeouts and the deadline must be longer than zero"));
        }
        if self.throttle.is_some_and(|limits| limits.is_invalid()) {
            return Err(Error::invalid(
                "a rate limit needs at least one call and a window longer than zero",
            ));
        }
        let default_headers = default_headers(&self.default_headers)?;
        let transport = match self.http {
            Some(http) => Transport::Custom(http),
            None => Transport::own(&url, self.connect_timeout, self.timeout)?,
        };
        let pools = RuntimePools::new(transport)?;
        Ok(Client {
            inner: Arc::new(ClientInner {
                pools,
                host: url.host_str().unwrap_or_default().to_owned(),
                port: url.port_or_known_default(),
                urls: UrlWriter::new(&url),
                base: url,
                tokens,
                headers: standard_headers(user_agent),
                timeout: self.timeout,
                deadline: self.deadline,
                max_wait: self.max_wait,
                connect_timeout: self.connect_timeout,
                retry: self.retry,
                admission: Admission::new(self.throttle, self.wait_out_429, self.max_gate),
                limiter: self.limiter,
                max_body_bytes: self.max_body_bytes,
                min_throughput: self.min_throughput,
                on_attempt: self.on_attempt,
                on_request: self.on_request,
                default_headers,
                warn_statuses: self.warn_statuses,
                storms: StormLog::default(),
            }),
        })
    }
}

/// The headers that every request has, so that an attempt copies them instead of hashing each name.
fn standard_headers(user_agent: HeaderValue) -> HeaderMap {
    HeaderMap::from_iter([
        // A placeholder that each attempt overwrites, so that the map keeps its size and order.
        (header::AUTHORIZATION, HeaderValue::from_static("")),
        (header::ACCEPT, HeaderValue::from_static("application/json")),
        (header::USER_AGENT, user_agent),
        (header::ACCEPT_ENCODING, HeaderValue::from_static("gzip")),
    ])
}

fn default_headers(set: &[(String, Vec<u8>)]) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::new();
    for (name, value) in set {
        let (name, value) = own_header(name, value).map_err(Error::invalid)?;
        check_shared_header(&name).map_err(Error::invalid)?;
        if headers.len() >= MAX_HEADERS {
            return Err(Error::invalid(format!("more than {MAX_HEADERS} headers were added")));
        }
        headers.insert(name, value);
    }
    Ok(headers)
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

#[cfg(test)]
mod tests;

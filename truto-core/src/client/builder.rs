//! The settings of a client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderValue, StatusCode, header};
use secrecy::SecretString;

use super::hook::{AttemptHook, AttemptInfo, RequestHook};
use super::pools::RuntimePools;
use super::storms::StormLog;
use super::token::{Token, TokenCache, TokenSource, Tokens};
use super::transport::Transport;
use super::{Client, ClientInner, base_url};
use crate::endpoint::DEFAULT_BASE_URL;
use crate::policy::{Admission, SharedLimiter};
use crate::request::{MAX_HEADERS, check_shared_header, own_header};
use crate::{Endpoint, Error, Limiter, RetryPolicy, Throttle};

/// Settings of a [`Client`]; made by [`Client::builder`].
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
/// Every setting is checked by [`build`](Self::build), so that a client that exists can be used.
#[derive(Clone)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientBuilder {
    tokens: Option<TokenSetting>,
    token_timeout: Duration,
    /// Why the environment could not be read.
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
    /// The API token or integrated-account token, sent as `Authorization: Bearer …`. Required.
    pub fn token(mut self, token: impl Into<SecretString>) -> Self {
        self.tokens = Some(TokenSetting::Fixed(token.into()));
        self
    }

    /// A source of tokens that end, instead of [`token`](Self::token).
    ///
    /// It is asked when a token is needed, by one call at a time, and its token is kept until shortly
    /// before it [ends](crate::AccessToken::expires_in). When Truto refuses a token (a 401 that is provably
    /// Truto's own), the source is asked once more and the call is sent again; a provider's 401 means
    /// that the account must be reconnected, and renews nothing. A failing source is an error with
    /// [`Error::is_token`].
    pub fn token_source(mut self, source: impl TokenSource) -> Self {
        self.tokens = Some(TokenSetting::Source(Arc::new(source)));
        self
    }

    /// Limit of one request to the [token source](Self::token_source), shared by all calls that wait for it;
    /// then the source is asked again. Default 30 s. A call's own wait is bounded by its deadline.
    pub fn token_timeout(mut self, timeout: Duration) -> Self {
        self.token_timeout = timeout;
        self
    }

    /// Takes the token from `TRUTO_API_TOKEN` and the base URL from `TRUTO_API_BASE_URL`, as far as they
    /// are set. An empty variable is as if unset. [`build`](Self::build) reports one that is not UTF-8.
    pub fn from_env(mut self) -> Self {
        match text_variable("TRUTO_API_TOKEN") {
            Ok(Some(token)) => self = self.token(token),
            Ok(None) => {}
            Err(()) => {
                self.env_error =
                    Some("the environment variable `TRUTO_API_TOKEN` is not valid UTF-8");
            }
        }
        match text_variable("TRUTO_API_BASE_URL") {
            Ok(Some(url)) => self.base_url = url,
            Ok(None) => {}
            Err(()) => {
                self.env_error =
                    Some("the environment variable `TRUTO_API_BASE_URL` is not valid UTF-8");
            }
        }
        self
    }

    /// Returns true if a token or a token source was set.
    pub(super) fn has_token(&self) -> bool {
        self.tokens.is_some() || self.env_error.is_some()
    }

    /// Target of all calls. Default `https://api.truto.one`.
    ///
    /// A path prefix is kept. Plain `http` is refused but for loopback hosts.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// Limit of one attempt, its body included. Default 30 s; connecting takes at most 10 s
    /// of it. For a [`ByteStream`](crate::ByteStream) it bounds the head, then each wait for bytes.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Limit of a call with all its attempts and waits. Default 120 s.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Limits the time for which the client itself holds a call back, over all its attempts: at its rate
    /// limits, at the
    /// gate that a 429 closed, at a [`Limiter`] and for a token. Default: up to the deadline.
    ///
    /// A longer wait is an error at once ([`Error::is_throttled`]), with the wait as
    /// [`Error::retry_after`] where it is known, and nothing is sent. Zero does not wait at all. A single
    /// call may have its own: [`Request::max_wait`](crate::Request::max_wait).
    pub fn max_wait(mut self, max: Duration) -> Self {
        self.max_wait = Some(max);
        self
    }

    /// When and how often a call is sent again.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Limit of establishing a connection, TLS included; part of the attempt's timeout.
    /// Default 10 s. Not used with [`http_client`](Self::http_client).
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Makes the account's other calls wait after a 429 for as long as the server asked, instead of
    /// sending them into the limit. Default true.
    ///
    /// Calls that waited are let through spread out. When a second account gets a 429 of Truto's own
    /// within the same time, all calls of the client wait. A wait that does not fit a call's deadline
    /// is an error at once, with [`Error::retry_after`].
    pub fn wait_out_429(mut self, wait: bool) -> Self {
        self.wait_out_429 = wait;
        self
    }

    /// The longest time for which one response holds back an account's calls, whatever it asks for.
    /// Then the next call asks the server again. Default 5 minutes, at most a day.
    ///
    /// It bounds the gate of [`wait_out_429`](Self::wait_out_429), and the wait of
    /// [`Throttle::adaptive`] for a window to end. The wait before a retry of the refused call itself is
    /// bounded by its deadline alone.
    pub fn max_gate(mut self, max: Duration) -> Self {
        self.max_gate = max;
        self
    }

    /// The least speed of a [`ByteStream`](crate::ByteStream) in bytes per second, measured over each
    /// stretch of `timeout`. Default none: a stream may be as slow as it likes while it does not stall.
    pub fn min_throughput(mut self, bytes_per_second: u64) -> Self {
        self.min_throughput = Some(bytes_per_second);
        self
    }

    /// Calls a function after each attempt, for metrics. It runs within the call, so it must be quick.
    ///
    /// ```
    /// # fn main() -> Result<(), truto_core::Error> {
    /// let client = truto_core::Client::builder()
    ///     .token("test-token")
    ///     .on_attempt(|attempt| println!("{} took {:?}", attempt.endpoint, attempt.duration))
    ///     .build()?;
    /// # let _ = client;
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_attempt(mut self, hook: impl Fn(&AttemptInfo<'_>) + Send + Sync + 'static) -> Self {
        self.on_attempt = Some(AttemptHook::new(hook));
        self
    }

    /// Calls a function before each attempt with the headers of the caller's own, to add some: a
    /// `traceparent`, an id of the request.
    ///
    /// The map has the headers of [`default_header`](Self::default_header) and
    /// [`Request::header`](crate::Request::header), never the token. A header that they refuse is an
    /// error of the call ([`Error::is_invalid_request`]), and so is a panic; nothing is sent then. The
    /// function runs within the call, so it must be quick.
    ///
    /// ```
    /// # fn main() -> Result<(), truto_core::Error> {
    /// use truto_core::http::HeaderValue;
    ///
    /// let client = truto_core::Client::builder()
    ///     .token("token-of-mine")
    ///     .on_request(|_endpoint, headers| {
    ///         headers.insert("x-request-id", HeaderValue::from_static("7"));
    ///     })
    ///     .build()?;
    /// # let _ = client;
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_request(
        mut self,
        hook: impl Fn(&Endpoint, &mut HeaderMap) + Send + Sync + 'static,
    ) -> Self {
        self.on_request = Some(RequestHook::new(hook));
        self
    }

    /// A header of every request. [`Request::header`](crate::Request::header) replaces it for one call.
    ///
    /// The headers that carry the token, frame the message or describe the body are refused by
    /// [`build`](Self::build).
    ///
    /// ```
    /// let builder = truto_core::Client::builder().token("token-of-mine");
    /// assert!(builder.default_header("x-team", "sync").build().is_ok());
    /// let builder = truto_core::Client::builder().token("token-of-mine");
    /// assert!(builder.default_header("Authorization", "Basic x").build().is_err());
    /// ```
    pub fn default_header(mut self, name: impl AsRef<str>, value: impl AsRef<[u8]>) -> Self {
        self.default_headers.push((name.as_ref().to_owned(), value.as_ref().to_vec()));
        self
    }

    /// The 4xx statuses with which a call ends at WARN. Default none: a 404 or a 409 is an everyday
    /// answer, so the event of such an end is INFO. Every other failure is WARN, and so is a 4xx after
    /// which a write may have been applied.
    pub fn warn_on_status(mut self, statuses: impl IntoIterator<Item = StatusCode>) -> Self {
        self.warn_statuses = statuses.into_iter().collect();
        self
    }

    /// Limits the number of calls within a window. Default no limit of our own.
    ///
    /// Calls over the limit wait for their turn within their deadline; when it passes, they end with
    /// [`Error::is_timeout`] and are not sent. [`Throttle::truto`] has Truto's documented limits.
    pub fn throttle(mut self, limits: Throttle) -> Self {
        self.throttle = Some(limits);
        self
    }

    /// A limiter of your own, for a limit that several processes share: see [`Limiter`]. Default none.
    ///
    /// It is asked before each attempt, after [`throttle`](Self::throttle).
    ///
    /// ```
    /// # use truto_core::{Denied, LimitedCall, Limiter, Turn};
    /// # struct Fleet;
    /// # impl Limiter for Fleet {
    /// #     async fn acquire(&self, _: &LimitedCall) -> Result<Turn, Denied> {
    /// #         Ok(Turn::now())
    /// #     }
    /// # }
    /// use truto_core::{Client, Throttle};
    ///
    /// // The client's own limits also hold while the shared one is unavailable.
    /// let client = Client::builder().token("test-token").throttle(Throttle::truto()).limiter(Fleet).build()?;
    /// # Ok::<_, truto_core::Error>(())
    /// ```
    pub fn limiter(mut self, limiter: impl Limiter) -> Self {
        self.limiter = Some(SharedLimiter::new(limiter));
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
    /// Our timeouts, limits and retries still apply, and requests are handed to it in
    /// a form that it cannot send a second time: neither its own retries nor its redirects repeat
    /// them. Limits of such a client: a client that follows redirects turns a 303, and
    /// a 301 or 302 after a POST, into another GET, which is reported as a redirect error
    /// afterwards. Build it with `redirect(Policy::none())`. Its proxy settings are its own, too.
    ///
    /// Its connections cannot be replaced from outside either. Over HTTP/2 a connection that died silently
    /// stays in its pool, and calls on it time out until the client notices: set
    /// `http2_keep_alive_interval` and `http2_keep_alive_timeout`. And each connection is driven by the
    /// tokio runtime that opened it: on a second runtime, also that of `send_blocking`, a call may hang
    /// until its timeout while the first one is idle. Use one `Client` per runtime then.
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
        if let Some(reason) = self.env_error {
            return Err(Error::invalid(reason));
        }
        let url = base_url::parse(&self.base_url, self.allow_insecure_http)?;
        let tokens = match self.tokens {
            Some(TokenSetting::Source(source)) => {
                Tokens::Source(TokenCache::new(source, self.token_timeout))
            }
            Some(TokenSetting::Fixed(token)) => Tokens::Fixed(fixed(token)?),
            None => Tokens::Fixed(fixed(SecretString::default())?),
        };
        let user_agent = HeaderValue::from_str(&self.user_agent)
            .ok()
            .filter(|value| !value.is_empty() && value.to_str().is_ok())
            .ok_or_else(|| Error::invalid("the user agent is empty or not printable ASCII"))?;
        if self.token_timeout.is_zero() {
            return Err(Error::invalid("a `token_timeout` of zero leaves no time"));
        }
        if self.timeout.is_zero() || self.deadline.is_zero() || self.connect_timeout.is_zero() {
            return Err(Error::invalid("a timeout or deadline of zero leaves no time"));
        }
        if self.throttle.is_some_and(|limits| limits.is_invalid()) {
            return Err(Error::invalid(
                "a rate limit of zero calls lets none through, one of no time lets all through",
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

/// A variable of the environment; an empty value counts as unset, and a value that is not text is an error.
fn text_variable(name: &str) -> Result<Option<String>, ()> {
    match std::env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err(()),
    }
}

/// The headers that every request has, so that an attempt copies them instead of hashing each name.
fn standard_headers(user_agent: HeaderValue) -> HeaderMap {
    HeaderMap::from_iter([
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

/// Origin of the token, as set.
#[derive(Clone)]
enum TokenSetting {
    Fixed(SecretString),
    Source(Arc<dyn TokenSource>),
}

fn fixed(token: SecretString) -> Result<Token, Error> {
    Token::new(token, 0).map_err(|why| Error::invalid(format!("the token {why}")))
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

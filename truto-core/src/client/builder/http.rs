//! The server, the headers and the HTTP client.

use std::sync::Arc;

use ::http::{HeaderMap, StatusCode};

use super::ClientBuilder;
use crate::Endpoint;
use crate::client::hook::{AttemptInfo, RequestHook};

impl ClientBuilder {
    /// Sets the base URL of all calls. Default `https://api.truto.one`.
    ///
    /// A path prefix is kept. Plain `http` is refused except for loopback hosts; see
    /// [`allow_insecure_http`](Self::allow_insecure_http).
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// Allows a plain `http` base URL whose host is not loopback. Default false.
    ///
    /// The token and all data are then sent unencrypted.
    pub fn allow_insecure_http(mut self, allow: bool) -> Self {
        self.allow_insecure_http = allow;
        self
    }

    /// Sets the `User-Agent` header. Default `truto-core/<version>`.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// Adds a header to every request. [`Request::header`](crate::Request::header) replaces it for one
    /// call.
    ///
    /// [`build`](Self::build) refuses headers that carry the token, frame the message or route it (`Host`),
    /// as well as `Content-Type` and `Idempotency-Key`.
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

    /// Calls a function before each attempt, which may add headers such as `traceparent` or a request
    /// id.
    ///
    /// The map contains the headers of [`default_header`](Self::default_header) and
    /// [`Request::header`](crate::Request::header), never the token. If the function adds a header that
    /// these methods refuse, changes the `Content-Type`, or panics, the call ends with
    /// [`Error::is_invalid_request`](crate::Error::is_invalid_request), and the attempt is not sent. The
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

    /// Calls a function after each attempt, for metrics. It runs within the call, so it must be quick.
    ///
    /// A call that ends while it waits for its next attempt (because it is dropped, or would wait for
    /// too long) reports its last attempt a second time, without `retry_in`. So count each attempt number
    /// once per call, and count a call as finished when a report has no `retry_in`.
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
        self.on_attempt = Some(Arc::new(hook));
        self
    }

    /// Sets the 4xx statuses that are logged at WARN when a call ends with one. Default none: a 404 or a
    /// 409 is an ordinary response, so it is logged at INFO. All other failures are logged at WARN, as
    /// is a 4xx after which a write may have been applied.
    pub fn warn_on_status(mut self, statuses: impl IntoIterator<Item = StatusCode>) -> Self {
        self.warn_statuses = statuses.into_iter().collect();
        self
    }

    /// Uses your own HTTP client, with its proxy, certificates and DNS settings.
    ///
    /// Timeouts (except for [`connect_timeout`](Self::connect_timeout)), limits and retries of this builder
    /// still apply. Your client receives each request in a form that it cannot send a second time, so neither
    /// its own retries nor its redirects repeat a request. But if it follows redirects, it sends a GET to the
    /// new location after a 303, or after a 301 or 302 in response to a POST, and the call then ends with a
    /// redirect error. To prevent that GET, build your client with `redirect(Policy::none())`.
    ///
    /// After a timeout, `truto-core` replaces its own HTTP/2 connection, but it cannot replace those of
    /// your client. A connection that died silently stays in the pool, and calls on it time out until your
    /// client notices: set `http2_keep_alive_interval` and `http2_keep_alive_timeout`. And each connection
    /// is driven by the tokio runtime that opened it: a call on a second runtime, such as that of
    /// `send_blocking`, may hang until its timeout while the first runtime is idle. In that case, use one
    /// `Client` per runtime.
    pub fn http_client(mut self, http: reqwest::Client) -> Self {
        self.http = Some(http);
        self
    }
}

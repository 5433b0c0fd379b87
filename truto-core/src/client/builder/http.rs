//! The server, the headers and the HTTP client.

use ::http::{HeaderMap, StatusCode};

use super::ClientBuilder;
use crate::Endpoint;
use crate::client::hook::{AttemptHook, AttemptInfo, RequestHook};

impl ClientBuilder {
    /// Target of all calls. Default `https://api.truto.one`.
    ///
    /// A path prefix is kept. Plain `http` is refused but for loopback hosts.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// Allows a plain `http` base URL to a host that is not loopback. Default false.
    ///
    /// The token and all data then cross the network in clear.
    pub fn allow_insecure_http(mut self, allow: bool) -> Self {
        self.allow_insecure_http = allow;
        self
    }

    /// The `User-Agent` header. Default `truto-core/<version>`.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
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

    /// Calls a function before each attempt with the headers of the caller's own, to add some: a
    /// `traceparent`, an id of the request.
    ///
    /// The map has the headers of [`default_header`](Self::default_header) and
    /// [`Request::header`](crate::Request::header), never the token. A header that they refuse is an
    /// error of the call ([`Error::is_invalid_request`](crate::Error::is_invalid_request)), and so is a
    /// panic; nothing is sent then. The function runs within the call, so it must be quick.
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
    /// A call that ends while it waits for its next attempt (dropped, held back for too long) reports its last
    /// attempt a second time, now without `retry_in`: count attempts by their
    /// number, and ends of calls by a missing `retry_in`.
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

    /// The 4xx statuses with which a call ends at WARN. Default none: a 404 or a 409 is an everyday
    /// answer, so the event of such an end is INFO. Every other failure is WARN, and so is a 4xx after
    /// which a write may have been applied.
    pub fn warn_on_status(mut self, statuses: impl IntoIterator<Item = StatusCode>) -> Self {
        self.warn_statuses = statuses.into_iter().collect();
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
}

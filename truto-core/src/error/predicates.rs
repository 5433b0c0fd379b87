//! One predicate per kind of failure.

use super::kind::{Kind, TimedOut};
use super::{Error, ErrorKind};

impl Error {
    /// True if the request was refused before anything was sent.
    ///
    /// A path argument that would change the route, a query that cannot be written, a header that is
    /// not valid, a client that cannot be built: the message says what to do.
    #[must_use]
    pub fn is_invalid_request(&self) -> bool {
        self.kind() == ErrorKind::InvalidRequest
    }

    /// True if the [token source](crate::TokenSource) failed, or returned a token that cannot be sent.
    /// Its own error is the [`source`](std::error::Error::source); nothing was sent with that token.
    #[must_use]
    pub fn is_token(&self) -> bool {
        self.kind() == ErrorKind::Token
    }

    /// True if a call ended while it waited for a token.
    pub(crate) fn is_token_timeout(&self) -> bool {
        matches!(self.0.kind, Kind::Timeout { what: TimedOut::Token, .. })
    }

    /// True if the connection could not be established (refused, no such host, TLS, too slow).
    /// Nothing was sent then.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        matches!(self.0.kind, Kind::Connect(_) | Kind::Timeout { what: TimedOut::Connecting, .. })
    }

    /// True if time ran out: of an attempt, of the whole call (waits for a rate limit included), or
    /// between two chunks of a stream. Also true of [`is_throttled`](Self::is_throttled).
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self.kind(), ErrorKind::Timeout | ErrorKind::Throttled)
    }

    /// True if the client itself would have held the call back for longer than
    /// [`max_wait`](crate::Request::max_wait) or the deadline: by its rate limits, by the wait that a
    /// 429 asked for, by the user's [`Limiter`](crate::Limiter), or, of `max_wait` alone, by the
    /// [token source](crate::TokenSource). The attempt was not sent;
    /// [`retry_after`](Self::retry_after) is the wait, as far as it is known.
    ///
    /// ```
    /// # truto_sandbox::__doc::run(async |sandbox, _account| {
    /// # use truto_sandbox::__doc::User;
    /// use std::time::Duration;
    /// use truto_core::{Client, Throttle};
    ///
    /// let client = Client::builder()
    ///     .token(sandbox.token())
    ///     .base_url(sandbox.base_url())
    ///     .throttle(Throttle::none().per_account(1, Duration::from_secs(60)))
    ///     .build()?;
    /// let account = client.account(sandbox.account_id())?;
    /// User::get("a").send(&account).await?;
    ///
    /// let request = User::get("a").max_wait(Duration::from_secs(1));
    /// let error = request.send(&account).await.expect_err("the next slot is a minute away");
    /// assert!(error.is_throttled() && error.attempts() == 0);
    /// assert!(error.retry_after().is_some_and(|wait| wait > Duration::from_secs(50)));
    /// # Ok(())
    /// # })
    /// ```
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.kind() == ErrorKind::Throttled
    }

    /// True if the connection was lost with the request on its way, or the response was cut short.
    #[must_use]
    pub fn is_transport(&self) -> bool {
        self.kind() == ErrorKind::Transport
    }

    /// True if the response is a redirect. Redirects are not followed, since they would take the
    /// token along.
    #[must_use]
    pub fn is_redirect(&self) -> bool {
        self.kind() == ErrorKind::Redirect
    }

    /// True if the response is a success, but its body is not what the type expects.
    #[must_use]
    pub fn is_decode(&self) -> bool {
        self.kind() == ErrorKind::Decode
    }

    /// True if the body is larger than [`max_body_bytes`](crate::ClientBuilder::max_body_bytes).
    #[must_use]
    pub fn is_body_too_large(&self) -> bool {
        self.kind() == ErrorKind::BodyTooLarge
    }

    /// True if pagination would not end: the server returned a cursor a second time, or the list
    /// continues after [`max_pages`](crate::Request::max_pages).
    #[must_use]
    pub fn is_pagination_loop(&self) -> bool {
        self.kind() == ErrorKind::PaginationLoop
    }
}

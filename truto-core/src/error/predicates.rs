//! One predicate per kind of failure.

use super::failure::{Kind, TimedOut};
use super::{Error, ErrorKind};

impl Error {
    /// True if the client refused to send the request.
    ///
    /// Examples are a path argument that would change the route, a query that cannot be encoded, an invalid
    /// header, and a client that cannot be built. The message states what to change. Nothing was sent if
    /// [`attempts`](Self::attempts) is 0; an [`on_request`](crate::ClientBuilder::on_request) function can
    /// also make a later attempt invalid.
    #[must_use]
    pub fn is_invalid_request(&self) -> bool {
        self.kind() == ErrorKind::InvalidRequest
    }

    /// True if the [token source](crate::TokenSource) failed, or returned a token that cannot be sent.
    /// The token source's own error is the [`source`](std::error::Error::source). Nothing was sent with
    /// that token.
    #[must_use]
    pub fn is_token(&self) -> bool {
        self.kind() == ErrorKind::Token
    }

    /// True if a call ended while it waited for a token.
    pub(crate) fn is_token_timeout(&self) -> bool {
        matches!(self.0.kind, Kind::Timeout { what: TimedOut::Token, .. })
    }

    /// True if no connection could be established: it was refused or took too long, the host is unknown,
    /// or TLS failed. Nothing was sent in that attempt.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        matches!(self.0.kind, Kind::Connect(_) | Kind::Timeout { what: TimedOut::Connecting, .. })
    }

    /// True if an attempt, the whole call (including waits for a rate limit) or a wait for the next
    /// chunk of a stream took too long. Also true whenever [`is_throttled`](Self::is_throttled) is.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self.kind(), ErrorKind::Timeout | ErrorKind::Throttled)
    }

    /// True if the client itself would have delayed the call for longer than
    /// [`max_wait`](crate::Request::max_wait) or the deadline because of its rate limits, a 429 or the
    /// user's [`Limiter`](crate::Limiter). Also true if a wait for the [token source](crate::TokenSource)
    /// exceeded `max_wait`. The next attempt was not sent; [`retry_after`](Self::retry_after) is the wait,
    /// if it is known. If one of the limits would have delayed a retry for too long, the call ends with the
    /// error of the failed attempt instead.
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

    /// True if the connection was lost, the response was cut short, or the body of an upload could not be
    /// read.
    #[must_use]
    pub fn is_transport(&self) -> bool {
        self.kind() == ErrorKind::Transport
    }

    /// True if the response is a redirect. Redirects are not followed, since the token would be sent to
    /// the new location.
    #[must_use]
    pub fn is_redirect(&self) -> bool {
        self.kind() == ErrorKind::Redirect
    }

    /// True if the response is a success, but its body does not fit the output type or cannot be
    /// decompressed. Also true if a list returns a cursor of an unusable type.
    #[must_use]
    pub fn is_decode(&self) -> bool {
        self.kind() == ErrorKind::Decode
    }

    /// True if the body is larger than [`max_body_bytes`](crate::ClientBuilder::max_body_bytes).
    #[must_use]
    pub fn is_body_too_large(&self) -> bool {
        self.kind() == ErrorKind::BodyTooLarge
    }

    /// True if a list does not end: the server returned a cursor a second time, the list continues after
    /// [`max_pages`](crate::Request::max_pages), or too many [empty
    /// pages](crate::Request::max_empty_pages) followed one another.
    #[must_use]
    pub fn is_pagination_loop(&self) -> bool {
        self.kind() == ErrorKind::PaginationLoop
    }
}

//! Why a call failed, and what the API said about it.

mod api;
pub(crate) mod redact;

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use http::{HeaderMap, StatusCode};

pub(crate) use api::truncate;
pub use api::{ApiError, ErrorInsight};

use crate::Endpoint;

/// Why a call failed.
///
/// One type for everything: ask it what you need to know. `Display` says what happened and on which
/// endpoint, with the server's own message; neither it nor `Debug` shows the token, ids, query
/// values or received values (those are kept apart, see [`body_excerpt`](Self::body_excerpt)).
///
/// | question | answer |
/// | --- | --- |
/// | was anything sent? | [`is_invalid_request`](Self::is_invalid_request) means no |
/// | did the server answer with an error? | [`api`](Self::api), [`status`](Self::status) |
/// | may a write have happened all the same? | [`may_have_applied`](Self::may_have_applied) |
/// | when to try again? | [`retry_after`](Self::retry_after) |
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use truto_core::{sandbox::Sandbox, unified_endpoint};
/// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users")]
/// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users/<id>")]
/// # #[unified_endpoint(method = "DELETE", path = "/unified/e-signature/users/<id>")]
/// # #[derive(Debug, serde::Deserialize)]
/// # struct User { id: String }
/// # let sandbox = Sandbox::start().await?;
/// # for id in ["a", "b", "c"] {
/// #     sandbox.insert("e-signature", "users", serde_json::json!({"id": id}));
/// # }
/// # let account = sandbox.account();
/// let error = User::delete("").send(&account).await.expect_err("an empty id");
/// assert!(error.is_invalid_request());
/// assert_eq!(error.attempts(), 0);
///
/// let error = User::delete("x").send(&account).await.expect_err("no such user");
/// assert_eq!(error.status(), Some(truto_core::StatusCode::NOT_FOUND));
/// assert!(!error.may_have_applied());
/// # Ok(())
/// # }
/// ```
///
/// See [Truto's page on errors](https://truto.one/docs/api-reference/overview/errors).
pub struct Error(Box<Inner>);

struct Inner {
    kind: Kind,
    endpoint: Option<&'static Endpoint>,
    attempts: u32,
    may_have_applied: bool,
    retry_after: Option<Duration>,
    next_cursor: Option<String>,
    headers: Option<HeaderMap>,
}

/// What happened, with what only this case knows.
pub(crate) enum Kind {
    /// Refused before anything was sent.
    Invalid(String),
    /// No connection came about.
    Connect(reqwest::Error),
    /// The attempt or the whole call took too long.
    Timeout {
        what: TimedOut,
        after: Duration,
        status: Option<StatusCode>,
    },
    /// The connection was lost with the request on its way.
    Transport {
        what: &'static str,
        status: Option<StatusCode>,
        source: Option<Source>,
    },
    /// The server answered with an error status.
    Api(Box<ApiError>),
    /// The server answered with a redirect, which is never followed.
    /// Without a status if a client of the caller's followed it before we could see it.
    Redirect {
        status: Option<StatusCode>,
        host: Option<String>,
    },
    /// The body is larger than `max_body_bytes`.
    BodyTooLarge { limit: usize, status: StatusCode },
    /// The body is not what the output type expects.
    Decode {
        message: String,
        /// `None` where no response was decoded, but a value out of one.
        status: Option<StatusCode>,
        excerpt: String,
    },
    /// The server gave a cursor that it gave before in the same walk.
    PaginationLoop,
}

type Source = Box<dyn StdError + Send + Sync>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimedOut {
    Connecting,
    Attempt,
    Deadline,
    /// The client's own rate limit had no turn for the call.
    RateLimit,
    Chunk,
}

impl Error {
    pub(crate) fn new(kind: Kind) -> Self {
        Self(Box::new(Inner {
            kind,
            endpoint: None,
            attempts: 0,
            may_have_applied: false,
            retry_after: None,
            next_cursor: None,
            headers: None,
        }))
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(Kind::Invalid(message.into()))
    }

    pub(crate) fn on(mut self, endpoint: &'static Endpoint) -> Self {
        self.0.endpoint = Some(endpoint);
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    pub(crate) fn with_may_have_applied(mut self, may_have_applied: bool) -> Self {
        self.0.may_have_applied = may_have_applied;
        self
    }

    pub(crate) fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    pub(crate) fn with_next_cursor(mut self, cursor: Option<String>) -> Self {
        self.0.next_cursor = cursor;
        self
    }

    pub(crate) fn with_headers(mut self, headers: HeaderMap) -> Self {
        self.0.headers = Some(headers);
        self
    }

    /// Whether the request was refused before anything was sent.
    ///
    /// A path argument that would change the route, a query that has no form, a header that is none,
    /// a client that cannot be built: the message says what to do.
    #[must_use]
    pub fn is_invalid_request(&self) -> bool {
        matches!(self.0.kind, Kind::Invalid(_))
    }

    /// Whether no connection came about (refused, no such host, TLS); nothing was sent then.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        matches!(
            self.0.kind,
            Kind::Connect(_)
                | Kind::Timeout {
                    what: TimedOut::Connecting,
                    ..
                }
        )
    }

    /// Whether time ran out: of an attempt, of the whole call (a wait for its turn under
    /// [`rate_limit`](crate::ClientBuilder::throttle) included), or between two chunks of a stream.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self.0.kind, Kind::Timeout { .. })
    }

    /// Whether the server answered with success, but its body is not what the type expects.
    #[must_use]
    pub fn is_decode(&self) -> bool {
        matches!(self.0.kind, Kind::Decode { .. })
    }

    /// Whether the body is larger than [`max_body_bytes`](crate::ClientBuilder::max_body_bytes).
    #[must_use]
    pub fn is_body_too_large(&self) -> bool {
        matches!(self.0.kind, Kind::BodyTooLarge { .. })
    }

    /// Whether the server gave a cursor that it had given before, so that a walk would never end.
    #[must_use]
    pub fn is_pagination_loop(&self) -> bool {
        matches!(self.0.kind, Kind::PaginationLoop)
    }

    /// Whether a write may have happened although the call failed.
    ///
    /// True for POST, PATCH and DELETE when any attempt ended without a clear refusal: lost in
    /// flight, timed out, answered with 408, 425, 500, 502, 504 or a provider's 429, or answered with
    /// a success whose body could not be read. Look before you write again. Always false for GET and
    /// for requests that were never sent.
    #[must_use]
    pub fn may_have_applied(&self) -> bool {
        self.0.may_have_applied
    }

    /// The HTTP status of the last answer, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match &self.0.kind {
            Kind::Api(api) => Some(api.status),
            Kind::BodyTooLarge { status, .. } => Some(*status),
            Kind::Decode { status, .. }
            | Kind::Redirect { status, .. }
            | Kind::Timeout { status, .. }
            | Kind::Transport { status, .. } => *status,
            Kind::Invalid(_) | Kind::Connect(_) | Kind::PaginationLoop => None,
        }
    }

    /// The error that Truto or the provider answered with.
    #[must_use]
    pub fn api(&self) -> Option<&ApiError> {
        match &self.0.kind {
            Kind::Api(api) => Some(api),
            _ => None,
        }
    }

    /// The endpoint that was called.
    #[must_use]
    pub fn endpoint(&self) -> Option<&'static Endpoint> {
        self.0.endpoint
    }

    /// How many requests went out for this call; 0 if it was refused before sending.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How long the server asked to wait before the next call (`Retry-After`, or `ratelimit-reset`
    /// on a 429).
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The beginning of the body that could not be used, at most 512 bytes.
    ///
    /// It holds what the server sent, so mind where you log it; the token is replaced.
    #[must_use]
    pub fn body_excerpt(&self) -> Option<&str> {
        match &self.0.kind {
            Kind::Decode { excerpt, .. } => Some(excerpt),
            Kind::Api(api) => {
                let end = (0..=api.body.len().min(MAX_EXCERPT))
                    .rev()
                    .find(|&at| api.body.is_char_boundary(at));
                Some(&api.body[..end.unwrap_or(0)])
            }
            _ => None,
        }
    }

    /// The cursor of the page at which a walk failed: give it to
    /// [`Request::next_cursor`](crate::Request::next_cursor) to go on from there.
    ///
    /// `None` if the first page failed, or if this is no error of a walk.
    #[must_use]
    pub fn next_cursor(&self) -> Option<&str> {
        self.0.next_cursor.as_deref()
    }

    /// OpenTelemetry's `error.type`: the status code, or a word of few values.
    pub(crate) fn error_type(&self) -> &str {
        match &self.0.kind {
            Kind::Invalid(_) => "invalid_request",
            Kind::Connect(_) => "connect",
            Kind::Timeout { .. } => "timeout",
            Kind::Transport { .. } => "transport",
            Kind::Api(api) => api.status.as_str(),
            Kind::Redirect { status, .. } => status.as_ref().map_or("redirect", StatusCode::as_str),
            Kind::BodyTooLarge { .. } => "body_too_large",
            Kind::Decode { .. } => "decode",
            Kind::PaginationLoop => "pagination_loop",
        }
    }
}

/// The length of [`Error::body_excerpt`], in bytes.
pub(crate) const MAX_EXCERPT: usize = 512;

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(message) => write!(f, "invalid request: {message}"),
            Self::Connect(error) if error.is_dns() => f.write_str("the host name does not resolve"),
            Self::Connect(_) => f.write_str("could not connect"),
            Self::Timeout { what, after, .. } => match what {
                TimedOut::Connecting => write!(f, "not connected after {after:?}"),
                TimedOut::Attempt => write!(f, "no whole answer after {after:?}"),
                TimedOut::Deadline => write!(f, "the deadline of {after:?} has passed"),
                TimedOut::RateLimit => write!(
                    f,
                    "the client's rate limit gave no turn within the deadline of {after:?}"
                ),
                TimedOut::Chunk => write!(f, "no further bytes after {after:?}"),
            },
            Self::Transport { what, .. } => f.write_str(what),
            Self::Api(api) => api.fmt(f),
            Self::Redirect { status, host } => {
                match status {
                    Some(status) => {
                        write!(f, "redirects are not followed: {}", status.as_u16())?;
                    }
                    None => {
                        f.write_str("redirects are not followed: the HTTP client followed one")?;
                    }
                }
                match host {
                    Some(host) => write!(f, " to {host}"),
                    None => f.write_str(" without a usable location"),
                }
            }
            Self::BodyTooLarge { limit, .. } => {
                write!(
                    f,
                    "the body is larger than {limit} bytes (`max_body_bytes`)"
                )
            }
            Self::Decode { message, .. } => f.write_str(message),
            Self::PaginationLoop => {
                f.write_str("the server gave a cursor that it had given before in this walk")
            }
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(endpoint) = self.0.endpoint {
            write!(f, "{endpoint}: ")?;
        }
        self.0.kind.fmt(f)?;
        if self.0.attempts > 1 {
            write!(f, " (after {} attempts)", self.0.attempts)?;
        }
        if self.0.may_have_applied {
            f.write_str("; the write may have happened all the same")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Error");
        debug.field("message", &format_args!("{self}"));
        if let Some(status) = self.status() {
            debug.field("status", &status.as_u16());
        }
        if let Some(retry_after) = self.0.retry_after {
            debug.field("retry_after", &retry_after);
        }
        if let Some(source) = self.source() {
            debug.field("source", &format_args!("{source}"));
        }
        debug.finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.kind {
            Kind::Connect(error) => Some(error),
            Kind::Transport { source, .. } => source.as_ref().map(|s| &**s as _),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_small_and_can_go_anywhere() {
        fn anywhere<T: StdError + Send + Sync + 'static>() {}
        anywhere::<Error>();
        assert!(size_of::<Result<(), Error>>() <= 16);
    }
}

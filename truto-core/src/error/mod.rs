//! Why a call failed, and what the API said about it.

mod api;
mod body;
mod cause;
mod cursor;
mod display;
mod insight;
mod kind;
pub(crate) mod redact;
mod serialize;
pub(crate) mod text;

use std::error::Error as StdError;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, StatusCode};

pub use api::ApiError;
pub(crate) use body::Origin;
pub(crate) use cause::Cause;
pub use insight::ErrorInsight;
pub use kind::ErrorKind;
pub(crate) use kind::{Endless, HeldBackBy, HoldLimit, Kind, TimedOut};
pub(crate) use redact::Redactor;

use crate::Endpoint;

/// Why a call failed.
///
/// One type for everything: ask it what you need to know. `Display` says what happened and on which
/// endpoint, with the server's own message; neither it nor `Debug` shows the token, ids, query
/// values or received values (those are kept apart, see [`body_excerpt`](Self::body_excerpt)).
///
/// | question | method |
/// | --- | --- |
/// | was anything sent? | [`is_invalid_request`](Self::is_invalid_request), [`is_token`](Self::is_token) and [`is_connect`](Self::is_connect) mean no |
/// | was there an error response? | [`api`](Self::api), [`status`](Self::status), [`headers`](Self::headers) |
/// | may a write have been applied? | [`may_have_applied`](Self::may_have_applied) |
/// | when to try again? | [`retry_after`](Self::retry_after) |
/// | what to tell support? | [`request_id`](Self::request_id) |
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use truto_core::{Deleted, ErrorKind, Request};
/// use truto_sandbox::Sandbox;
/// type DeleteUser = Request<Deleted<serde_json::Value>>;
///
/// let sandbox = Sandbox::start().await?;
/// sandbox.insert("e-signature", "users", serde_json::json!({"id": "1"}));
///
/// let delete = DeleteUser::unified("DELETE", "e-signature", "users", "");
/// let error = delete.send(&sandbox.account()).await.expect_err("an empty id");
/// assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0));
///
/// let delete = DeleteUser::unified("DELETE", "e-signature", "users", "2");
/// let error = delete.send(&sandbox.account()).await.expect_err("no such user");
/// assert_eq!(error.status(), Some(truto_core::StatusCode::NOT_FOUND));
/// assert!(!error.may_have_applied());
/// # Ok(())
/// # }
/// ```
///
/// For tests of your own error handling, an `Error` is made from an [`ApiError`] or an [`ErrorKind`].
///
/// See [Truto's page on errors](https://truto.one/docs/api-reference/overview/errors).
pub struct Error(Box<ErrorInner>);

struct ErrorInner {
    kind: Kind,
    endpoint: Option<&'static Endpoint>,
    /// The user's label of the account.
    account: Option<Arc<str>>,
    attempts: u32,
    may_have_applied: bool,
    retry_after: Option<Duration>,
    next_cursor: Option<String>,
    headers: Option<HeaderMap>,
    stopped: Option<Stopped>,
}

/// Why a call that could have been sent again was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// The retry budget is used up.
    Budget,
    /// The wait that the server asked for, or another attempt, does not fit the deadline.
    Deadline,
    /// The client's own limits would hold the next attempt back for too long.
    HeldBack,
}

impl Error {
    pub(crate) fn new(kind: Kind) -> Self {
        Self(Box::new(ErrorInner {
            kind,
            endpoint: None,
            account: None,
            attempts: 0,
            may_have_applied: false,
            retry_after: None,
            next_cursor: None,
            headers: None,
            stopped: None,
        }))
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(Kind::Invalid(message.into()))
    }

    pub(crate) fn on(mut self, endpoint: &'static Endpoint) -> Self {
        self.0.endpoint = Some(endpoint);
        self
    }

    /// The user's label of the account, see [`account`](Self::account).
    pub(crate) fn for_account(mut self, label: Option<Arc<str>>) -> Self {
        self.0.account = label;
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// Sets what [`may_have_applied`](Self::may_have_applied) returns, for tests of your own.
    #[must_use]
    pub fn with_may_have_applied(mut self, may_have_applied: bool) -> Self {
        self.0.may_have_applied = may_have_applied;
        self
    }

    /// Sets what [`retry_after`](Self::retry_after) returns, for tests of your own.
    #[must_use]
    pub fn with_retry_after(mut self, wait: impl Into<Option<Duration>>) -> Self {
        self.0.retry_after = wait.into();
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

    pub(crate) fn with_stopped(mut self, stopped: Option<Stopped>) -> Self {
        self.0.stopped = stopped;
        self
    }

    /// What kind of failure this is, for a `match`.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind.kind()
    }

    /// Whether the request was refused before anything was sent.
    ///
    /// A path argument that would change the route, a query that cannot be written, a header that is
    /// not valid, a client that cannot be built: the message says what to do.
    #[must_use]
    pub fn is_invalid_request(&self) -> bool {
        self.kind() == ErrorKind::InvalidRequest
    }

    /// Whether the [token source](crate::TokenSource) failed, or returned a token that cannot be sent.
    /// Its own error is the [`source`](StdError::source); nothing was sent with that token.
    #[must_use]
    pub fn is_token(&self) -> bool {
        self.kind() == ErrorKind::Token
    }

    /// Whether a call ended while it waited for a token.
    pub(crate) fn is_token_timeout(&self) -> bool {
        matches!(self.0.kind, Kind::Timeout { what: TimedOut::Token, .. })
    }

    /// Whether the connection could not be established (refused, no such host, TLS, too slow).
    /// Nothing was sent then.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        matches!(self.0.kind, Kind::Connect(_) | Kind::Timeout { what: TimedOut::Connecting, .. })
    }

    /// Whether time ran out: of an attempt, of the whole call (waits for a rate limit included), or
    /// between two chunks of a stream. Also true of [`is_throttled`](Self::is_throttled).
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self.kind(), ErrorKind::Timeout | ErrorKind::Throttled)
    }

    /// Whether the client itself would have held the call back for longer than
    /// [`max_wait`](crate::Request::max_wait) or the deadline: by its rate limits, by the wait that a
    /// 429 asked for, or by the user's [`Limiter`](crate::Limiter). Nothing was sent;
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

    /// Whether the connection was lost with the request on its way, or the response was cut short.
    #[must_use]
    pub fn is_transport(&self) -> bool {
        self.kind() == ErrorKind::Transport
    }

    /// Whether the response is a redirect. Redirects are not followed, since they would take the
    /// token along.
    #[must_use]
    pub fn is_redirect(&self) -> bool {
        self.kind() == ErrorKind::Redirect
    }

    /// Whether the response is a success, but its body is not what the type expects.
    #[must_use]
    pub fn is_decode(&self) -> bool {
        self.kind() == ErrorKind::Decode
    }

    /// Whether the body is larger than [`max_body_bytes`](crate::ClientBuilder::max_body_bytes).
    #[must_use]
    pub fn is_body_too_large(&self) -> bool {
        self.kind() == ErrorKind::BodyTooLarge
    }

    /// Whether pagination would not end: the server returned a cursor a second time, or the list goes
    /// on after [`max_pages`](crate::Request::max_pages).
    #[must_use]
    pub fn is_pagination_loop(&self) -> bool {
        self.kind() == ErrorKind::PaginationLoop
    }

    /// Whether a write may have been applied although the call failed.
    ///
    /// True for POST, PUT, PATCH and DELETE when any attempt ended without a clear refusal: lost in
    /// flight, timed out, an error response that does not prove that nothing was executed (408, 425,
    /// any 5xx but Truto's own 503, a 429 that is not provably Truto's), or a success whose body
    /// could not be read. Look before you write again. Always false for GET, for endpoints declared
    /// `safe`, and for requests that were never sent.
    #[must_use]
    pub fn may_have_applied(&self) -> bool {
        self.0.may_have_applied
    }

    /// The HTTP status of the last response, if there was one. Of a token that could not be requested,
    /// the status of that response.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.kind.status()
    }

    /// The headers of the response that failed, for support and for headers of your provider.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.0.headers.as_ref()
    }

    /// The id under which the server logged the request: `x-request-id`, else `cf-ray`.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        let headers = self.headers()?;
        ["x-request-id", "cf-ray"]
            .into_iter()
            .find_map(|name| headers.get(name)?.to_str().ok())
            .filter(|id| !id.is_empty())
    }

    /// The error response of Truto or the provider.
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

    /// The label of the account that the call acted on, see [`Account::labeled`]. Never its id.
    ///
    /// ```
    /// # truto_sandbox::__doc::run(async |_sandbox, account| {
    /// # use truto_sandbox::__doc::User;
    /// let acme = account.labeled("acme");
    /// let error = User::get("none").send(&acme).await.expect_err("no such user");
    /// assert_eq!(error.account(), Some("acme"));
    /// assert!(error.to_string().contains(" (acme): 404 Not Found"));
    /// # Ok(())
    /// # })
    /// ```
    ///
    /// [`Account::labeled`]: crate::Account::labeled
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        self.0.account.as_deref()
    }

    /// How many requests went out for this call; 0 if it was refused before sending.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How long to wait before the next call: what the server asked for (`Retry-After`, or
    /// `ratelimit-reset` on a 429), or how long a rate limit would have held the call back. Of a token
    /// that could not be requested, what that response asked for.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after.or_else(|| self.0.kind.token_error()?.retry_after())
    }

    /// A piece of the body that could not be used, at most 512 bytes: around the failing place for a
    /// decode error, else the beginning.
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

    /// The cursor of the page at which a list failed: hand it to
    /// [`Request::next_cursor`](crate::Request::next_cursor) to go on from there.
    ///
    /// `None` if the first page failed, or if this is not an error of a list.
    #[must_use]
    pub fn next_cursor(&self) -> Option<&str> {
        self.0.next_cursor.as_deref()
    }

    /// OpenTelemetry's `error.type`: the status code, or a word of few values.
    pub(crate) fn error_type(&self) -> &str {
        self.0.kind.error_type()
    }
}

/// The length of [`Error::body_excerpt`], in bytes.
pub(crate) const MAX_EXCERPT: usize = 512;

impl StdError for Error {
    /// The cause one level down. A cause that the text of this error ends with is left out, so that a
    /// report that prints the whole chain does not say it twice.
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.kind.source()
    }
}

// An error is a value without interior mutability; only its causes are trait objects.
impl UnwindSafe for Error {}
impl RefUnwindSafe for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_small_and_can_go_anywhere() {
        fn anywhere<T: StdError + Send + Sync + UnwindSafe + RefUnwindSafe + 'static>() {}
        anywhere::<Error>();
        assert!(size_of::<Result<(), Error>>() <= 16);
    }

    #[test]
    fn an_error_can_be_made_of_each_kind() {
        for kind in [
            ErrorKind::InvalidRequest,
            ErrorKind::Token,
            ErrorKind::Connect,
            ErrorKind::Timeout,
            ErrorKind::Transport,
            ErrorKind::Api,
            ErrorKind::Redirect,
            ErrorKind::BodyTooLarge,
            ErrorKind::Decode,
            ErrorKind::PaginationLoop,
            ErrorKind::Throttled,
            ErrorKind::Canceled,
        ] {
            let error = Error::from(kind);
            assert_eq!(error.kind(), kind);
            assert!(!error.to_string().is_empty());
            assert_eq!(kind.to_string(), kind.as_str());
            assert_eq!(serde_json::to_value(kind).expect("a word"), kind.as_str());
        }
    }

    /// The predicates that are true of an error, in the order of their names.
    fn predicates(error: &Error) -> Vec<&'static str> {
        let all = [
            ("body_too_large", error.is_body_too_large()),
            ("connect", error.is_connect()),
            ("decode", error.is_decode()),
            ("invalid_request", error.is_invalid_request()),
            ("pagination_loop", error.is_pagination_loop()),
            ("redirect", error.is_redirect()),
            ("throttled", error.is_throttled()),
            ("timeout", error.is_timeout()),
            ("token", error.is_token()),
            ("transport", error.is_transport()),
        ];
        all.into_iter().filter(|(_, is)| *is).map(|(name, _)| name).collect()
    }

    #[test]
    fn a_predicate_is_true_of_its_own_kind_only() {
        for (kind, expected) in [
            (ErrorKind::InvalidRequest, &["invalid_request"][..]),
            (ErrorKind::Token, &["token"]),
            (ErrorKind::Connect, &["connect"]),
            (ErrorKind::Timeout, &["timeout"]),
            (ErrorKind::Transport, &["transport"]),
            (ErrorKind::Api, &[]),
            (ErrorKind::Redirect, &["redirect"]),
            (ErrorKind::BodyTooLarge, &["body_too_large"]),
            (ErrorKind::Decode, &["decode"]),
            (ErrorKind::PaginationLoop, &["pagination_loop"]),
            (ErrorKind::Throttled, &["throttled", "timeout"]),
            (ErrorKind::Canceled, &[]),
        ] {
            assert_eq!(predicates(&Error::from(kind)), expected, "{kind}");
        }
        let what = TimedOut::Connecting;
        let slow = Kind::Timeout { what, after: Duration::from_secs(1), status: None };
        assert_eq!(predicates(&Error::new(slow)), ["connect", "timeout"]);
    }

    #[test]
    fn an_error_of_a_token_has_the_status_and_the_wait_of_its_request() {
        let inner = Error::from(ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "later"))
            .with_retry_after(Duration::from_secs(7));
        let source: Arc<dyn StdError + Send + Sync> = Arc::new(inner);
        let error = Error::new(Kind::Token { what: "no token", source: Some(source) });
        assert_eq!(error.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        assert_eq!(Error::from(ErrorKind::Token).status(), None);
        let own = error.with_retry_after(Duration::from_secs(1));
        assert_eq!(own.retry_after(), Some(Duration::from_secs(1)));
    }

    #[test]
    fn throttled_is_a_timeout_and_canceled_is_none() {
        let throttled = Error::from(ErrorKind::Throttled);
        assert!(throttled.is_throttled() && throttled.is_timeout() && !throttled.is_connect());
        assert!(!Error::from(ErrorKind::Canceled).is_timeout());
    }

    #[test]
    fn debug_is_one_line_that_begins_with_the_text() {
        let mut api = ApiError::new(StatusCode::CONFLICT, "taken\n\u{1b}[31m");
        api.error = "Conflict".to_owned();
        let error = Error::from(api).with_retry_after(Duration::from_secs(3));
        let shown = format!("{error:?}");
        assert!(shown.starts_with(&error.to_string()), "{shown}");
        assert!(!shown.contains(char::is_control), "{shown:?}");
        assert!(shown.ends_with("(api, retry after 3s)"), "{shown}");
        let invalid = format!("{:#?}", Error::invalid("a\nb"));
        assert_eq!(invalid, "invalid request: a b (invalid_request)");
    }

    #[test]
    fn request_ids() {
        let mut headers = HeaderMap::new();
        let id = |headers: &HeaderMap| {
            let error = Error::from(ErrorKind::Api).with_headers(headers.clone());
            error.request_id().map(str::to_owned)
        };
        assert_eq!(id(&headers), None);
        headers.insert("cf-ray", http::HeaderValue::from_static("ray"));
        assert_eq!(id(&headers).as_deref(), Some("ray"));
        headers.insert("x-request-id", http::HeaderValue::from_static("id"));
        assert_eq!(id(&headers).as_deref(), Some("id"));
    }
}

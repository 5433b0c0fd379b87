//! The properties of an error.

use std::time::Duration;

use http::{HeaderMap, StatusCode};

use super::failure::Kind;
use super::{ApiError, Error, ErrorKind};
use crate::Endpoint;

/// The length of [`Error::body_excerpt`], in bytes.
pub(crate) const MAX_EXCERPT: usize = 512;

impl Error {
    /// The kind of the failure, for a `match`.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind.kind()
    }

    /// The HTTP status of the response that the error reports; `None` if the last attempt got no response,
    /// even if an earlier one did. If the request for a token failed, the status of its response.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.kind.status()
    }

    /// The error response of Truto or the provider.
    #[must_use]
    pub fn api(&self) -> Option<&ApiError> {
        match &self.0.kind {
            Kind::Api(api) => Some(api),
            _ => None,
        }
    }

    /// The wait before the next call: what the server asked for (`Retry-After`, or `ratelimit-reset` on
    /// a 429), or the time for which a rate limit would have delayed the call. If the request for a
    /// token failed, the wait that its response asked for.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after.or_else(|| self.0.kind.token_error()?.retry_after())
    }

    /// True if a write may have been applied although the call failed.
    ///
    /// True for POST, PUT, PATCH and DELETE if any attempt ended without a clear refusal: the connection
    /// was lost, the attempt timed out, an upload ended early, the body of a success could not be used, or
    /// the response does not prove that nothing was executed. Such responses are a redirect, 408, 425, any
    /// 5xx except Truto's own 503, a 429 that is not provably Truto's, a status outside of 200 to 599, and
    /// every status that the [`RetryPolicy`](crate::RetryPolicy::statuses) retries. Check before you write
    /// again.
    ///
    /// Always false for GET, for endpoints declared `safe`, and for requests that were never sent.
    #[must_use]
    pub fn may_have_applied(&self) -> bool {
        self.0.may_have_applied
    }

    /// The number of attempts of this call, including those that got no connection; 0 if the call ended
    /// before the first one, or if a list failed between two pages.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The endpoint that was called.
    #[must_use]
    pub fn endpoint(&self) -> Option<&'static Endpoint> {
        self.0.endpoint
    }

    /// The label of the account that the call acted on; see [`Account::labeled`]. Never its id.
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

    /// The id under which the server logged the request: `x-request-id`, else `cf-ray`.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        let headers = self.headers()?;
        ["x-request-id", "cf-ray"]
            .into_iter()
            .find_map(|name| headers.get(name)?.to_str().ok())
            .filter(|id| !id.is_empty())
    }

    /// The headers of the response that the error reports, for example for a support request. Secret path
    /// arguments in them are redacted.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.0.headers.as_ref()
    }

    /// An excerpt of the response's body, at most 512 bytes: for a decode error the text around the error,
    /// for an error response the beginning. `None` for other errors.
    ///
    /// It is the server's text and may contain personal data, so be careful where you log it. The token
    /// is redacted.
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

    /// The cursor of the page at which a list failed. Pass it to
    /// [`Request::next_cursor`](crate::Request::next_cursor) to resume from it.
    ///
    /// `None` if that is the first page of the list, or if this is not an error of
    /// [`pages`](crate::Request::pages), [`items`](crate::Request::items) or [`all`](crate::Request::all).
    #[must_use]
    pub fn next_cursor(&self) -> Option<&str> {
        self.0.next_cursor.as_deref()
    }

    /// OpenTelemetry's `error.type`: the status code, or one of a few words.
    pub(crate) fn error_type(&self) -> &str {
        self.0.kind.error_type()
    }
}

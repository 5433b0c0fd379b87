//! The kind of an error, for a `match` and for metrics.

use std::fmt;

/// The kind of an [`Error`](crate::Error), for a `match`.
///
/// ```
/// use truto_core::{Client, ErrorKind};
///
/// let error = Client::new("").expect_err("no token");
/// assert_eq!(error.kind(), ErrorKind::InvalidRequest);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client refused to send the request.
    InvalidRequest,
    /// The token source failed, so the next attempt was not sent.
    Token,
    /// The connection could not be established; the attempt was not sent. If connecting took too long, the
    /// kind is [`Timeout`](Self::Timeout).
    Connect,
    /// Connecting, an attempt, the call, or the wait for a chunk or a token took too long, or a stream was
    /// slower than [`min_throughput`](crate::ClientBuilder::min_throughput).
    Timeout,
    /// The connection was lost, the response was cut short, or the body of an upload could not be read.
    Transport,
    /// An error response of Truto or of the provider.
    Api,
    /// The response is a redirect, which is not followed.
    Redirect,
    /// The body is larger than `max_body_bytes`.
    BodyTooLarge,
    /// The body does not fit the output type, or cannot be decompressed.
    Decode,
    /// Pagination does not end.
    PaginationLoop,
    /// The client itself would have delayed the call for too long, so the next attempt was not sent.
    Throttled,
    /// The call's future was dropped after an attempt began. Only
    /// [`on_attempt`](crate::ClientBuilder::on_attempt) receives such an error.
    Canceled,
}

impl ErrorKind {
    /// The kind as a word, for metric labels.
    ///
    /// ```
    /// use truto_core::ErrorKind;
    ///
    /// assert_eq!(ErrorKind::BodyTooLarge.as_str(), "body_too_large");
    /// assert_eq!(ErrorKind::Api.to_string(), "api");
    /// ```
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::Token => "token",
            Self::Connect => "connect",
            Self::Timeout => "timeout",
            Self::Transport => "transport",
            Self::Api => "api",
            Self::Redirect => "redirect",
            Self::BodyTooLarge => "body_too_large",
            Self::Decode => "decode",
            Self::PaginationLoop => "pagination_loop",
            Self::Throttled => "throttled",
            Self::Canceled => "canceled",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

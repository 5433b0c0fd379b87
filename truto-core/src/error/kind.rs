//! The kinds of errors, and what each says.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use super::ApiError;
use super::text::Line;

/// What kind of failure an [`Error`](crate::Error) is, for a `match`.
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
    /// The request was refused before anything was sent.
    InvalidRequest,
    /// The token source failed; nothing was sent.
    Token,
    /// The connection could not be established; nothing was sent.
    Connect,
    /// Time ran out.
    Timeout,
    /// The connection was lost with the request on its way, or the response was cut short.
    Transport,
    /// An error response of Truto or of the provider.
    Api,
    /// The response is a redirect, which is not followed.
    Redirect,
    /// The body is larger than `max_body_bytes`.
    BodyTooLarge,
    /// The body is not what the type expects.
    Decode,
    /// Pagination does not end.
    PaginationLoop,
}

pub(crate) type Source = Box<dyn StdError + Send + Sync>;

/// What happened, with what only this case knows.
pub(crate) enum Kind {
    Invalid(String),
    /// The source's error is shared by all calls that waited for it.
    Token {
        what: &'static str,
        source: Option<Arc<dyn StdError + Send + Sync>>,
    },
    Connect(Source),
    Timeout {
        what: TimedOut,
        after: Duration,
        status: Option<StatusCode>,
    },
    Transport {
        what: String,
        status: Option<StatusCode>,
        source: Option<Source>,
    },
    Api(Box<ApiError>),
    /// Without a status if the caller's own client followed it before we could see it.
    Redirect {
        status: Option<StatusCode>,
        host: Option<String>,
    },
    BodyTooLarge {
        limit: usize,
        declared: Option<u64>,
        status: StatusCode,
    },
    Decode {
        message: String,
        /// `None` where no response was decoded, but a value out of one.
        status: Option<StatusCode>,
        excerpt: String,
    },
    PaginationLoop(Endless),
}

/// What ran out of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimedOut {
    Connecting,
    Attempt,
    Deadline,
    /// The client's own rate limit.
    RateLimit,
    /// The wait that a 429 asked for.
    Gate,
    /// The token source.
    Token,
    Chunk,
    /// A stream that came in more slowly than the minimum throughput.
    Throughput,
}

/// Why pagination was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endless {
    Repeated,
    MaxPages(u32),
}

impl Kind {
    pub(crate) fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(_) => ErrorKind::InvalidRequest,
            Self::Token { .. } => ErrorKind::Token,
            Self::Connect(_) => ErrorKind::Connect,
            Self::Timeout { .. } => ErrorKind::Timeout,
            Self::Transport { .. } => ErrorKind::Transport,
            Self::Api(_) => ErrorKind::Api,
            Self::Redirect { .. } => ErrorKind::Redirect,
            Self::BodyTooLarge { .. } => ErrorKind::BodyTooLarge,
            Self::Decode { .. } => ErrorKind::Decode,
            Self::PaginationLoop(_) => ErrorKind::PaginationLoop,
        }
    }

    pub(crate) fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Api(api) => Some(api.status),
            Self::BodyTooLarge { status, .. } => Some(*status),
            Self::Decode { status, .. }
            | Self::Redirect { status, .. }
            | Self::Timeout { status, .. }
            | Self::Transport { status, .. } => *status,
            Self::Invalid(_) | Self::Token { .. } | Self::Connect(_) | Self::PaginationLoop(_) => {
                None
            }
        }
    }

    /// OpenTelemetry's `error.type`: the status code, or a word of few values.
    pub(crate) fn error_type(&self) -> &str {
        match self {
            Self::Invalid(_) => "invalid_request",
            Self::Token { .. } => "token",
            Self::Connect(_) => "connect",
            Self::Timeout { .. } => "timeout",
            Self::Transport { .. } => "transport",
            Self::Api(api) => api.status.as_str(),
            Self::Redirect { status, .. } => status.as_ref().map_or("redirect", StatusCode::as_str),
            Self::BodyTooLarge { .. } => "body_too_large",
            Self::Decode { .. } => "decode",
            Self::PaginationLoop(_) => "pagination_loop",
        }
    }

    pub(crate) fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Connect(source) => Some(&**source),
            Self::Transport { source, .. } => source.as_ref().map(|source| &**source as _),
            Self::Token { source, .. } => source.as_ref().map(|source| &**source as _),
            _ => None,
        }
    }
}

/// The most characters of a cause below ours that an error shows.
const MAX_CAUSE: usize = 200;

/// Writes the innermost cause, which says what happened; those above it say where.
fn write_cause(f: &mut fmt::Formatter<'_>, source: &(dyn StdError + 'static)) -> fmt::Result {
    let innermost = std::iter::successors(Some(source), |&error| error.source()).last();
    let cause = innermost.unwrap_or(source).to_string();
    write!(f, ": {}", Line(&cause, MAX_CAUSE))
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(message) => write!(f, "invalid request: {message}"),
            Self::Token { what, .. } => f.write_str(what),
            Self::Connect(source) => {
                f.write_str("the connection could not be established")?;
                write_cause(f, &**source)
            }
            Self::Timeout { what, after, .. } => write_timeout(f, *what, *after),
            Self::Transport { what, source, .. } => {
                f.write_str(what)?;
                match source {
                    Some(source) => write_cause(f, &**source),
                    None => Ok(()),
                }
            }
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
            Self::BodyTooLarge { limit, declared, .. } => match declared {
                Some(declared) => write!(
                    f,
                    "the body has {declared} bytes, more than the limit of {limit} bytes \
                     (`max_body_bytes`)"
                ),
                None => write!(f, "the body is larger than {limit} bytes (`max_body_bytes`)"),
            },
            Self::Decode { message, .. } => f.write_str(message),
            Self::PaginationLoop(Endless::Repeated) => {
                f.write_str("the server returned a cursor that it had returned before in this list")
            }
            Self::PaginationLoop(Endless::MaxPages(max)) => {
                write!(f, "the list goes on after {max} pages (`max_pages`)")
            }
        }
    }
}

fn write_timeout(f: &mut fmt::Formatter<'_>, what: TimedOut, after: Duration) -> fmt::Result {
    match what {
        TimedOut::Connecting => {
            write!(f, "the connection could not be established within {after:?}")
        }
        TimedOut::Attempt => write!(f, "timed out waiting for the response after {after:?}"),
        TimedOut::Deadline => write!(f, "the deadline of {after:?} has passed"),
        TimedOut::RateLimit => {
            write!(f, "held back by the client-side rate limit past the deadline of {after:?}")
        }
        TimedOut::Gate => {
            write!(f, "held back by the wait that a 429 asked for past the deadline of {after:?}")
        }
        TimedOut::Token => {
            write!(f, "the token source did not return within the deadline of {after:?}")
        }
        TimedOut::Chunk => write!(f, "the response stream stalled for {after:?}"),
        TimedOut::Throughput => {
            write!(f, "the response stream fell below the minimum throughput for {after:?}")
        }
    }
}

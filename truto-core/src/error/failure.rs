//! The failure that an error reports, and its text.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use super::cause::Cause;
use super::{ApiError, Error, ErrorKind};

/// The failure, with the data of its kind.
pub(crate) enum Kind {
    Invalid(String),
    /// The source's error is shared by all calls that waited for it.
    Token {
        what: &'static str,
        source: Option<Arc<dyn StdError + Send + Sync>>,
    },
    Connect(Cause),
    Timeout {
        what: TimedOut,
        after: Duration,
        status: Option<StatusCode>,
    },
    Transport {
        what: String,
        status: Option<StatusCode>,
        source: Option<Cause>,
    },
    Api(Box<ApiError>),
    /// Without a status if the user's own HTTP client followed the redirect.
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
        /// `None` if a single value was decoded instead of a response.
        status: Option<StatusCode>,
        excerpt: String,
    },
    PaginationLoop(Endless),
    Throttled {
        by: DeniedBy,
        limit: HoldLimit,
        after: Duration,
    },
    Canceled,
}

/// The limit that denied a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeniedBy {
    /// The gate that a 429 closed.
    Gate,
    /// The client's own limits.
    Throttle,
    /// The user's [`Limiter`](crate::Limiter).
    Limiter,
    /// The token source.
    Token,
}

/// The bound that the wait would exceed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HoldLimit {
    MaxWait,
    Deadline,
}

/// The time limit that was exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimedOut {
    Connecting,
    Attempt,
    Deadline,
    /// The token source.
    Token,
    Chunk,
    /// A stream slower than the minimum throughput.
    Throughput,
}

/// Why pagination was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endless {
    Repeated,
    MaxPages(u32),
    /// This number of successive empty pages was read, each with a new cursor.
    EmptyPages(u32),
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
            Self::Throttled { .. } => ErrorKind::Throttled,
            Self::Canceled => ErrorKind::Canceled,
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
            Self::Token { .. } => self.token_error().and_then(Error::status),
            Self::Invalid(_)
            | Self::Connect(_)
            | Self::PaginationLoop(_)
            | Self::Throttled { .. }
            | Self::Canceled => None,
        }
    }

    /// OpenTelemetry's `error.type`: the status code, or one of a few words.
    pub(crate) fn error_type(&self) -> &str {
        match self {
            // The status of other failures may be a success, which would not describe them.
            Self::Api(api) => api.status.as_str(),
            Self::Redirect { status: Some(status), .. } => status.as_str(),
            kind => kind.kind().as_str(),
        }
    }

    /// The error of the request for a token, if the source is [`AccountTokens`](crate::AccountTokens).
    pub(crate) fn token_error(&self) -> Option<&Error> {
        match self {
            Self::Token { source, .. } => source.as_deref()?.downcast_ref(),
            _ => None,
        }
    }

    pub(crate) fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Connect(cause) => cause.above_innermost(),
            Self::Transport { source, .. } => source.as_ref()?.above_innermost(),
            Self::Token { source, .. } => source.as_ref().map(|source| &**source as _),
            _ => None,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(message) => write!(f, "invalid request: {message}"),
            Self::Token { what, .. } => f.write_str(what),
            Self::Connect(cause) => write!(f, "the connection could not be established: {cause}"),
            Self::Timeout { what, after, .. } => write_timeout(f, *what, *after),
            Self::Transport { what, source, .. } => {
                f.write_str(what)?;
                match source {
                    Some(cause) => write!(f, ": {cause}"),
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
                f.write_str("the server returned the same cursor twice in this list")
            }
            Self::PaginationLoop(Endless::MaxPages(max)) => {
                write!(f, "the list continues after {max} pages (`max_pages`)")
            }
            Self::PaginationLoop(Endless::EmptyPages(max)) => {
                write!(f, "{max} empty pages in a row, each with a new cursor (`max_empty_pages`)")
            }
            Self::Throttled { by, limit, after } => {
                let by = match by {
                    DeniedBy::Gate => "the wait that a 429 asked for",
                    DeniedBy::Throttle => "the client-side rate limit",
                    DeniedBy::Limiter => "the limiter",
                    DeniedBy::Token => "the request for a token",
                };
                let limit = match limit {
                    HoldLimit::MaxWait => "`max_wait`",
                    HoldLimit::Deadline => "deadline",
                };
                write!(f, "{by} would delay the call past its {limit} of {after:?}")
            }
            Self::Canceled => f.write_str("the call was canceled before it ended"),
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
        TimedOut::Token => {
            write!(f, "the token source did not return within the deadline of {after:?}")
        }
        TimedOut::Chunk => write!(f, "the response stream stalled for {after:?}"),
        TimedOut::Throughput => {
            write!(f, "the response stream fell below the minimum throughput for {after:?}")
        }
    }
}

//! The texts of an error, and errors made for tests.

use std::fmt;
use std::time::Duration;

use http::StatusCode;

use super::failure::{DeniedBy, Endless, HoldLimit, Kind, TimedOut};
use super::text::OneLine;
use super::{ApiError, Error, ErrorKind, Stopped};

/// The maximum number of characters of a label that an error shows.
const MAX_LABEL: usize = 80;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.endpoint, &self.0.account) {
            (Some(endpoint), Some(label)) => {
                write!(f, "{endpoint} ({}): ", OneLine(label, MAX_LABEL))?;
            }
            (Some(endpoint), None) => write!(f, "{endpoint}: ")?,
            (None, _) => {}
        }
        self.0.kind.fmt(f)?;
        if self.0.attempts > 1 {
            write!(f, " (after {} attempts)", self.0.attempts)?;
        }
        f.write_str(match self.0.stopped {
            Some(Stopped::Budget) => "; not retried: the retry budget is used up",
            Some(Stopped::Deadline) if self.0.retry_after.is_some() => {
                "; not retried: the wait does not fit the deadline"
            }
            Some(Stopped::Deadline) => "; not retried: the deadline leaves no time",
            Some(Stopped::Denied) => {
                "; not retried: the client's limits would delay it for too long"
            }
            Some(Stopped::RuntimeEnded) => {
                "; not retried: the tokio runtime of the call was shut down"
            }
            None => "",
        })?;
        if self.0.may_have_applied {
            f.write_str("; the write may have been applied")?;
        }
        Ok(())
    }
}

/// One line that begins with the text of `Display`, since `fn main() -> Result<(), Error>` prints it.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}", OneLine(&self.to_string(), usize::MAX), self.kind())?;
        // The text of an `ApiError` begins with the status already.
        if let Some(status) = self.status().filter(|_| self.api().is_none()) {
            write!(f, ", status {}", status.as_u16())?;
        }
        if let Some(wait) = self.0.retry_after {
            write!(f, ", retry after {wait:?}")?;
        }
        f.write_str(")")
    }
}

impl From<ApiError> for Error {
    /// Creates the error of a call that got this error response, for tests of your error handling.
    fn from(api: ApiError) -> Self {
        Self::new(Kind::Api(Box::new(api))).with_attempts(1)
    }
}

impl From<ErrorKind> for Error {
    /// Creates an error of this kind, for tests of your error handling.
    ///
    /// ```
    /// use truto_core::{Error, ErrorKind};
    ///
    /// let lost = Error::from(ErrorKind::Transport).with_may_have_applied(true);
    /// assert!(lost.is_transport() && lost.may_have_applied());
    /// ```
    fn from(kind: ErrorKind) -> Self {
        const AFTER: Duration = Duration::from_secs(30);
        const WHAT: &str = "made for a test";
        Self::new(match kind {
            ErrorKind::InvalidRequest => Kind::Invalid(WHAT.to_owned()),
            ErrorKind::Token => Kind::Token { what: WHAT, source: None },
            ErrorKind::Connect => Kind::Connect(WHAT.into()),
            ErrorKind::Timeout => {
                Kind::Timeout { what: TimedOut::Attempt, after: AFTER, status: None }
            }
            ErrorKind::Transport => {
                Kind::Transport { what: WHAT.to_owned(), status: None, source: None }
            }
            ErrorKind::Api => {
                Kind::Api(Box::new(ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, WHAT)))
            }
            ErrorKind::Redirect => Kind::Redirect { status: Some(StatusCode::FOUND), host: None },
            ErrorKind::BodyTooLarge => {
                Kind::BodyTooLarge { limit: 0, declared: None, status: StatusCode::OK }
            }
            ErrorKind::Decode => Kind::Decode {
                message: WHAT.to_owned(),
                status: Some(StatusCode::OK),
                excerpt: String::new(),
            },
            ErrorKind::PaginationLoop => Kind::PaginationLoop(Endless::Repeated),
            ErrorKind::Throttled => {
                Kind::Throttled { by: DeniedBy::Throttle, limit: HoldLimit::MaxWait, after: AFTER }
            }
            ErrorKind::Canceled => Kind::Canceled,
        })
    }
}

//! The error of a failed call, and the error responses of the API.

// These two first, so that the page of `Error` begins with them.
mod answers;
mod predicates;

mod api;
mod body;
mod cause;
mod cursor;
mod display;
mod failure;
mod insight;
mod kind;
pub(crate) mod redact;
mod serialize;
pub(crate) mod text;

mod build;

use std::error::Error as StdError;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;

pub(crate) use answers::MAX_EXCERPT;
pub use api::ApiError;
pub(crate) use body::Origin;
pub(crate) use cause::{Cause, chain};
pub(crate) use failure::{DeniedBy, Endless, HoldLimit, Kind, TimedOut};
pub use insight::ErrorInsight;
pub use kind::ErrorKind;
pub(crate) use redact::Redactor;

use crate::Endpoint;

/// The error of a failed call.
///
/// One type covers all failures, with a method for each question that a caller may have. `Display` shows the
/// endpoint, the failure and the server's message, in which the token and the account's id are redacted.
/// Apart from that message and the host of a redirect, `Display` and `Debug` show no ids, query values or
/// received values; [`body_excerpt`](Self::body_excerpt) returns a part of the body.
///
/// | question | method |
/// | --- | --- |
/// | was anything sent? | no if [`attempts`](Self::attempts) is 0, unless a list failed between two pages; the last attempt was not sent if [`is_connect`](Self::is_connect) |
/// | was there an error response? | [`api`](Self::api), [`status`](Self::status), [`headers`](Self::headers) |
/// | may a write have been applied? | [`may_have_applied`](Self::may_have_applied) |
/// | when to try again? | [`retry_after`](Self::retry_after) |
/// | must the list start from the beginning? | [`is_cursor_invalid`](Self::is_cursor_invalid) |
/// | whose account was it? | [`account`](Self::account) |
/// | what does support need? | [`request_id`](Self::request_id) |
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
/// For tests of your error handling, create an `Error` from an [`ApiError`] or an [`ErrorKind`].
///
/// It has the size of a pointer, as does a `Result<(), Error>`. It is not `Clone`; share one in an [`Arc`].
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

/// The reason why a call that could have been retried was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// The retry budget is used up.
    Budget,
    /// The deadline leaves no time for the wait that the server asked for, or for another attempt.
    Deadline,
    /// The client's own limits would delay the next attempt for too long.
    Denied,
    /// The tokio runtime of the call was shut down.
    RuntimeEnded,
}

impl StdError for Error {
    /// The next error in the chain of causes. The cause with which this error's own text ends is left out,
    /// so that a report of the whole chain does not repeat it.
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.kind.source()
    }
}

// An error is a value without interior mutability; only its causes are trait objects.
impl UnwindSafe for Error {}
impl RefUnwindSafe for Error {}

#[cfg(test)]
mod tests;

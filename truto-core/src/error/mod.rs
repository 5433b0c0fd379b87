//! Why a call failed, and what the API said about it.

// These two first, so that the page of `Error` begins with them.
mod answers;
mod predicates;

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

mod build;

use std::error::Error as StdError;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;

pub(crate) use answers::MAX_EXCERPT;
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
/// | was anything sent? | [`attempts`](Self::attempts) of 0, [`is_invalid_request`](Self::is_invalid_request), [`is_throttled`](Self::is_throttled), [`is_token`](Self::is_token) and [`is_connect`](Self::is_connect) mean no |
/// | was there an error response? | [`api`](Self::api), [`status`](Self::status), [`headers`](Self::headers) |
/// | may a write have been applied? | [`may_have_applied`](Self::may_have_applied) |
/// | when to try again? | [`retry_after`](Self::retry_after) |
/// | does the list start again? | [`is_cursor_invalid`](Self::is_cursor_invalid) |
/// | whose account was it? | [`account`](Self::account) |
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
/// It is eight bytes on the stack, and so is a `Result<(), Error>`; it is not `Clone`: share one in an
/// [`Arc`].
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
mod tests;

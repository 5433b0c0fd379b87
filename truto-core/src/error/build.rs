//! Builds errors and adds the facts of their call; two of the setters are for tests of users.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;

use super::{Error, ErrorInner, Kind, Stopped};
use crate::Endpoint;
use crate::timer::RuntimeEnded;

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

    /// Sets what [`may_have_applied`](Self::may_have_applied) returns, for tests of your error handling.
    #[must_use]
    pub fn with_may_have_applied(mut self, may_have_applied: bool) -> Self {
        self.0.may_have_applied = may_have_applied;
        self
    }

    /// Sets what [`retry_after`](Self::retry_after) returns, for tests of your error handling.
    #[must_use]
    pub fn with_retry_after(mut self, wait: impl Into<Option<Duration>>) -> Self {
        self.0.retry_after = wait.into();
        self
    }
}

impl From<RuntimeEnded> for Error {
    fn from(ended: RuntimeEnded) -> Self {
        Self::invalid(format!("{ended}; call from a running one"))
    }
}

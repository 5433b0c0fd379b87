//! A function of the caller's, called after each attempt.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use crate::{Endpoint, Error, RateLimit};

/// What an attempt was, for metrics; see [`ClientBuilder::on_attempt`](crate::ClientBuilder::on_attempt).
///
/// It holds nothing of high cardinality: no id, no query value, no header.
///
/// ```
/// use truto_core::AttemptInfo;
///
/// /// The labels of a counter.
/// fn labels(attempt: &AttemptInfo<'_>) -> [String; 3] {
///     let status = attempt.status.map_or(0, |status| status.as_u16());
///     let retried = attempt.retry_in.is_some();
///     [attempt.endpoint.to_string(), status.to_string(), retried.to_string()]
/// }
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct AttemptInfo<'a> {
    /// What was called.
    pub endpoint: &'static Endpoint,
    /// The name under which the caller knows the account, see [`Account::labeled`](crate::Account::labeled).
    pub account: Option<&'a str>,
    /// Counts from 1.
    pub attempt: u32,
    /// From sending to the end of the body, or to the failure.
    pub duration: Duration,
    /// The status of the response, if there was one.
    pub status: Option<StatusCode>,
    /// The rate limit that the response states.
    pub rate_limit: Option<RateLimit>,
    /// Why the attempt failed.
    pub error: Option<&'a Error>,
    /// How long the call waits before it is sent again; `None` if it is not.
    pub retry_in: Option<Duration>,
}

type Hook = dyn Fn(&AttemptInfo<'_>) + Send + Sync;

#[derive(Clone)]
pub(crate) struct AttemptHook(Arc<Hook>);

impl AttemptHook {
    pub(crate) fn new(hook: impl Fn(&AttemptInfo<'_>) + Send + Sync + 'static) -> Self {
        Self(Arc::new(hook))
    }

    pub(crate) fn call(&self, info: &AttemptInfo<'_>) {
        (self.0)(info);
    }
}

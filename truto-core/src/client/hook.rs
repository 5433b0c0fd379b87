//! The user's functions that are called before and after each attempt.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, StatusCode, header};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::request::{MAX_HEADERS, check_shared_header};
use crate::{Endpoint, Error, RateLimit};

/// A description of one attempt, for metrics; see
/// [`ClientBuilder::on_attempt`](crate::ClientBuilder::on_attempt).
///
/// It contains nothing of high cardinality: no ids, query values or headers.
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
    /// The endpoint that was called.
    pub endpoint: &'static Endpoint,
    /// The label of the account; see [`Account::labeled`](crate::Account::labeled).
    pub account: Option<&'a str>,
    /// The number of the attempt within its call, starting at 1.
    pub attempt: u32,
    /// The time from the start of the attempt, including connecting, to the end of the body (for a
    /// [`ByteStream`](crate::ByteStream), to the head), or to the failure.
    pub duration: Duration,
    /// The time for which the client itself delayed the attempt: for its rate limits, after a 429, for a
    /// [`Limiter`](crate::Limiter) or for a token. It does not include the backoff. If this attempt's
    /// token was refused and then renewed, it is the wait for the new token instead.
    pub waited: Duration,
    /// The status of the response, if there was one.
    pub status: Option<StatusCode>,
    /// The rate limit in the response's headers.
    pub rate_limit: Option<RateLimit>,
    /// The error of a failed attempt. Its kind is [`Canceled`](crate::ErrorKind::Canceled) if the call's
    /// future was dropped; [`Error::may_have_applied`] is true if a write may have been executed
    /// nevertheless.
    pub error: Option<&'a Error>,
    /// The wait before the next attempt; `None` if there is none.
    pub retry_in: Option<Duration>,
}

impl AttemptInfo<'_> {
    pub(crate) fn retry_in(self, after: Duration) -> Self {
        Self { retry_in: Some(after), ..self }
    }
}

impl Serialize for AttemptInfo<'_> {
    /// Serializes the endpoint and the error as text, the error's kind as a separate field, and
    /// durations in seconds.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("AttemptInfo", 10)?;
        fields.serialize_field("endpoint", &self.endpoint.to_string())?;
        fields.serialize_field("account", &self.account)?;
        fields.serialize_field("attempt", &self.attempt)?;
        fields.serialize_field("duration", &self.duration.as_secs_f64())?;
        fields.serialize_field("waited", &self.waited.as_secs_f64())?;
        fields.serialize_field("status", &self.status.map(|status| status.as_u16()))?;
        fields.serialize_field("rate_limit", &self.rate_limit)?;
        fields.serialize_field("error", &self.error.map(ToString::to_string))?;
        fields.serialize_field("error_kind", &self.error.map(Error::kind))?;
        fields.serialize_field("retry_in", &self.retry_in.as_ref().map(Duration::as_secs_f64))?;
        fields.end()
    }
}

/// Called after each attempt.
pub(crate) type AttemptHook = Arc<dyn Fn(&AttemptInfo<'_>) + Send + Sync>;

type OnRequest = dyn Fn(&Endpoint, &mut HeaderMap) + Send + Sync;

#[derive(Clone)]
pub(crate) struct RequestHook(Arc<OnRequest>);

impl RequestHook {
    pub(crate) fn new(hook: impl Fn(&Endpoint, &mut HeaderMap) + Send + Sync + 'static) -> Self {
        Self(Arc::new(hook))
    }

    /// Lets the user's function change the caller's own headers of one attempt.
    pub(crate) fn call(&self, endpoint: &Endpoint, before: &HeaderMap) -> Result<HeaderMap, Error> {
        // A copy: if the hook panics, its partial changes are dropped with it.
        let mut headers = before.clone();
        let hook = AssertUnwindSafe(|| (self.0)(endpoint, &mut headers));
        if catch_unwind(hook).is_err() {
            return Err(Error::invalid("the callback of `ClientBuilder::on_request` panicked"));
        }
        // A `HeaderMap` panics once it cannot grow any more.
        if headers.len() > MAX_HEADERS {
            return Err(Error::invalid(format!("more than {MAX_HEADERS} headers were added")));
        }
        // The media type belongs to the request: it was checked against the body when it was set.
        let media = header::CONTENT_TYPE;
        let is_untouched = headers.get_all(&media).iter().eq(before.get_all(&media));
        let changed = headers.keys().filter(|name| **name != media);
        for name in changed.chain((!is_untouched).then_some(&media)) {
            check_shared_header(name).map_err(Error::invalid)?;
        }
        Ok(headers)
    }
}

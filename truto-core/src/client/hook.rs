//! Functions of the user, called before and after each attempt.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, StatusCode};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::request::check_shared_header;
use crate::{Endpoint, Error, RateLimit};

/// Description of an attempt, for metrics; see [`ClientBuilder::on_attempt`](crate::ClientBuilder::on_attempt).
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
    /// The called endpoint.
    pub endpoint: &'static Endpoint,
    /// The name under which the caller knows the account, see [`Account::labeled`](crate::Account::labeled).
    pub account: Option<&'a str>,
    /// Counts from 1.
    pub attempt: u32,
    /// From sending to the end of the body, or to the failure.
    pub duration: Duration,
    /// Time for which the client held the attempt back: at its rate limits, at the gate that a 429
    /// closed, at a [`Limiter`](crate::Limiter), for a token. The backoff is not part of it.
    pub waited: Duration,
    /// The status of the response, if there was one.
    pub status: Option<StatusCode>,
    /// The rate limit that the response states.
    pub rate_limit: Option<RateLimit>,
    /// Why the attempt failed. Of kind [`Canceled`](crate::ErrorKind::Canceled) if the call's future was
    /// dropped; [`Error::may_have_applied`] says whether the request may have been executed all the same.
    pub error: Option<&'a Error>,
    /// Wait before the call is sent again; `None` if it is not.
    pub retry_in: Option<Duration>,
}

impl AttemptInfo<'_> {
    pub(crate) fn retry_in(self, after: Duration) -> Self {
        Self { retry_in: Some(after), ..self }
    }
}

impl Serialize for AttemptInfo<'_> {
    /// The endpoint and the error as text, the error's kind beside it, durations in seconds.
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

type OnRequest = dyn Fn(&Endpoint, &mut HeaderMap) + Send + Sync;

#[derive(Clone)]
pub(crate) struct RequestHook(Arc<OnRequest>);

impl RequestHook {
    pub(crate) fn new(hook: impl Fn(&Endpoint, &mut HeaderMap) + Send + Sync + 'static) -> Self {
        Self(Arc::new(hook))
    }

    /// Lets the user's function change the caller's own headers of one attempt.
    pub(crate) fn call(
        &self,
        endpoint: &Endpoint,
        mut headers: HeaderMap,
    ) -> Result<HeaderMap, Error> {
        let hook = AssertUnwindSafe(|| (self.0)(endpoint, &mut headers));
        if catch_unwind(hook).is_err() {
            return Err(Error::invalid("the callback of `ClientBuilder::on_request` panicked"));
        }
        for name in headers.keys() {
            check_shared_header(name).map_err(Error::invalid)?;
        }
        Ok(headers)
    }
}

//! One attempt: sends a request, reads the response, and converts failures.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::{HeaderMap, StatusCode, Version, header};
use reqwest::Url;
use tokio::time::Instant;

use super::CallLimits;
use super::body::AbandonOnDrop;
use super::http_request::OutgoingRequest;
use super::network::{body_aborted, client_panicked, runtime_ended, send_error};
use crate::client::{ClientInner, Pool, SendFailure};
use crate::error::{ApiError, Kind, Redactor, TimedOut};
use crate::policy::Outcome;
use crate::response::{
    BodyBuffer, BodyReader, ByteStream, RawBody, RawResponse, ResponseHead, body_error, cut_short,
};
use crate::retry_after::retry_after;
use crate::timer::{Interrupted, RuntimeEnded, later, timeout_at};
use crate::{Account, Endpoint, Error};

/// The number of bytes of an error's body that are read. At most 64 KiB of them are kept, but the flag of a
/// provider's error may come after a large `raw_response`.
const MAX_ERROR_BODY: usize = 1024 * 1024;

/// A failed attempt: its error, and its outcome for the decision on another attempt.
pub(super) struct AttemptError {
    pub(super) error: Error,
    pub(super) outcome: Outcome,
    /// Time until the head of the response, if one came.
    pub(super) responded: Option<Duration>,
}

impl AttemptError {
    pub(super) fn new(kind: Kind, outcome: Outcome) -> Self {
        Self { error: Error::new(kind), outcome, responded: None }
    }

    /// An attempt that cannot be sent, now or later.
    pub(super) fn refused(error: Error) -> Self {
        Self { error, outcome: Outcome::Permanent, responded: None }
    }

    fn with_headers(self, headers: HeaderMap) -> Self {
        Self { error: self.error.with_headers(headers), ..self }
    }
}

/// One request about to be sent.
pub(super) struct Attempt<'a> {
    pub(super) pool: Arc<Pool>,
    pub(super) secrets: Redactor<'a>,
    pub(super) endpoint: &'static Endpoint,
    pub(super) account: &'a Account,
    pub(super) streamed: bool,
    /// The request has a condition set by the caller (`If-None-Match`), which a 304 answers.
    pub(super) is_conditional: bool,
    /// The number of the attempt, starting at 1.
    pub(super) number: u32,
    pub(super) limits: &'a CallLimits,
    /// The limit that a timeout error names.
    pub(super) timed_out: TimedOut,
}

impl<'a> Attempt<'a> {
    fn client(&self) -> &'a ClientInner {
        self.account.client().inner()
    }

    /// Sends once and reads the response, within the time `limit`.
    ///
    /// This future is part of the future of every call. To keep it small, values that are no longer needed
    /// are dropped before the next wait.
    pub(super) fn run(
        self,
        outgoing: OutgoingRequest,
        limit: Duration,
    ) -> impl Future<Output = Result<RawResponse, AttemptError>> + Send + use<'a> {
        let OutgoingRequest { request, started: send_started, .. } = outgoing;
        let mut send_started = AbandonOnDrop::new(send_started);
        let started = Instant::now();
        let ends = later(started, limit);
        let url = self.client().pools.is_custom().then(|| Box::new(request.url().clone()));
        let mut sent = self.pool.client.execute(request);
        async move {
            let (responded, head, body) = {
                // Borrows, so that the future of the call contains only one copy of each.
                let responded =
                    poll_fn(|cx| self.pool.poll_sent(&mut sent, || send_started.get(), cx));
                let response = match timeout_at(ends, responded).await {
                    Ok(Ok(response)) => response,
                    Ok(Err(failure)) => return Err(self.unsent(failure, &send_started, started)),
                    Err(Interrupted::RuntimeEnded) => {
                        return Err(runtime_ended(send_started.get()));
                    }
                    Err(Interrupted::Elapsed) => {
                        // A connection that died silently looks like this; see `RuntimePools::suspect`.
                        self.client().pools.suspect(&self.pool);
                        return Err(self.no_head(send_started.get(), ends - started));
                    }
                };
                send_started.head_arrived();
                self.pool.seen(response.version());
                let responded = Some(started.elapsed());
                match self.split(response, url.as_deref()) {
                    Ok((head, body)) => (responded, head, body),
                    Err(redirect) => return Err(AttemptError { responded, ..redirect }),
                }
            };
            let received = self.receive(head, body, ends).await;
            if self.streamed && received.is_ok() {
                // The rest of the request may still be uploading, and the response may depend on it.
                send_started.disarm();
            }
            received.map_err(|failed| AttemptError { responded, ..failed })
        }
    }

    /// The request failed before the head of a response.
    fn unsent(
        &self,
        failure: SendFailure,
        send_started: &AbandonOnDrop,
        started: Instant,
    ) -> AttemptError {
        let error = match failure {
            SendFailure::Http(error) => error,
            SendFailure::Panicked => return client_panicked(send_started.get()),
            SendFailure::RuntimeEnded => return runtime_ended(send_started.get()),
        };
        if let Some(reason) = send_started.aborted() {
            return body_aborted(reason);
        }
        // A client that the user passed in has its own timeouts.
        let after = if self.client().pools.is_custom() {
            // Whole milliseconds, for the text.
            Duration::from_millis(started.elapsed().as_millis().try_into().unwrap_or(0))
        } else {
            self.client().connect_timeout
        };
        send_error(error, send_started.get(), after, self.client().pools.proxy())
    }

    /// The time limit passed before the head of a response arrived.
    fn no_head(&self, send_started: bool, after: Duration) -> AttemptError {
        if !send_started {
            let kind = Kind::Timeout { what: TimedOut::Connecting, after, status: None };
            return AttemptError::new(kind, Outcome::NotExecuted);
        }
        AttemptError::new(self.timeout(None), Outcome::Lost)
    }

    fn timeout(&self, status: Option<StatusCode>) -> Kind {
        let after = match self.timed_out {
            TimedOut::Deadline => self.limits.deadline,
            _ => self.limits.attempt,
        };
        Kind::Timeout { what: self.timed_out, after, status }
    }

    /// Reads a response.
    #[expect(
        clippy::manual_async_fn,
        reason = "an async fn would keep a second copy of its arguments"
    )]
    pub(super) fn receive(
        &self,
        mut head: ResponseHead,
        mut body: BodyReader,
        ends: Instant,
    ) -> impl Future<Output = Result<RawResponse, AttemptError>> + Send {
        async move {
            if !head.status.is_success() {
                // Boxed, so that it does not enlarge the future of a call that succeeds.
                return Err(Box::pin(self.api_error(head, body, ends)).await);
            }
            if self.streamed {
                let throughput = self.client().min_throughput;
                let stream = ByteStream::new(body, head.clone(), self.limits.attempt, throughput);
                return Ok(RawResponse::new(head, RawBody::Streaming(Box::new(stream))));
            }
            match self.whole(&mut body, &head, ends).await {
                Ok(bytes) => Ok(RawResponse::new(head, RawBody::Buffered(bytes))),
                Err((kind, outcome)) => {
                    let headers = std::mem::take(&mut head.headers);
                    Err(AttemptError::new(kind, outcome).with_headers(headers))
                }
            }
        }
    }

    /// Splits the response into head and body, unless it is a redirect. `url` is that of the request, if
    /// the client may have followed a redirect.
    pub(super) fn split(
        &self,
        mut response: reqwest::Response,
        url: Option<&Url>,
    ) -> Result<(ResponseHead, BodyReader), AttemptError> {
        let status = response.status();
        // A client that followed a redirect leaves no other trace of it than the URL.
        if url.is_some_and(|url| response.url() != url) {
            let error = self.redirect(None, Some(response.url()));
            return Err(error.with_headers(self.take_headers(&mut response)));
        }
        // A 304 is a valid response only to a condition of the caller's.
        let is_unchanged = status == StatusCode::NOT_MODIFIED && self.is_conditional;
        if status.is_redirection() && !is_unchanged {
            let target = response
                .headers()
                .get(header::LOCATION)
                .and_then(|location| location.to_str().ok())
                // It may be relative.
                .and_then(|location| response.url().join(location).ok());
            let error = self.redirect(Some(status), target.as_ref());
            return Err(error.with_headers(self.take_headers(&mut response)));
        }
        // HTTP/1 without either header: the end of the connection is the end of the body.
        let is_unframed = response.version() < Version::HTTP_2
            && !response.headers().contains_key(header::CONTENT_LENGTH)
            && !response.headers().contains_key(header::TRANSFER_ENCODING);
        let mut head = ResponseHead {
            endpoint: Some(self.endpoint),
            account: self.account.label_shared(),
            status,
            headers: self.take_headers(&mut response),
            attempts: self.number,
            is_unframed,
        };
        let body = BodyReader::new(response.into(), &mut head.headers);
        Ok((head, body))
    }

    fn take_headers(&self, response: &mut reqwest::Response) -> HeaderMap {
        let mut headers = std::mem::take(response.headers_mut());
        self.secrets.clean_headers(&mut headers);
        headers
    }

    async fn whole(
        &self,
        body: &mut BodyReader,
        head: &ResponseHead,
        ends: Instant,
    ) -> Result<bytes::Bytes, (Kind, Outcome)> {
        let (limit, status) = (self.client().max_body_bytes, head.status);
        let declared = head.declared_length();
        let too_large = |declared| {
            let kind = Kind::BodyTooLarge { limit, declared, status };
            (kind, Outcome::Unusable)
        };
        if declared.is_some_and(|declared| declared > limit as u64) {
            return Err(too_large(declared));
        }
        let mut buffer = BodyBuffer::default();
        let read = {
            let read = pin!(buffer.fill(body, declared, limit));
            timeout_at(ends, read).await
        };
        match read {
            Ok(Ok(true)) => {}
            Ok(Ok(false)) => return Err(too_large(None)),
            Ok(Err(error)) => {
                let kind = body_error(error, status, buffer.len(), declared);
                let outcome = match kind {
                    Kind::Decode { .. } => Outcome::Unusable,
                    _ => Outcome::Lost,
                };
                return Err((kind, outcome));
            }
            Err(Interrupted::RuntimeEnded) => {
                let what = RuntimeEnded.to_string();
                let kind = Kind::Transport { what, status: Some(status), source: None };
                return Err((kind, Outcome::Lost));
            }
            Err(Interrupted::Elapsed) => {
                self.client().pools.suspect(&self.pool);
                return Err((self.timeout(Some(status)), Outcome::Lost));
            }
        }
        let bytes = buffer.into_bytes();
        match declared {
            // hyper ends a body without an error if the server resets its stream with NO_ERROR.
            Some(declared) if (bytes.len() as u64) < declared => {
                let kind = cut_short(status, bytes.len() as u64, Some(declared), None);
                Err((kind, Outcome::Lost))
            }
            _ => Ok(bytes),
        }
    }

    /// The head is used even if its body is truncated, too large, stalls or is lost.
    async fn api_error(
        &self,
        head: ResponseHead,
        mut body: BodyReader,
        ends: Instant,
    ) -> AttemptError {
        let declared = head.declared_length();
        // The user's limit applies to error bodies as well.
        let limit = self.client().max_body_bytes.min(MAX_ERROR_BODY);
        let mut buffer = BodyBuffer::default();
        let whole = {
            let read = pin!(buffer.fill(&mut body, declared, limit));
            matches!(timeout_at(ends, read).await, Ok(Ok(true)))
        };
        let bytes = buffer.into_bytes();
        // An early end need not be an error, see `whole`.
        let whole = whole && declared.is_none_or(|declared| bytes.len() as u64 >= declared);
        let ResponseHead { status, headers, .. } = head;
        let api = ApiError::parse(status, &headers, &bytes, whole, self.secrets);
        let outcome = Outcome::Status { status, origin: api.origin };
        let wait = retry_after(status, &headers, SystemTime::now());
        AttemptError {
            error: Error::new(Kind::Api(Box::new(api)))
                .with_retry_after(wait)
                .with_headers(headers),
            outcome,
            responded: None,
        }
    }

    fn redirect(&self, status: Option<StatusCode>, target: Option<&Url>) -> AttemptError {
        let host = target.and_then(Url::host_str).map(|host| self.secrets.clean(host));
        let outcome = Outcome::Status {
            // A client that follows redirects hides their status. Any 3xx leads to the same verdict: a
            // redirect proves nothing, since the server may have executed the request before it redirected.
            status: status.unwrap_or(StatusCode::SEE_OTHER),
            origin: crate::error::Origin::Unproven,
        };
        AttemptError::new(Kind::Redirect { status, host }, outcome)
    }
}

#[cfg(test)]
mod tests;

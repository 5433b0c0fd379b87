//! A call: attempts until one succeeds or the retry policy stops, within the deadline.

use std::time::{Duration, SystemTime};

use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use reqwest::Url;
use tokio::time::Instant;
use tracing::{Instrument, Span, field};

use crate::client::Inner;
use crate::error::{Kind, TimedOut};
use crate::reply::Reply;
use crate::request::Parts;
use crate::retry::{self, Decision, Outcome, Situation};
use crate::transport::{self, Failed, Once, Success};
use crate::{Account, Error, RetryPolicy};

/// The parameter that every call but those of account tokens begins with.
const ACCOUNT: &str = "?integrated_account_id=";

/// Makes the call. Everything here is the same for all output types and compiled once.
pub(crate) async fn execute<'a>(
    parts: &'a Parts,
    account: &'a Account,
    streamed: bool,
) -> Result<Reply<'a>, Error> {
    let client = account.client().inner();
    let span = span(parts, client);
    let result = Call::new(parts, account, streamed)
        .run()
        .instrument(span.clone())
        .await;
    match result {
        Ok((success, attempts, chunk_timeout)) => {
            span.record("http.response.status_code", success.status.as_u16());
            Ok(Reply {
                parts,
                account,
                success,
                attempts,
                chunk_timeout,
                span,
            })
        }
        Err(error) => {
            record(&span, &error);
            Err(error)
        }
    }
}

/// OpenTelemetry's HTTP client span; no ids and no query values.
fn span(parts: &Parts, client: &Inner) -> Span {
    tracing::info_span!(
        "truto",
        otel.name = %parts.endpoint,
        otel.kind = "client",
        http.request.method = parts.endpoint.method.as_str(),
        url.template = parts.endpoint.path,
        server.address = client.host,
        server.port = client.port,
        http.response.status_code = field::Empty,
        http.request.resend_count = field::Empty,
        "error.type" = field::Empty,
    )
}

pub(crate) fn record(span: &Span, error: &Error) {
    if let Some(status) = error.status() {
        span.record("http.response.status_code", status.as_u16());
    }
    if error.attempts() > 1 {
        span.record("http.request.resend_count", error.attempts() - 1);
    }
    span.record("error.type", error.error_type());
}

struct Call<'a> {
    parts: &'a Parts,
    account: &'a Account,
    client: &'a Inner,
    policy: &'a RetryPolicy,
    streamed: bool,
    timeout: Duration,
    deadline: Duration,
    started: Instant,
}

impl<'a> Call<'a> {
    fn new(parts: &'a Parts, account: &'a Account, streamed: bool) -> Self {
        let client = account.client().inner();
        let extra = parts.extra.as_deref();
        Self {
            parts,
            account,
            client,
            policy: extra
                .and_then(|extra| extra.retry.as_ref())
                .unwrap_or(&client.retry),
            streamed,
            timeout: extra
                .and_then(|extra| extra.timeout)
                .unwrap_or(client.timeout),
            deadline: extra
                .and_then(|extra| extra.deadline)
                .unwrap_or(client.deadline),
            started: Instant::now(),
        }
    }

    fn left(&self) -> Duration {
        self.deadline.saturating_sub(self.started.elapsed())
    }

    async fn run(self) -> Result<(Success, u32, Duration), Error> {
        let endpoint = self.parts.endpoint;
        if let Some(reason) = &self.parts.invalid {
            return Err(Error::invalid(&**reason).on(endpoint));
        }
        let target = self.target();
        let key = self.idempotency_key();
        self.client.budget.deposit(self.started);
        let mut attempt = 0;
        let mut may_have_applied = false;
        loop {
            let request = self.request(&target, key.as_ref()).map_err(|mut error| {
                error.inner_mut().attempts = attempt;
                error.on(endpoint)
            })?;
            if let Some(throttle) = &self.client.throttle {
                let turn = throttle.turn(self.account.id().unwrap_or_default());
                if tokio::time::timeout(self.left(), turn).await.is_err() {
                    return Err(self.no_turn(attempt, may_have_applied));
                }
            }
            attempt += 1;
            let failed = match self.attempt(request).await {
                Ok(success) => {
                    self.event(attempt, Some(success.status), None, None);
                    return Ok((success, attempt, self.timeout));
                }
                Err(failed) => failed,
            };
            let applied = failed.outcome.is_ambiguous()
                || matches!(failed.kind, Kind::BodyTooLarge { .. } | Kind::Decode { .. });
            may_have_applied |= endpoint.is_write() && applied;
            let mut error = Error::new(failed.kind).on(endpoint);
            let inner = error.inner_mut();
            inner.attempts = attempt;
            inner.may_have_applied = may_have_applied;
            if let (Some(status), Some(headers)) = (error.status(), &failed.headers) {
                error.inner_mut().retry_after =
                    retry::retry_after(status, headers, SystemTime::now());
            }
            let decision = retry::decide(
                self.policy,
                &Situation {
                    method: &endpoint.method,
                    own_key: self.has_own_key(),
                    outcome: failed.outcome,
                    attempt,
                    left: self.left(),
                    hint: error.retry_after(),
                    random: fastrand::f64(),
                },
            );
            let wait = match decision {
                Decision::Retry(wait)
                    if !self.policy.budgeted || self.client.budget.withdraw(Instant::now()) =>
                {
                    wait
                }
                _ => {
                    self.event(attempt, error.status(), Some(&error), None);
                    return Err(error);
                }
            };
            self.event(attempt, error.status(), Some(&error), Some(wait));
            tokio::time::sleep(wait).await;
        }
    }

    fn no_turn(&self, attempts: u32, may_have_applied: bool) -> Error {
        let mut error = Error::new(Kind::Timeout {
            what: TimedOut::Turn,
            after: self.deadline,
            status: None,
        })
        .on(self.parts.endpoint);
        let inner = error.inner_mut();
        inner.attempts = attempts;
        inner.may_have_applied = may_have_applied;
        error
    }

    /// One attempt within the time that is left.
    async fn attempt(&self, request: reqwest::Request) -> Result<Success, Failed> {
        let left = self.left();
        let (what, limit, after) = if left < self.timeout {
            (TimedOut::Deadline, left, self.deadline)
        } else {
            (TimedOut::Attempt, self.timeout, self.timeout)
        };
        let mut status = None;
        let attempt = transport::attempt(self.client, request, self.streamed, &mut status);
        match tokio::time::timeout(limit, attempt).await {
            Ok(result) => result,
            Err(_) => Err(Failed::new(
                Kind::Timeout {
                    what,
                    after,
                    status,
                },
                Outcome::Lost,
            )),
        }
    }

    /// Path and query of the URL, written once.
    fn target(&self) -> String {
        let prefix = self.client.base.path().trim_end_matches('/');
        let path = self.parts.path();
        let id = self.account.id().unwrap_or_default();
        let mut target = String::with_capacity(
            prefix.len() + path.len() + ACCOUNT.len() + id.len() + self.parts.query_len(),
        );
        target.push_str(prefix);
        target.push_str(path);
        let query = target.len();
        if !id.is_empty() {
            target.push_str(ACCOUNT);
            target.push_str(id);
        }
        self.parts.write_query(&mut target);
        if target.as_bytes().get(query) == Some(&b'&') {
            target.replace_range(query..=query, "?");
        }
        target
    }

    /// The whole URL. The parser must find nothing to change: the route is what was declared.
    fn url(&self, target: &str) -> Option<Url> {
        let base = &self.client.base;
        let origin = base.as_str().strip_suffix(base.path())?;
        // Joined to the base, the host is not parsed anew.
        let url = base.join(target).ok()?;
        (url.as_str().strip_prefix(origin) == Some(target)).then_some(url)
    }

    fn has_own_key(&self) -> bool {
        self.parts
            .extra
            .as_ref()
            .is_some_and(|extra| extra.idempotency_key.is_some())
    }

    /// One key for all attempts: the caller's, else a random one for the methods that need it.
    fn idempotency_key(&self) -> Option<HeaderValue> {
        let own = self.parts.extra.as_ref();
        if let Some(key) = own.and_then(|extra| extra.idempotency_key.clone()) {
            return Some(key);
        }
        let method = &self.parts.endpoint.method;
        if *method != Method::POST && *method != Method::PATCH {
            return None;
        }
        HeaderValue::from_str(uuid::Uuid::new_v4().hyphenated().encode_lower(&mut [0; 36])).ok()
    }

    fn request(&self, target: &str, key: Option<&HeaderValue>) -> Result<reqwest::Request, Error> {
        let url = self
            .url(target)
            .ok_or_else(|| Error::invalid("the URL changes when it is parsed"))?;
        let mut request = reqwest::Request::new(self.parts.endpoint.method.clone(), url);
        let headers = request.headers_mut();
        headers.insert(header::AUTHORIZATION, self.client.authorization.clone());
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(header::USER_AGENT, self.client.user_agent.clone());
        if let Some(key) = key {
            headers.insert(HeaderName::from_static("idempotency-key"), key.clone());
        }
        if let Some(body) = &self.parts.body {
            headers.insert(header::CONTENT_TYPE, body.content_type.clone());
        }
        if let Some(extra) = &self.parts.extra {
            for (name, value) in &extra.headers {
                headers.insert(name.clone(), value.clone());
            }
        }
        let bytes = self.parts.body.as_ref().map(|body| body.bytes.clone());
        if self.client.foreign {
            *request.body_mut() = Some(reqwest::Body::wrap(Once(bytes)));
        } else if let Some(bytes) = bytes {
            *request.body_mut() = Some(bytes.into());
        }
        Ok(request)
    }

    /// One event an attempt.
    fn event(
        &self,
        attempt: u32,
        status: Option<StatusCode>,
        error: Option<&Error>,
        retry: Option<Duration>,
    ) {
        tracing::debug!(
            http.request.method = self.parts.endpoint.method.as_str(),
            url.template = self.parts.endpoint.path,
            http.request.resend_count = attempt - 1,
            http.response.status_code = status.map(|status| status.as_u16()),
            "error.type" = error.map(Error::error_type),
            retry.delay_ms = retry.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)),
            "attempt"
        );
    }
}

//! One call: attempts until one succeeds or the retry policy stops, within the deadline.

mod attempt;
mod http_request;
mod pages;
mod send;
mod telemetry;

use std::time::Duration;

use tokio::time::Instant;
use tracing::{Instrument, Span};

use self::attempt::{Attempt, AttemptError};
use self::http_request::Template;
use crate::client::Inner;
use crate::error::{Kind, TimedOut};
use crate::policy::{self, Decision, RetryState};
use crate::request::RawRequest;
use crate::response::Received;
use crate::{Account, Error, RetryPolicy};

/// Makes the call. Everything here is the same for all output types and compiled once.
async fn execute(
    raw: &RawRequest,
    account: &Account,
    streamed: bool,
) -> Result<(Received, Span), Error> {
    let span = telemetry::span(raw.endpoint, account.client().inner());
    let result = Call::new(raw, account, streamed)
        .run()
        .instrument(span.clone())
        .await;
    match result {
        Ok(received) => {
            telemetry::record_success(&span, received.head.status, received.head.attempts);
            Ok((received, span))
        }
        Err(error) => {
            telemetry::record_error(&span, &error);
            Err(error)
        }
    }
}

struct Call<'a> {
    raw: &'a RawRequest,
    account: &'a Account,
    client: &'a Inner,
    policy: &'a RetryPolicy,
    streamed: bool,
    timeout: Duration,
    deadline: Duration,
    started: Instant,
}

impl<'a> Call<'a> {
    fn new(raw: &'a RawRequest, account: &'a Account, streamed: bool) -> Self {
        let client = account.client().inner();
        let options = raw.options.as_deref();
        Self {
            raw,
            account,
            client,
            policy: options
                .and_then(|options| options.retry.as_ref())
                .unwrap_or(&client.retry),
            streamed,
            timeout: options
                .and_then(|options| options.timeout)
                .unwrap_or(client.timeout),
            deadline: options
                .and_then(|options| options.deadline)
                .unwrap_or(client.deadline),
            started: Instant::now(),
        }
    }

    fn remaining(&self) -> Duration {
        self.deadline.saturating_sub(self.started.elapsed())
    }

    async fn run(self) -> Result<Received, Error> {
        let endpoint = self.raw.endpoint;
        if let Some(reason) = &self.raw.invalid {
            return Err(Error::invalid(&**reason).on(endpoint));
        }
        let template = Template::new(self.raw, self.account).map_err(|error| error.on(endpoint))?;
        self.client.budget.deposit(self.started);
        let mut number = 0;
        let mut may_have_applied = false;
        loop {
            self.acquire(number, may_have_applied).await?;
            number += 1;
            let AttemptError { error, outcome } =
                match self.attempt(number).run(template.build()).await {
                    Ok(received) => {
                        let status = Some(received.head.status);
                        telemetry::attempt(endpoint, number, status, None, None);
                        return Ok(received);
                    }
                    Err(failed) => failed,
                };
            may_have_applied |= endpoint.is_write() && outcome.is_ambiguous();
            let error = error
                .on(endpoint)
                .with_attempts(number)
                .with_may_have_applied(may_have_applied);
            let wait = self.wait(number, outcome, &error);
            telemetry::attempt(endpoint, number, error.status(), Some(&error), wait);
            match wait {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return Err(error),
            }
        }
    }

    /// Waits for the client's own rate limit.
    async fn acquire(&self, attempts: u32, may_have_applied: bool) -> Result<(), Error> {
        let Some(limiter) = &self.client.limiter else {
            return Ok(());
        };
        let acquired = limiter.acquire(self.account.id().unwrap_or_default());
        tokio::time::timeout(self.remaining(), acquired)
            .await
            .map_err(|_| {
                Error::new(Kind::Timeout {
                    what: TimedOut::RateLimit,
                    after: self.deadline,
                    status: None,
                })
                .on(self.raw.endpoint)
                .with_attempts(attempts)
                .with_may_have_applied(may_have_applied)
            })
    }

    fn attempt(&self, number: u32) -> Attempt<'a> {
        let remaining = self.remaining();
        let (limit, timed_out) = if remaining < self.timeout {
            (remaining, (TimedOut::Deadline, self.deadline))
        } else {
            (self.timeout, (TimedOut::Attempt, self.timeout))
        };
        Attempt {
            client: self.client,
            endpoint: self.raw.endpoint,
            streamed: self.streamed,
            number,
            limit,
            timed_out,
            chunk_timeout: self.timeout,
        }
    }

    /// How long to wait before the next attempt, if there is to be one.
    fn wait(&self, attempt: u32, outcome: policy::Outcome, error: &Error) -> Option<Duration> {
        let state = RetryState {
            method: &self.raw.endpoint.method,
            caller_key: self.has_caller_key(),
            outcome,
            attempt,
            remaining: self.remaining(),
            retry_after: error.retry_after(),
            random: fastrand::f64(),
        };
        match policy::decide(self.policy, &state) {
            Decision::Retry(wait)
                if !self.policy.budgeted || self.client.budget.withdraw(Instant::now()) =>
            {
                Some(wait)
            }
            _ => None,
        }
    }

    fn has_caller_key(&self) -> bool {
        self.raw
            .options
            .as_ref()
            .is_some_and(|options| options.idempotency_key.is_some())
    }
}

//! One call: attempts until one succeeds or the retry policy stops, within the deadline.

// In the order in which `Request`'s page shows their methods.
mod send;

mod pages;

mod account_tokens;
mod attempt;
mod body;
mod http_request;
mod limits;
mod network;
mod telemetry;
#[cfg(any(test, fuzzing))]
#[path = "../testing/whole_response.rs"]
mod whole_response;

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use tokio::time::Instant;

pub use self::account_tokens::AccountTokens;
use self::attempt::{Attempt, AttemptError};
use self::http_request::RequestTemplate;
pub use self::pages::{Items, Pages};
use self::telemetry::Telemetry;
#[cfg(any(test, fuzzing))]
pub use self::whole_response::whole_response;
use crate::client::{Deadline, Token};
use crate::error::{Origin, Secrets, Stopped, TimedOut};
use crate::policy::{
    self, AdmissionRequest, CommitHandle, Decision, Observation, Outcome, RetryPermit, RetryState,
    Ticket, may_have_executed,
};
use crate::request::RawRequest;
use crate::response::RawResponse;
use crate::{Account, Error, LimitedCall, RateLimit, RetryPolicy};

/// A call that is about to be made. It owns what it needs; everything here is the same for all output
/// types and compiled once.
struct Call {
    account: Account,
    template: RequestTemplate,
    policy: Option<RetryPolicy>,
    caller_key: bool,
    streamed: bool,
    timeout: Duration,
    deadline: Duration,
    /// What a limiter of the caller's own is told.
    limited: Option<LimitedCall>,
}

/// What a call has been through.
struct Progress {
    started: Instant,
    /// Requests sent.
    attempts: u32,
    /// Retries that count.
    retries: u32,
    may_have_applied: bool,
    renewed: bool,
    /// The shortest time in which an attempt got the head of a response.
    fastest: Option<Duration>,
    /// The last failure, which a call that cannot go on ends with.
    last: Option<Error>,
}

/// An attempt that failed.
struct Ended<'a> {
    failed: AttemptError,
    token: &'a Token,
    took: Duration,
}

/// How a call goes on.
enum Next {
    /// With a new token, at once.
    Renewed(Token),
    Again {
        wait: Duration,
        retry: Option<RetryPermit>,
    },
}

/// A successful response, and the token with which it was asked for.
struct Completed {
    response: RawResponse,
    token: Token,
}

impl Call {
    fn new(raw: &RawRequest, account: &Account, streamed: bool) -> Result<Self, Error> {
        let endpoint = raw.endpoint;
        if let Some(reason) = &raw.invalid {
            return Err(Error::invalid(&**reason).on(endpoint));
        }
        let client = account.client().inner();
        let options = raw.options.as_deref();
        Ok(Self {
            account: account.clone(),
            template: RequestTemplate::new(raw, account).map_err(|error| error.on(endpoint))?,
            policy: options.and_then(|options| options.retry.clone()),
            limited: client.limiter.as_ref().map(|_| {
                LimitedCall::new(endpoint, account.key())
                    .with_label(account.label_shared())
                    .with_background(account.is_background())
            }),
            caller_key: options.is_some_and(|options| options.idempotency_key.is_some()),
            streamed,
            timeout: options.and_then(|options| options.timeout).unwrap_or(client.timeout),
            deadline: options.and_then(|options| options.deadline).unwrap_or(client.deadline),
        })
    }

    fn policy(&self) -> &RetryPolicy {
        let client = self.account.client().inner();
        self.policy.as_ref().unwrap_or(&client.retry)
    }

    fn key(&self) -> &Arc<str> {
        self.account.key()
    }

    async fn run(&self, telemetry: &Telemetry<'_>) -> Result<Completed, Error> {
        let client = self.account.client().inner();
        let mut progress = Progress {
            started: Instant::now(),
            attempts: 0,
            retries: 0,
            may_have_applied: false,
            renewed: false,
            fastest: None,
            last: None,
        };
        // Asked first: without a runtime there is no clock to wait with.
        client.pools.lease().map_err(|error| self.finish(error, &progress))?;
        let lengths =
            self.template.source_lengths().await.map_err(|error| self.finish(error, &progress))?;
        let mut token = client
            .tokens
            .current(self.until(&progress))
            .await
            .map_err(|error| self.finish(error, &progress))?;
        let mut retry_permit: Option<RetryPermit> = None;
        let mut ticket: Option<Ticket> = None;
        loop {
            let until = self.until(&progress).at;
            let is_background = self.account.is_background();
            let request = AdmissionRequest { ticket, is_background, until };
            let mut permit = match client.admission.admit(self.key(), request).await {
                Ok(permit) => permit,
                Err(held_back) => return Err(self.held_back(held_back, progress)),
            };
            ticket = Some(permit.ticket());
            let mut waited = permit.waited();
            if let (Some(limiter), Some(call)) = (&client.limiter, &self.limited) {
                let asked = Instant::now();
                let call = call.clone().with_deadline(until.map(Instant::into_std));
                match limiter.acquire(&call).await {
                    Ok(turn) => {
                        if let Some(turn) = turn {
                            permit.attach(turn);
                        }
                    }
                    Err(held_back) => return Err(self.held_back(held_back, progress)),
                }
                waited += asked.elapsed();
                // The limiter may have taken so long that the client's own slot lapsed.
                permit = match permit.renew(request).await {
                    Ok(permit) => permit,
                    Err(held_back) => return Err(self.held_back(held_back, progress)),
                };
            }
            telemetry.waited(waited);
            if self.remaining(&progress).is_zero() {
                return Err(self.out_of_time(progress));
            }
            if let Some(retry_permit) = retry_permit.take() {
                retry_permit.commit();
            }
            progress.attempts += 1;
            let began = Instant::now();
            let failed = match self.attempt(&token, &lengths, &progress, permit.handle()).await {
                Ok(response) => {
                    let mut rate_limit = None;
                    if client.follows_rate_limit() {
                        rate_limit = RateLimit::from_headers(&response.head.headers);
                        let mut seen = Observation::new(response.head.status);
                        seen.rate_limit = rate_limit;
                        self.observe(&seen);
                    }
                    telemetry.succeeded(&response.head, rate_limit, began.elapsed());
                    return Ok(Completed { response, token });
                }
                Err(failed) => failed,
            };
            drop(permit);
            let ended = Ended { failed, token: &token, took: began.elapsed() };
            match self.next(ended, &mut progress, telemetry).await? {
                Next::Renewed(newer) => token = newer,
                Next::Again { wait, retry } => {
                    retry_permit = retry;
                    tokio::time::sleep(wait).await;
                }
            }
        }
    }

    /// What follows a failed attempt: another one, or the error that the call ends with.
    async fn next(
        &self,
        ended: Ended<'_>,
        progress: &mut Progress,
        telemetry: &Telemetry<'_>,
    ) -> Result<Next, Error> {
        let Ended { failed, token, took } = ended;
        let (client, endpoint) = (self.account.client().inner(), self.template.endpoint);
        let outcome = failed.outcome;
        if let Some(responded) = failed.responded {
            let fastest = progress.fastest.unwrap_or(responded);
            progress.fastest = Some(fastest.min(responded));
        }
        progress.may_have_applied |=
            endpoint.is_write() && may_have_executed(self.policy(), outcome);
        let error = self.finish(failed.error, progress);
        self.observe_failure(&error, outcome);
        // A stream that exists once cannot be sent again, whatever the reason.
        if !self.template.is_replayable() {
            return Err(telemetry.ended(error, progress.attempts, took));
        }
        if is_refused_token(outcome) && !progress.renewed {
            progress.renewed = true;
            let newer = client.tokens.renewed(token, self.until(progress)).await;
            if let Some(newer) = newer.map_err(|error| self.finish(error, progress))? {
                telemetry.failed(&error, progress.attempts, took, Duration::ZERO);
                progress.last = Some(error);
                return Ok(Next::Renewed(newer));
            }
        }
        let attempts = progress.attempts;
        let stop = |error: Error, why| {
            let error = error.with_stopped(why);
            Err(telemetry.ended(error, attempts, took))
        };
        let state = self.state(outcome, &error, progress);
        let (wait, free) = match policy::decide(self.policy(), &state) {
            Decision::Retry { wait, free } => (wait, free),
            Decision::Stop => return stop(error, None),
            Decision::NoTime => return stop(error, Some(Stopped::Deadline)),
        };
        let mut retry = None;
        // A 429 is never charged: the gate keeps the service from being stormed.
        if error.status() != Some(StatusCode::TOO_MANY_REQUESTS) && self.policy().budgeted {
            retry = client.admission.withdraw_retry(self.key());
            if retry.is_none() {
                return stop(error, Some(Stopped::Budget));
            }
        }
        telemetry.failed(&error, attempts, took, wait);
        progress.retries += u32::from(!free);
        progress.last = Some(error);
        // The gate holds back those that a 429 told to wait, in order and spread out.
        let gated = free && client.admission.waits_out_429();
        let wait = if gated { Duration::ZERO } else { wait };
        Ok(Next::Again { wait, retry })
    }

    async fn attempt(
        &self,
        token: &Token,
        lengths: &[Option<u64>],
        progress: &Progress,
        commit: CommitHandle,
    ) -> Result<RawResponse, AttemptError> {
        let client = self.account.client().inner();
        let lease = client.pools.lease().map_err(|error| AttemptError {
            error,
            outcome: Outcome::Hopeless,
            responded: None,
        })?;
        let remaining = self.remaining(progress);
        let (limit, timed_out) = if remaining < self.timeout {
            (remaining, (TimedOut::Deadline, self.deadline))
        } else {
            (self.timeout, (TimedOut::Attempt, self.timeout))
        };
        let attempt = Attempt {
            client,
            lease: &lease,
            secrets: self.secrets(token),
            endpoint: self.template.endpoint,
            streamed: self.streamed,
            number: progress.attempts,
            limit,
            timed_out,
            chunk_timeout: self.timeout,
        };
        attempt.run(self.template.build(token.header(), lengths, commit)).await
    }

    fn secrets<'a>(&'a self, token: &'a Token) -> Secrets<'a> {
        Secrets::new(token.expose(), self.account.id().unwrap_or_default())
            .after(token.expose_before())
    }

    fn state<'a>(&'a self, outcome: Outcome, error: &Error, progress: &Progress) -> RetryState<'a> {
        RetryState {
            endpoint: self.template.endpoint,
            caller_key: self.caller_key,
            outcome,
            retries: progress.retries,
            remaining: self.remaining(progress),
            retry_after: error.retry_after(),
            fastest: progress.fastest.unwrap_or_default(),
            random: fastrand::f64(),
        }
    }

    fn remaining(&self, progress: &Progress) -> Duration {
        self.deadline.saturating_sub(progress.started.elapsed())
    }

    fn until(&self, progress: &Progress) -> Deadline {
        Deadline { at: progress.started.checked_add(self.deadline), after: self.deadline }
    }

    /// An error with everything that the call knows.
    fn finish(&self, error: Error, progress: &Progress) -> Error {
        error
            .on(self.template.endpoint)
            .with_attempts(progress.attempts)
            .with_may_have_applied(progress.may_have_applied)
    }
}

/// A 401 that is provably Truto's own says that the token ended; a provider's says that the account
/// must be reconnected.
fn is_refused_token(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Status { status: StatusCode::UNAUTHORIZED, origin: Origin::Truto })
}

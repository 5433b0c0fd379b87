//! A running call: the loop of its attempts.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::Call;
use super::attempt::{Attempt, AttemptError};
use super::body::SendStarted;
use super::telemetry::Telemetry;
use crate::client::{Token, Tokens};
use crate::error::{Kind, Redactor, Stopped, TimedOut};
use crate::policy::{
    AttemptFacts, Hold, Outcome, Permit, RetryPermit, RetryPlan, Ticket, Verdict,
    may_have_executed, verdict,
};
use crate::response::RawResponse;
use crate::timer::{RuntimeEnded, runtime_has_ended, sleep};
use crate::{Error, RateLimit};

/// The mutable state of a running call, across its attempts.
pub(super) struct Execution<'c> {
    pub(super) call: &'c Call,
    pub(super) telemetry: Telemetry<'c>,
    token: Option<Token>,
    /// The lengths of the files and streams in the body.
    lengths: Vec<Option<u64>>,
    started: Instant,
    /// The number of requests sent.
    pub(super) attempts: u32,
    /// Retries that count towards the policy's maximum, and those after a wait that the server asked
    /// for.
    retries: u32,
    free_retries: u32,
    pub(super) may_have_applied: bool,
    is_renewed: bool,
    /// The shortest time until the head of a response, over all attempts.
    fastest: Option<Duration>,
    /// The time for which the client delayed the call: in total, and before the current attempt.
    pub(super) held: Duration,
    pub(super) waited: Duration,
    /// The place in the order of arrival, kept by all attempts.
    pub(super) ticket: Option<Ticket>,
    /// The last failure: the error of a call that cannot be retried.
    pub(super) last: Option<Error>,
    pub(super) attempt: CurrentAttempt,
    pub(super) is_finished: bool,
}

/// The current or last attempt.
pub(super) struct CurrentAttempt {
    pub(super) began: Instant,
    /// Its duration; `None` while it is running.
    pub(super) took: Option<Duration>,
    pub(super) send_started: Option<Arc<SendStarted>>,
    pub(super) rate_limit: Option<RateLimit>,
    /// True if the hook was called for it, with the information that no other attempt follows.
    pub(super) is_reported: bool,
}

impl CurrentAttempt {
    fn new(began: Instant, send_started: Option<Arc<SendStarted>>) -> Self {
        Self { began, took: None, send_started, rate_limit: None, is_reported: false }
    }
}

/// The next step of a call after a failed attempt.
enum NextStep {
    RenewToken(Token),
    Retry { after: Duration, permit: Option<RetryPermit> },
}

impl<'c> Execution<'c> {
    pub(super) fn new(call: &'c Call, telemetry: Telemetry<'c>) -> Self {
        let started = Instant::now();
        Self {
            call,
            telemetry,
            token: None,
            lengths: Vec::new(),
            started,
            attempts: 0,
            retries: 0,
            free_retries: 0,
            may_have_applied: false,
            is_renewed: false,
            fastest: None,
            held: Duration::ZERO,
            waited: Duration::ZERO,
            ticket: None,
            last: None,
            attempt: CurrentAttempt::new(started, None),
            is_finished: false,
        }
    }

    /// Makes attempts until one succeeds or the verdict is to stop.
    pub(super) async fn run(&mut self) -> Result<RawResponse, Error> {
        self.prepare().await?;
        let mut retry_permit = None;
        // Bounded by the policy's maximum number of retries, by one renewal of the token, and by the deadline.
        loop {
            let permit = self.admit(retry_permit.take()).await?;
            let attempted = self.attempt(&permit).await;
            // Settles the attempt before the next step, which may wait for a token or sleep.
            drop(permit);
            match attempted {
                Ok(response) => return Ok(response),
                Err(failed) => match self.next_step(failed).await? {
                    NextStep::RenewToken(token) => self.token = Some(token),
                    NextStep::Retry { after, permit } => {
                        retry_permit = permit;
                        sleep(after).await.map_err(|RuntimeEnded| self.runtime_ended())?;
                    }
                },
            }
        }
    }

    /// Setup for all attempts: a runtime, the lengths of the body's files, a token.
    async fn prepare(&mut self) -> Result<(), Error> {
        let client = self.call.client();
        client.pools.check_runtime()?;
        let lengths = self.call.template.source_lengths().await;
        // A failure to read a file may be caused by the runtime, whose threads read it.
        self.lengths = lengths
            .map_err(|error| if runtime_has_ended() { RuntimeEnded.into() } else { error })?;
        self.token = Some(match &client.tokens {
            Tokens::Fixed(token) => token.clone(),
            tokens @ Tokens::Source(_) => {
                let asked = Instant::now();
                let token = tokens.current(self.token_deadline()).await;
                self.waited += asked.elapsed();
                self.held += asked.elapsed();
                token.map_err(|error| self.or_throttled(error))?
            }
        });
        Ok(())
    }

    /// Sends one request and reads its response.
    ///
    /// The request is built in a block that ends before the first wait, so that it does not enlarge the
    /// future.
    async fn attempt(&mut self, permit: &Permit) -> Result<RawResponse, AttemptError> {
        let (call, client) = (self.call, self.call.client());
        let sent = {
            let (limit, timed_out) = self.attempt_limit();
            // Per attempt: the call may have moved to another runtime, or a timeout replaced the pool.
            let pool = client.pools.lease().map_err(AttemptError::refused)?;
            let Some(token) = &self.token else {
                return Err(AttemptError::refused(Error::invalid("the call has no token")));
            };
            let commit = permit.handle();
            let mut outgoing = call.template.build(client, token.header(), &self.lengths, commit);
            if let Some(hook) = &client.on_request {
                call.template.apply(hook, &mut outgoing).map_err(AttemptError::refused)?;
            }
            // Counted only here: a request that the hook refuses was never sent.
            self.attempts += 1;
            let send_started = Some(Arc::clone(&outgoing.started));
            self.attempt = CurrentAttempt::new(Instant::now(), send_started);
            let attempt = Attempt {
                pool,
                secrets: call.secrets(token),
                endpoint: call.template.endpoint,
                account: &call.account,
                streamed: call.streamed,
                is_conditional: outgoing.is_conditional,
                number: self.attempts,
                limits: &call.limits,
                timed_out,
            };
            attempt.run(outgoing, limit)
        };
        let result = sent.await;
        self.attempt.took = Some(self.attempt.began.elapsed());
        if let Ok(response) = &result {
            self.attempt.rate_limit = self.observe_success(&response.head);
        }
        result
    }

    /// Asks for the verdict on a failed attempt and carries it out.
    async fn next_step(&mut self, failed: AttemptError) -> Result<NextStep, Error> {
        let (call, outcome) = (self.call, failed.outcome);
        self.fastest = self.fastest.into_iter().chain(failed.responded).min();
        // Accumulates: a later attempt that was refused does not undo an earlier one that may have run.
        self.may_have_applied |=
            call.template.endpoint.is_write() && may_have_executed(call.policy(), outcome);
        let error = self.error(failed.error);
        self.attempt.rate_limit = error.api().and_then(|api| api.rate_limit);
        // Before the verdict: the gate must be closed by the time the retry queues at it.
        self.observe_failure(&error, outcome);
        match outcome {
            // Not retried, and the error already contains the reason.
            Outcome::NotExecuted if error.is_invalid_request() && runtime_has_ended() => {
                return Err(if self.last.is_some() { self.runtime_ended() } else { error });
            }
            // A connection ends together with the runtime that drives it.
            Outcome::NotExecuted | Outcome::Lost if runtime_has_ended() => {
                return Err(error.with_stopped(Some(Stopped::RuntimeEnded)));
            }
            Outcome::Permanent if self.last.is_some() && runtime_has_ended() => {
                return Err(self.runtime_ended());
            }
            _ => {}
        }
        match verdict(call.policy(), &self.facts(outcome, &error)) {
            Verdict::RenewToken => self.renew_token(error).await,
            Verdict::Retry(plan) => self.retry(error, plan),
            Verdict::Stop => Err(error),
            Verdict::NoTime => Err(error.with_stopped(Some(Stopped::Deadline))),
        }
    }

    async fn renew_token(&mut self, error: Error) -> Result<NextStep, Error> {
        // Set whether or not it succeeds: one renewal per call, or two refusals would loop.
        self.is_renewed = true;
        let (Some(token), client) = (&self.token, self.call.client()) else {
            return Err(error);
        };
        let asked = Instant::now();
        let renewed = client.tokens.renewed(token, self.token_deadline()).await;
        self.held += asked.elapsed();
        match renewed {
            Ok(Some(token)) => {
                self.waited = asked.elapsed();
                self.report_retry(error, Duration::ZERO);
                Ok(NextStep::RenewToken(token))
            }
            Ok(None) => Err(error),
            Err(failed) => {
                self.report_end_of_attempt(&error);
                Err(self.or_throttled(failed))
            }
        }
    }

    fn retry(&mut self, error: Error, plan: RetryPlan) -> Result<NextStep, Error> {
        let mut permit = None;
        if plan.is_charged {
            permit = self.call.client().admission.withdraw_retry(self.call.key());
            if permit.is_none() {
                return Err(error.with_stopped(Some(Stopped::Budget)));
            }
        }
        if plan.counts {
            self.retries += 1;
        } else {
            self.free_retries += 1;
        }
        self.report_retry(error, plan.after);
        let after = match plan.hold {
            Hold::Sleep => plan.after,
            // The admission of the next attempt waits, in the order of the tickets.
            Hold::Gate => Duration::ZERO,
        };
        Ok(NextStep::Retry { after, permit })
    }

    fn facts<'a>(&'a self, outcome: Outcome, error: &Error) -> AttemptFacts<'a> {
        let client = self.call.client();
        AttemptFacts {
            endpoint: self.call.template.endpoint,
            outcome,
            caller_key: self.call.caller_key,
            is_replayable: self.call.template.is_replayable(),
            can_renew: !self.is_renewed && matches!(client.tokens, Tokens::Source(_)),
            waits_at_gate: client.admission.waits_out_429(),
            retries: self.retries,
            free_retries: self.free_retries,
            remaining: self.remaining(),
            retry_after: error.retry_after(),
            fastest: self.fastest.unwrap_or_default(),
            // Drawn here, so that the verdict is a pure function.
            random: fastrand::f64(),
        }
    }

    /// The secrets that no error may show.
    pub(super) fn secrets(&self) -> Redactor<'_> {
        match &self.token {
            Some(token) => self.call.secrets(token),
            None => self.call.redactor(""),
        }
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    pub(super) fn started(&self) -> Instant {
        self.started
    }

    /// The time limit of the next attempt, and its name in a timeout error: the shorter limit applies.
    fn attempt_limit(&self) -> (Duration, TimedOut) {
        let (remaining, attempt) = (self.remaining(), self.call.limits.attempt);
        if remaining < attempt {
            (remaining, TimedOut::Deadline)
        } else {
            (attempt, TimedOut::Attempt)
        }
    }

    pub(super) fn remaining(&self) -> Duration {
        self.call.limits.deadline.saturating_sub(self.elapsed())
    }

    /// Ends a call that has no time for another attempt, with the last failure if there was one, since
    /// it is more specific.
    pub(super) fn out_of_time(&mut self) -> Error {
        match self.last.take() {
            Some(last) => last.with_stopped(Some(Stopped::Deadline)),
            None => Error::new(Kind::Timeout {
                what: TimedOut::Deadline,
                after: self.call.limits.deadline,
                status: None,
            }),
        }
    }

    /// Ends a call whose runtime was shut down, with the last failure if there was one.
    pub(super) fn runtime_ended(&mut self) -> Error {
        match self.last.take() {
            Some(last) => last.with_stopped(Some(Stopped::RuntimeEnded)),
            None => RuntimeEnded.into(),
        }
    }

    /// Adds the facts of the call to an error.
    pub(super) fn error(&self, error: Error) -> Error {
        error
            .on(self.call.template.endpoint)
            .for_account(self.call.account.label_shared())
            .with_attempts(self.attempts)
            .with_may_have_applied(self.may_have_applied)
    }
}

#[cfg(test)]
mod tests;

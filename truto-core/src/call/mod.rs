//! One call: attempts are made until one succeeds or the verdict is to stop, within the deadline.
//!
//! # Steps of a call
//!
//! The steps of `User::get("1").send(&account)`, from the request value to the socket and back:
//!
//! 1. `Request::send` ([`send`]) creates a [`Call`] and returns the future of the remaining steps.
//! 2. `Call::new` (here) resolves the request's options against the client's settings.
//! 3. `RequestTemplate::new` ([`http_request`]) writes the URL and picks the idempotency key.
//! 4. The future opens the span ([`telemetry::span`]) and creates an
//!    [`Execution`](execution::Execution).
//! 5. `Execution::run` ([`execution`]) is the loop of attempts; it begins with `prepare`:
//! 6. `RuntimePools::check_runtime` (`client::pools`) refuses a call without a live runtime.
//! 7. `RequestTemplate::source_lengths` looks up the lengths of files to send.
//! 8. It clones a fixed token, else `Tokens::current` (`client::token`) returns the cached one, or
//!    requests one from the source.
//! 9. `Execution::admit` ([`limits`]) waits until the call may send:
//! 10. `Admission::admit` (`policy::admission`) for the gate and the client's limits,
//! 11. `SharedLimiter::acquire` (`policy::limiter`) for the user's own.
//! 12. `Execution::attempt` sends once, while it holds a `Permit`:
//! 13. `RuntimePools::lease` (`client::pools`) returns the connections of this runtime.
//! 14. `RequestTemplate::build` builds the HTTP request, and `apply` runs the user's hook on its headers.
//! 15. `Attempt::run` ([`attempt`]) passes it to reqwest, within the attempt's time limit.
//! 16. `SingleUseBody` ([`body`]) commits the permit when a connection begins to take the request.
//! 17. `send_error` ([`network`]) classifies a failure before the head of the response.
//! 18. `Attempt::split` takes the head off, and `receive` reads the body into a `RawResponse`, or
//! 19. `ApiError::parse` (`error::api`) reads an error response.
//! 20. `Execution::observe_success` ([`limits`]) reports the head of a success to all limits.
//! 21. `Execution::next_step` handles a failure: it reports it with `observe_failure`, collects
//!     `AttemptFacts` and asks
//! 22. `verdict` (`policy::verdict`): renew the token, retry after a wait (back to step 9), or stop.
//! 23. `RawResponse::decode` (`response`) returns the typed value.
//! 24. `Execution::succeed` or `fail` ([`reports`]) writes the last event and ends the span.
//!
//! An `Execution` that is dropped before its end reports the call as canceled.

mod account_tokens;
mod attempt;
mod body;
mod execution;
#[cfg(test)]
mod fixtures;
mod http_request;
mod limits;
mod network;
mod pages;
mod ping;
mod reports;
mod send;
mod telemetry;
#[cfg(any(test, fuzzing))]
#[path = "../testing/whole_response.rs"]
mod whole_response;

use std::sync::Arc;
use std::time::Duration;

pub use self::account_tokens::AccountTokens;
use self::http_request::RequestTemplate;
pub use self::pages::{Items, Pages};
#[cfg(any(test, fuzzing))]
pub use self::whole_response::whole_response;
use crate::client::{ClientInner, Token};
use crate::error::Redactor;
use crate::request::{Masked, RawRequest};
use crate::{Account, Error, LimitedCall, RetryPolicy};

/// The immutable settings of a call. It owns its data and does not depend on the output type, so it is
/// compiled once.
struct Call {
    account: Account,
    template: RequestTemplate,
    policy: Option<RetryPolicy>,
    caller_key: bool,
    streamed: bool,
    limits: CallLimits,
    max_wait: Option<Duration>,
    /// Describes the call to the user's limiter.
    limited: Option<LimitedCall>,
    /// The secret path arguments.
    masked: Option<Arc<Masked>>,
}

/// The time limits of a call.
struct CallLimits {
    /// One attempt, and each wait of a stream for its next bytes.
    attempt: Duration,
    /// All attempts and the waits between them.
    deadline: Duration,
}

impl Call {
    fn new(raw: &RawRequest, account: &Account, streamed: bool) -> Result<Self, Error> {
        let refused = |error: Error| error.on(raw.endpoint).for_account(account.label_shared());
        if let Some(reason) = &raw.invalid {
            return Err(refused(Error::invalid(&**reason)));
        }
        let client = account.client().inner();
        let options = raw.options.as_deref();
        Ok(Self {
            account: account.clone(),
            template: RequestTemplate::new(raw, account).map_err(refused)?,
            policy: options.and_then(|options| options.retry.clone()),
            limited: client.limiter.as_ref().map(|_| {
                LimitedCall::new(raw.endpoint, account.key())
                    .with_label(account.label_shared())
                    .with_background(account.is_background())
            }),
            caller_key: options.is_some_and(|options| options.idempotency_key.is_some()),
            streamed,
            limits: CallLimits {
                attempt: options.and_then(|options| options.timeout).unwrap_or(client.timeout),
                deadline: options.and_then(|options| options.deadline).unwrap_or(client.deadline),
            },
            max_wait: options.and_then(|options| options.max_wait).or(client.max_wait),
            masked: raw.masked.clone(),
        })
    }

    fn client(&self) -> &ClientInner {
        self.account.client().inner()
    }

    fn policy(&self) -> &RetryPolicy {
        self.policy.as_ref().unwrap_or(&self.client().retry)
    }

    /// The key of the account in the limits.
    fn key(&self) -> &Arc<str> {
        self.account.key()
    }

    fn redactor<'a>(&'a self, token: &'a str) -> Redactor<'a> {
        let arguments = self.masked.as_deref().map_or(&[][..], |masked| &masked.secrets);
        Redactor::new(token, self.account.id().unwrap_or_default()).with_arguments(arguments)
    }

    fn secrets<'a>(&'a self, token: &'a Token) -> Redactor<'a> {
        self.redactor(token.expose()).after(token.retired())
    }
}

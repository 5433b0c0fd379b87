//! Keeps a source's token until it ends; one request to the source serves all callers that wait.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout_at};
use tracing::Instrument as _;
use tracing::instrument::WithSubscriber as _;

use super::{AccessToken, Deadline, DynSource, SourceError, Token};
use crate::Error;
use crate::error::{Kind, TimedOut};

/// How long before its end a token is renewed.
const MARGIN: Duration = Duration::from_secs(60);

pub(crate) struct TokenCache {
    source: Arc<dyn DynSource>,
    /// How long one request to the source may take, whoever waits for it.
    timeout: Duration,
    state: Arc<Mutex<CacheState>>,
}

#[derive(Default)]
struct CacheState {
    cached: Option<Cached>,
    /// The last generation that was handed out.
    generation: u64,
    flight: Weak<Flight>,
}

struct Cached {
    token: Token,
    /// When it is to be renewed; `None` for never.
    until: Option<Instant>,
}

type TokenResult = Result<Token, TokenFailure>;

#[derive(Clone)]
enum TokenFailure {
    Source(SourceError),
    /// The source returned what cannot be sent.
    Unusable(&'static str),
    Panicked,
    /// The request took longer than `token_timeout`; the source is asked again.
    TimedOut,
    /// No runtime drives the request.
    NoRuntime,
}

/// Requests that may end without an outcome, because the runtime they ran on shut down, before a call
/// gives up. Without this bound a call on a runtime that shut down would ask for ever.
const MAX_LOST: u32 = 3;

/// A request to the source. It ends when nobody waits for it any longer.
struct Flight {
    outcome: watch::Receiver<Option<TokenResult>>,
    task: AbortHandle,
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl TokenCache {
    /// [`ClientBuilder::token_timeout`](crate::ClientBuilder::token_timeout), if it is not set.
    pub(crate) const TIMEOUT: Duration = Duration::from_secs(30);

    pub(crate) fn new(source: Arc<dyn DynSource>, timeout: Duration) -> Self {
        Self { source, timeout, state: Arc::default() }
    }

    /// The cached token, or a new one.
    pub(super) async fn current(&self, deadline: Deadline) -> Result<Token, Error> {
        self.get(None, deadline).await
    }

    /// A token that is newer than the one that Truto refused.
    pub(super) async fn renewed(
        &self,
        refused: &Token,
        deadline: Deadline,
    ) -> Result<Token, Error> {
        self.get(Some(refused.generation), deadline).await
    }

    async fn get(&self, refused: Option<u64>, deadline: Deadline) -> Result<Token, Error> {
        let mut lost = 0;
        loop {
            let flight = match self.cached_or_flight(refused) {
                Ok(token) => return Ok(token),
                Err(flight) => flight,
            };
            let mut outcome = flight.outcome.clone();
            let waited = outcome.wait_for(Option::is_some);
            let ended = match deadline.at {
                Some(at) => timeout_at(at, waited).await.map_err(|_| {
                    Error::new(Kind::Timeout {
                        what: TimedOut::Token,
                        after: deadline.after,
                        status: None,
                    })
                })?,
                None => waited.await,
            };
            // The runtime that the task ran on may be gone; another call's runtime takes over.
            let Ok(ended) = ended else {
                lost += 1;
                if lost == MAX_LOST {
                    return Err(TokenFailure::NoRuntime.into());
                }
                continue;
            };
            match (*ended).clone() {
                Some(Ok(token)) => return Ok(token),
                // Has taken its time, so this loop has a wait; the deadline bounds it.
                None | Some(Err(TokenFailure::TimedOut)) => {}
                Some(Err(failure)) => return Err(failure.into()),
            }
        }
    }

    fn cached_or_flight(&self, refused: Option<u64>) -> Result<Token, Arc<Flight>> {
        let mut state = lock(&self.state);
        if let Some(cached) = &state.cached {
            let fresh = cached.until.is_none_or(|until| Instant::now() < until);
            if fresh && refused.is_none_or(|refused| cached.token.generation > refused) {
                return Ok(cached.token.clone());
            }
        }
        if let Some(flight) = state.flight.upgrade() {
            if flight.outcome.borrow().is_none() && flight.outcome.has_changed().is_ok() {
                return Err(flight);
            }
        }
        let flight = self.ask();
        state.flight = Arc::downgrade(&flight);
        Err(flight)
    }

    /// Asks the source in a task of its own, so that a caller that is not polled holds up nobody.
    fn ask(&self) -> Arc<Flight> {
        let (sender, outcome) = watch::channel(None);
        let (source, state) = (Arc::clone(&self.source), Arc::clone(&self.state));
        let asked = Instant::now();
        let timeout = self.timeout;
        let request = async move {
            let outcome = match tokio::time::timeout(timeout, catch_panics(&*source)).await {
                Ok(Some(Ok(access))) => lock(&state).store(access, asked),
                Ok(Some(Err(error))) => Err(TokenFailure::Source(error)),
                Ok(None) => Err(TokenFailure::Panicked),
                Err(_) => Err(TokenFailure::TimedOut),
            };
            sender.send_replace(Some(outcome));
        };
        // The events of a token that is requested by a call belong to the span of that call's caller.
        let task = tokio::spawn(request.in_current_span().with_current_subscriber());
        Arc::new(Flight { outcome, task: task.abort_handle() })
    }
}

/// Asks the source; `None` if it panicked, when it is not polled again.
async fn catch_panics(source: &dyn DynSource) -> Option<Result<AccessToken, SourceError>> {
    let mut asked = catch_unwind(AssertUnwindSafe(|| source.ask())).ok()?;
    std::future::poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| asked.as_mut().poll(cx))) {
        Ok(polled) => polled.map(Some),
        Err(_) => Poll::Ready(None),
    })
    .await
}

impl CacheState {
    fn store(&mut self, access: AccessToken, asked: Instant) -> TokenResult {
        let generation = self.generation + 1;
        let before = self.cached.as_ref().map(|cached| &cached.token);
        let token =
            Token::new(access.secret, generation).map_err(TokenFailure::Unusable)?.after(before);
        self.generation = generation;
        self.cached = Some(Cached {
            token: token.clone(),
            until: access
                .lifetime
                .and_then(|lifetime| asked.checked_add(lifetime.saturating_sub(margin(lifetime)))),
        });
        Ok(token)
    }
}

/// A minute, or, of a token that lives at most that long, the last tenth.
fn margin(lifetime: Duration) -> Duration {
    if lifetime > MARGIN { MARGIN } else { lifetime / 10 }
}

fn lock(state: &Mutex<CacheState>) -> std::sync::MutexGuard<'_, CacheState> {
    // The state is written in single steps, so a poisoned lock is as good as any.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl From<TokenFailure> for Error {
    fn from(failure: TokenFailure) -> Self {
        Self::new(match failure {
            TokenFailure::Source(source) => {
                Kind::Token { what: "the token source failed", source: Some(source) }
            }
            TokenFailure::Unusable(why) => Kind::Token {
                what: "the token source returned a token that cannot be sent",
                source: Some(Arc::from(Box::from(format!("the token {why}")))),
            },
            TokenFailure::Panicked => {
                Kind::Token { what: "the token source panicked", source: None }
            }
            TokenFailure::TimedOut => {
                Kind::Token { what: "the token source did not answer in time", source: None }
            }
            TokenFailure::NoRuntime => Kind::Token {
                what: "the tokio runtime shut down while the token source was asked",
                source: None,
            },
        })
    }
}

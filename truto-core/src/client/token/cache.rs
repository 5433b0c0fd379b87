//! Keeps a source's token until it ends; one request to the source serves all callers that wait.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout_at};

use super::{Deadline, DynSource, SourceError, Token};
use crate::Error;
use crate::error::{Kind, TimedOut};

/// How long before its end a token is renewed.
const MARGIN: Duration = Duration::from_secs(60);

pub(crate) struct TokenCache {
    source: Arc<dyn DynSource>,
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
}

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
    pub(crate) fn new(source: Box<dyn DynSource>) -> Self {
        Self { source: Arc::from(source), state: Arc::default() }
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
            let Ok(ended) = ended else { continue };
            match (*ended).clone() {
                Some(Ok(token)) => return Ok(token),
                Some(Err(failure)) => return Err(failure.into()),
                None => {}
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
        let task = tokio::spawn(async move {
            let outcome = match source.ask().await {
                Ok(access) => lock(&state).store(access, asked),
                Err(error) => Err(TokenFailure::Source(error)),
            };
            sender.send_replace(Some(outcome));
        });
        Arc::new(Flight { outcome, task: task.abort_handle() })
    }
}

impl CacheState {
    fn store(&mut self, access: super::AccessToken, asked: Instant) -> TokenResult {
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
        })
    }
}

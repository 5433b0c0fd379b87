//! Keeps a source's token until it expires; all callers that wait share one request to the source.

use std::error::Error as StdError;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::task::Poll;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::Instant;
use tracing::Instrument as _;
use tracing::instrument::WithSubscriber as _;

use super::failure::{TokenFailure, TokenResult};
use super::flight::{Flight, Waited, outcome_of};
use super::refusals::Refusals;
use super::{AccessToken, Deadline, Token, TokenSource};
use crate::Error;
use crate::error::{Kind, TimedOut};
use crate::sync::lock;
use crate::timer::{Interrupted, RuntimeEnded, later, sleep_until, timeout_at};

/// The time before its expiry at which a token is renewed.
const MARGIN: Duration = Duration::from_secs(60);

/// The time between two requests for a new token while the old one still works, if the first fails.
const RENEWAL_PAUSE: Duration = Duration::from_secs(5);

/// The number of old tokens that are remembered: they may still be in flight, or be sent back in a
/// response.
const MAX_RETIRED: usize = 16;

pub(crate) struct TokenCache {
    source: Arc<dyn TokenSource>,
    /// Limit of one request to the source, shared by all calls that wait for it.
    timeout: Duration,
    state: Arc<Mutex<CacheState>>,
}

#[derive(Default)]
struct CacheState {
    cached: Option<Cached>,
    /// The last generation that was handed out.
    generation: u64,
    /// Weak, so that the request ends with the last call that waits for it.
    flight: Weak<Flight>,
    /// A request that no call waits for, kept so that it is not aborted.
    background: Option<Arc<Flight>>,
    refusals: Refusals,
}

struct Cached {
    token: Token,
    since: Instant,
    /// The time at which a new token is requested in the background; `None` for never.
    renew_at: Option<Instant>,
    /// The expiry of the token; `None` for never.
    ends_at: Option<Instant>,
}

type BoxError = Box<dyn StdError + Send + Sync>;

/// The number of requests that may end without an outcome, because their runtime shut down, before a
/// call gives up. Without this bound, a call on a runtime that shut down would ask forever.
const MAX_LOST: u32 = 3;

/// A request that has not ended by itself is abandoned this long after its own limit.
const ABANDON_AFTER: Duration = Duration::from_secs(1);

/// The shortest time from the start of a request that took too long to the next request: otherwise,
/// a limit of a few milliseconds would make the client ask the source in a hot loop.
const ASK_PAUSE: Duration = Duration::from_millis(100);

impl TokenCache {
    /// [`ClientBuilder::token_timeout`](crate::ClientBuilder::token_timeout), if it is not set.
    pub(crate) const TIMEOUT: Duration = Duration::from_secs(30);

    pub(crate) fn new(source: Arc<dyn TokenSource>, timeout: Duration) -> Self {
        Self { source, timeout, state: Arc::default() }
    }

    /// The cached token, or a new one.
    pub(super) async fn current(&self, deadline: Deadline) -> Result<Token, Error> {
        self.get(None, deadline).await
    }

    /// A token that is newer than the one that Truto refused; `None` if the source's fresh tokens were
    /// refused so often that it is not asked again yet.
    pub(super) async fn renewed(
        &self,
        refused: &Token,
        deadline: Deadline,
    ) -> Result<Option<Token>, Error> {
        if !lock(&self.state).may_replace(refused.generation) {
            return Ok(None);
        }
        self.get(Some(refused.generation), deadline).await.map(Some)
    }

    async fn get(&self, refused: Option<u64>, deadline: Deadline) -> Result<Token, Error> {
        let mut lost = 0;
        loop {
            let flight = match self.cached_or_flight(refused) {
                Ok(token) => return Ok(token),
                Err(Some(flight)) => flight,
                Err(None) => return Err(TokenFailure::NoRuntime.into()),
            };
            // The task has this limit itself, but the runtime that it runs on may not be driven.
            let abandon_at = later(flight.asked, self.timeout.saturating_add(ABANDON_AFTER));
            let until = deadline.at.map_or(abandon_at, |at| at.min(abandon_at));
            let ended = match timeout_at(until, Box::pin(outcome_of(&flight))).await {
                Ok(Waited::Ended(outcome)) => Some(outcome),
                Ok(Waited::Lost) => None,
                Err(Interrupted::RuntimeEnded) => return Err(TokenFailure::NoRuntime.into()),
                Err(Interrupted::Elapsed) if deadline.at == Some(until) => {
                    // Kept for the next call: each call that waits for less than the source takes would
                    // otherwise start its own request, and none would ever have a token.
                    lock(&self.state).keep(&flight);
                    return Err(Error::new(Kind::Timeout {
                        what: TimedOut::Token,
                        after: deadline.after,
                        status: None,
                    }));
                }
                Ok(Waited::Stranded) | Err(Interrupted::Elapsed) => {
                    lock(&self.state).abandon(&flight);
                    continue;
                }
            };
            // The runtime that the task ran on may be gone; another call's runtime takes over.
            let Some(ended) = ended else {
                // Each abandoned request took a liveness check, so this loop has a wait.
                if flight.is_abandoned.load(Ordering::Acquire) {
                    continue;
                }
                lost += 1;
                if lost == MAX_LOST {
                    return Err(TokenFailure::NoRuntime.into());
                }
                continue;
            };
            match ended {
                Ok(token) => return Ok(token),
                // The source is asked again; the deadline bounds this loop.
                Err(TokenFailure::TimedOut) => {
                    let paused = sleep_until(until.min(flight.asked + ASK_PAUSE)).await;
                    paused.map_err(|RuntimeEnded| TokenFailure::NoRuntime)?;
                }
                Err(failure) => return Err(failure.into()),
            }
        }
    }

    /// Returns a usable token, or the request for one; `None` outside any runtime, where none can be made.
    fn cached_or_flight(&self, refused: Option<u64>) -> Result<Token, Option<Arc<Flight>>> {
        let mut state = lock(&self.state);
        let now = Instant::now();
        let usable = state.cached.as_ref().filter(|cached| {
            cached.ends_at.is_none_or(|ends_at| now < ends_at)
                && refused.is_none_or(|refused| cached.token.generation > refused)
        });
        let Some(cached) = usable else { return Err(self.flight(&mut state)) };
        let token = cached.token.clone();
        // Within the margin the old token still works, so a slow or failing source delays no call.
        if cached.renew_at.is_some_and(|renew_at| renew_at <= now) {
            if let Some(cached) = &mut state.cached {
                // If the request fails, the next one is due only after the pause.
                cached.renew_at = Some(now + RENEWAL_PAUSE);
            }
            let flight = self.flight(&mut state);
            state.background = flight.or(state.background.take());
        }
        Ok(token)
    }

    /// Returns the current request, or starts one.
    fn flight(&self, state: &mut CacheState) -> Option<Arc<Flight>> {
        if let Some(flight) = state.flight.upgrade() {
            // `has_changed` fails if the task is gone without an outcome: its runtime shut down.
            if flight.outcome.borrow().is_none() && flight.outcome.has_changed().is_ok() {
                if flight.check_liveness().is_some() {
                    return Some(flight);
                }
                state.abandon(&flight);
            }
        }
        let flight = self.ask(Handle::try_current().ok()?);
        state.flight = Arc::downgrade(&flight);
        Some(flight)
    }

    /// Asks the source in a separate task, so that a caller that is not polled blocks no other.
    fn ask(&self, runtime: Handle) -> Arc<Flight> {
        let (sender, outcome) = watch::channel(None);
        let (source, state) = (Arc::clone(&self.source), Arc::clone(&self.state));
        let asked = Instant::now();
        let timeout = self.timeout;
        let request = async move {
            let outcome = match tokio::time::timeout(timeout, catch_panics(&*source)).await {
                Ok(Some(Ok(access))) => lock(&state).store(access, asked),
                Ok(Some(Err(error))) => Err(TokenFailure::Source(error.into())),
                Ok(None) => Err(TokenFailure::Panicked),
                Err(_) => Err(TokenFailure::TimedOut),
            };
            sender.send_replace(Some(outcome));
        };
        // The events of a source that makes calls itself belong to the span of the call that asks it.
        let task = runtime.spawn(request.in_current_span().with_current_subscriber());
        Arc::new(Flight {
            outcome,
            task: task.abort_handle(),
            runtime,
            asked,
            probe: Mutex::default(),
            is_abandoned: AtomicBool::new(false),
        })
    }
}

/// Asks the source; `None` if it panicked, after which it is not polled again.
async fn catch_panics(source: &dyn TokenSource) -> Option<Result<AccessToken, BoxError>> {
    let mut asked = catch_unwind(AssertUnwindSafe(|| source.token_erased())).ok()?;
    std::future::poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| asked.as_mut().poll(cx))) {
        Ok(polled) => polled.map(Some),
        Err(_) => Poll::Ready(None),
    })
    .await
}

impl CacheState {
    /// Returns true if a call whose token was refused gets another one.
    fn may_replace(&mut self, refused: u64) -> bool {
        let now = Instant::now();
        match &self.cached {
            Some(cached) if cached.token.generation == refused => {
                // A call that joins a running request makes none, so the pause does not concern it.
                let is_under_way =
                    self.flight.upgrade().is_some_and(|flight| flight.outcome.borrow().is_none());
                is_under_way || self.refusals.admit(now.duration_since(cached.since), now)
            }
            _ => true,
        }
    }

    /// Keeps a request alive after the call that waited for it gave up. Its own limit ends it.
    fn keep(&mut self, flight: &Arc<Flight>) {
        if self.flight.as_ptr() == Arc::as_ptr(flight) {
            self.background = Some(Arc::clone(flight));
        }
    }

    /// Ends a request that no runtime drives. If its runtime were driven again, the request would otherwise
    /// store a token that is older than that of its successor.
    fn abandon(&mut self, flight: &Arc<Flight>) {
        flight.is_abandoned.store(true, Ordering::Release);
        flight.task.abort();
        if self.flight.as_ptr() == Arc::as_ptr(flight) {
            self.flight = Weak::new();
            self.background = None;
        }
    }

    fn store(&mut self, access: AccessToken, asked: Instant) -> TokenResult {
        let generation = self.generation + 1;
        let before = self.cached.as_ref().map(|cached| &cached.token);
        let token = Token::new(access.secret, generation)
            .map_err(TokenFailure::Unusable)?
            .after(before, MAX_RETIRED);
        self.generation = generation;
        let lifetime = access.lifetime;
        self.cached = Some(Cached {
            token: token.clone(),
            since: Instant::now(),
            // Counted from the start of the request: the source may have created the token at any time since.
            renew_at: lifetime
                .and_then(|lifetime| asked.checked_add(lifetime.saturating_sub(margin(lifetime)))),
            ends_at: lifetime.and_then(|lifetime| asked.checked_add(lifetime)),
        });
        Ok(token)
    }
}

/// A minute or, for a lifetime of less than two minutes, the last tenth of it: a token that lives for
/// little more than a minute would otherwise be renewed for every call.
fn margin(lifetime: Duration) -> Duration {
    if lifetime >= 2 * MARGIN { MARGIN } else { lifetime / 10 }
}

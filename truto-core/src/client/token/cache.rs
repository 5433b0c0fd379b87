//! Keeps a source's token until it expires; all callers that wait share one request to the source.

use std::error::Error as StdError;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::task::Poll;
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::Instant;
use tracing::Instrument as _;
use tracing::instrument::WithSubscriber as _;

use super::{AccessToken, Deadline, Token, TokenSource};
use crate::Error;
use crate::error::{Kind, TimedOut};
use crate::sync::lock;
use crate::timer::{later, sleep_until, timeout_at};

/// The time before its expiry at which a token is renewed.
const MARGIN: Duration = Duration::from_secs(60);

/// The time between two requests for a new token while the old one still works, if the first fails.
const RENEWAL_PAUSE: Duration = Duration::from_secs(5);

/// The number of fresh tokens in a row that Truto may refuse before the source is asked less often.
const FREE_REFUSALS: u32 = 5;

/// The longest time between two tokens that are requested because the one before was refused.
const MAX_REFUSAL_PAUSE: Duration = Duration::from_secs(60);

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

/// Bounds the requests to a source whose fresh tokens are refused.
#[derive(Default)]
struct Refusals {
    in_a_row: u32,
    not_before: Option<Instant>,
}

impl Refusals {
    /// Returns true if a new token may be requested for one that was refused at this age.
    fn admit(&mut self, age: Duration, now: Instant) -> bool {
        if self.not_before.is_some_and(|not_before| now < not_before) {
            return false;
        }
        // A token that worked for a while was revoked; that says nothing about the next one.
        self.in_a_row = if age > MAX_REFUSAL_PAUSE { 1 } else { self.in_a_row + 1 };
        let beyond = self.in_a_row.saturating_sub(FREE_REFUSALS);
        self.not_before = (beyond > 0).then(|| {
            let seconds = 2_u64.saturating_pow(beyond - 1);
            now + Duration::from_secs(seconds).min(MAX_REFUSAL_PAUSE)
        });
        true
    }
}

type BoxError = Box<dyn StdError + Send + Sync>;

type TokenResult = Result<Token, TokenFailure>;

#[derive(Clone)]
enum TokenFailure {
    Source(Arc<dyn StdError + Send + Sync>),
    /// The source returned a token that cannot be sent.
    Unusable(&'static str),
    Panicked,
    /// The request took longer than `token_timeout`; the source is asked again.
    TimedOut,
    /// No runtime drives the request.
    NoRuntime,
}

/// A runtime that runs no task for this long counts as one that is not driven. A wrong guess costs one
/// more request to the source.
const LIVENESS_CHECK: Duration = Duration::from_secs(1);

/// The number of requests that may end without an outcome, because their runtime shut down, before a
/// call gives up. Without this bound, a call on a runtime that shut down would ask forever.
const MAX_LOST: u32 = 3;

/// The time after its own limit at which a request is given up that has not ended by itself.
const ABANDON_AFTER: Duration = Duration::from_secs(1);

/// The shortest time between two requests of which the first took too long: with a limit of a few
/// milliseconds the source would be asked in a hot loop.
const ASK_PAUSE: Duration = Duration::from_millis(100);

/// A request to the source. It is aborted when no call waits for it any longer.
struct Flight {
    outcome: watch::Receiver<Option<TokenResult>>,
    task: AbortHandle,
    /// The runtime that drives the request.
    runtime: Handle,
    asked: Instant,
    probe: Mutex<Option<Probe>>,
    /// Set once another request has replaced this one, whose runtime nothing seemed to drive.
    is_abandoned: AtomicBool,
}

/// An empty task on the runtime of a request: one that does not end shows that nothing drives the runtime.
///
/// All calls that wait for the request share it, and it outlives them. Otherwise calls with deadlines
/// shorter than [`LIVENESS_CHECK`] would each begin a probe of their own, and none would see it fail.
struct Probe {
    task: AbortHandle,
    began: Instant,
}

impl Flight {
    fn is_on_another_runtime(&self) -> bool {
        Handle::try_current().is_ok_and(|handle| handle.id() != self.runtime.id())
    }

    /// The time of the next check; `None` if nothing drives the runtime of the request.
    fn check_liveness(&self) -> Option<Instant> {
        let now = Instant::now();
        // Evaluated at each check, since the waiting call itself may have moved to another runtime.
        if !self.is_on_another_runtime() {
            return Some(now + LIVENESS_CHECK);
        }
        let mut probe = lock(&self.probe);
        let began = match &*probe {
            Some(pending) if !pending.task.is_finished() => pending.began,
            _ => {
                let task = self.runtime.spawn(async {}).abort_handle();
                *probe = Some(Probe { task, began: now });
                now
            }
        };
        let fails_at = began + LIVENESS_CHECK;
        (now < fails_at).then_some(fails_at)
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.task.abort();
        if let Some(probe) = lock(&self.probe).take() {
            probe.task.abort();
        }
    }
}

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
                Err(flight) => flight,
            };
            // The task has this limit itself, but the runtime that it runs on may not be driven.
            let abandon_at = later(flight.asked, self.timeout.saturating_add(ABANDON_AFTER));
            let until = deadline.at.map_or(abandon_at, |at| at.min(abandon_at));
            let ended = match timeout_at(until, Box::pin(outcome_of(&flight))).await {
                Ok(Waited::Ended(outcome)) => Some(outcome),
                Ok(Waited::Lost) => None,
                Err(_) if deadline.at == Some(until) => {
                    // Kept for the next call: each call that waits for less than the source takes would
                    // otherwise start its own request, and none would ever have a token.
                    lock(&self.state).keep(&flight);
                    return Err(Error::new(Kind::Timeout {
                        what: TimedOut::Token,
                        after: deadline.after,
                        status: None,
                    }));
                }
                Ok(Waited::Stranded) | Err(_) => {
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
                // Asked again; the deadline bounds this loop.
                Err(TokenFailure::TimedOut) => {
                    sleep_until(until.min(flight.asked + ASK_PAUSE)).await;
                }
                Err(failure) => return Err(failure.into()),
            }
        }
    }

    fn cached_or_flight(&self, refused: Option<u64>) -> Result<Token, Arc<Flight>> {
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
            state.background = Some(flight);
        }
        Ok(token)
    }

    /// Returns the current request, or starts one.
    fn flight(&self, state: &mut CacheState) -> Arc<Flight> {
        if let Some(flight) = state.flight.upgrade() {
            // `has_changed` fails if the task is gone without an outcome: its runtime shut down.
            if flight.outcome.borrow().is_none() && flight.outcome.has_changed().is_ok() {
                if flight.check_liveness().is_some() {
                    return flight;
                }
                state.abandon(&flight);
            }
        }
        let flight = self.ask();
        state.flight = Arc::downgrade(&flight);
        flight
    }

    /// Asks the source in a separate task, so that a caller that is not polled blocks no other.
    fn ask(&self) -> Arc<Flight> {
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
        // The events of a token that is requested by a call belong to the span of that call's caller.
        let runtime = Handle::current();
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

enum Waited {
    Ended(TokenResult),
    /// The runtime of the request shut down.
    Lost,
    /// Nothing drives the runtime of the request.
    Stranded,
}

/// Waits for a request. One on another runtime may never end, since a current-thread runtime is not driven
/// outside its `block_on`.
async fn outcome_of(flight: &Flight) -> Waited {
    let mut outcome = flight.outcome.clone();
    let ended = async {
        match outcome.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(outcome)) => Waited::Ended(outcome.clone()),
            _ => Waited::Lost,
        }
    };
    let stranded = async {
        while let Some(next_check) = flight.check_liveness() {
            sleep_until(next_check).await;
        }
        Waited::Stranded
    };
    match select(pin!(ended), pin!(stranded)).await {
        Either::Left((waited, _)) | Either::Right((waited, _)) => waited,
    }
}

/// Asks the source; `None` if it panicked, when it is not polled again.
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
                Kind::Token { what: "the token source did not return in time", source: None }
            }
            TokenFailure::NoRuntime => Kind::Token {
                what: "the tokio runtime shut down during the request to the token source",
                source: None,
            },
        })
    }
}

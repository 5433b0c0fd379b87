//! A limiter of the caller's own, for a limit that several processes share.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::{Endpoint, RateLimit};

/// How long a limiter may take to decide; then the call goes on without it.
const PATIENCE: Duration = Duration::from_millis(500);

/// A limit that is kept somewhere else, for example by a whole fleet in one Redis.
///
/// It is asked before each attempt, after the client's own limits
/// ([`ClientBuilder::throttle`](crate::ClientBuilder::throttle)) have let the call through, and told what
/// each response said about limits. It gets no token and no id: the account is a hash of its id, the
/// same in every process.
///
/// A limiter that fails, or takes longer than half a second, holds up nobody: the call goes on under the
/// client's own limits, with one WARN until the limiter is back.
///
/// ```
/// use std::convert::Infallible;
/// use std::sync::Mutex;
/// use std::time::{Duration, Instant};
///
/// use truto_core::{Client, LimitedCall, Limiter};
///
/// /// One call in each tenth of a second.
/// struct Spaced(Mutex<Instant>);
///
/// impl Limiter for Spaced {
///     type Error = Infallible;
///
///     async fn acquire(&self, _: &LimitedCall) -> Result<Duration, Infallible> {
///         let mut next = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
///         let turn = (*next).max(Instant::now());
///         *next = turn + Duration::from_millis(100);
///         Ok(turn.saturating_duration_since(Instant::now()))
///     }
/// }
///
/// let client = Client::builder()
///     .token("t")
///     .limiter(Spaced(Mutex::new(Instant::now())))
///     .build()?;
/// # Ok::<_, truto_core::Error>(())
/// ```
///
/// See [Truto's rate limits](https://truto.one/docs/api-reference/overview/rate-limits).
pub trait Limiter: Send + Sync + 'static {
    /// Why no turn could be had.
    type Error: Into<Box<dyn std::error::Error + Send + Sync>>;

    /// Takes a turn for one attempt and returns how long the call has to wait for it. A call that has no
    /// time to wait ends with a timeout that carries the wait as
    /// [`retry_after`](crate::Error::retry_after); its turn passes unused.
    fn acquire(
        &self,
        call: &LimitedCall,
    ) -> impl Future<Output = Result<Duration, Self::Error>> + Send;

    /// Is told what a response said about limits. `retry_after` is that of a 429.
    fn observe(
        &self,
        call: &LimitedCall,
        rate_limit: Option<RateLimit>,
        retry_after: Option<Duration>,
    ) {
        let _ = (call, rate_limit, retry_after);
    }
}

/// What a [`Limiter`] is told of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LimitedCall {
    /// The endpoint as it was declared.
    pub endpoint: &'static Endpoint,
    /// A hash of the account's id, 16 hexadecimal digits; empty for an account that its token names.
    pub account: String,
}

impl LimitedCall {
    pub(crate) fn new(endpoint: &'static Endpoint, account: &str) -> Self {
        let account = match account {
            "" => String::new(),
            id => format!("{:016x}", fnv1a(id.as_bytes())),
        };
        Self { endpoint, account }
    }
}

/// The hash FNV-1a, which is the same in every process and release.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

type AcquireFuture<'a> = Pin<Box<dyn Future<Output = Result<Duration, String>> + Send + 'a>>;

/// A limiter of any type.
trait AnyLimiter: Send + Sync {
    fn acquire<'a>(&'a self, call: &'a LimitedCall) -> AcquireFuture<'a>;
    fn observe(&self, call: &LimitedCall, limit: Option<RateLimit>, wait: Option<Duration>);
}

impl<L: Limiter> AnyLimiter for L {
    fn acquire<'a>(&'a self, call: &'a LimitedCall) -> AcquireFuture<'a> {
        Box::pin(async move {
            let turn = Limiter::acquire(self, call).await;
            turn.map_err(|error| error.into().to_string())
        })
    }

    fn observe(&self, call: &LimitedCall, limit: Option<RateLimit>, wait: Option<Duration>) {
        Limiter::observe(self, call, limit, wait);
    }
}

/// The limiter of a client.
#[derive(Clone)]
pub(crate) struct Shared {
    limiter: Arc<dyn AnyLimiter>,
    /// It failed the last time it was asked.
    away: Arc<AtomicBool>,
}

impl Shared {
    pub(crate) fn new(limiter: impl Limiter) -> Self {
        Self { limiter: Arc::new(limiter), away: Arc::default() }
    }

    /// Waits for a turn; an error is how long it would have taken.
    pub(crate) async fn admit(
        &self,
        call: &LimitedCall,
        deadline: Option<Instant>,
    ) -> Result<(), Duration> {
        let patient = Instant::now() + PATIENCE;
        let until = deadline.map_or(patient, |deadline| deadline.min(patient));
        let why = match timeout_at(until, self.limiter.acquire(call)).await {
            Ok(Ok(wait)) => {
                if self.away.swap(false, Ordering::AcqRel) {
                    tracing::info!("the limiter is back");
                }
                let turn = Instant::now().checked_add(wait).ok_or(wait)?;
                if deadline.is_some_and(|deadline| turn >= deadline) {
                    return Err(wait);
                }
                tokio::time::sleep_until(turn).await;
                return Ok(());
            }
            Ok(Err(error)) => error,
            // It is the call that has no more time, and ends for that.
            Err(_) if until < patient => return Ok(()),
            Err(_) => format!("it took longer than {PATIENCE:?}"),
        };
        if !self.away.swap(true, Ordering::AcqRel) {
            tracing::warn!(
                error = %why,
                "the limiter is away: calls go on under the client's own limits"
            );
        }
        Ok(())
    }

    pub(crate) fn observe(
        &self,
        call: &LimitedCall,
        rate_limit: Option<RateLimit>,
        retry_after: Option<Duration>,
    ) {
        self.limiter.observe(call, rate_limit, retry_after);
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Limiter")
    }
}

//! Limits outside of the client, for example in a Redis instance shared by several processes.

mod call;
mod erased;
mod shared;
mod turn;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

pub use self::call::{LimitedCall, Observation};
use self::erased::ErasedLimiter;
pub(crate) use self::shared::SharedLimiter;
pub use self::turn::{Denied, Turn, TurnEvent};

/// The time within which a limiter must decide, unless it states another.
const PATIENCE: Duration = Duration::from_millis(500);

/// A limit outside of the client, for example in a Redis instance shared by many processes.
///
/// The client asks it before each attempt, after its own limits
/// ([`ClientBuilder::throttle`](crate::ClientBuilder::throttle)) have admitted the call, and
/// [reports](Self::observe) the heads of responses to it. It receives neither the token nor an id; the
/// account is identified by a hash of its id, which is the same in every process.
///
/// A limiter that fails, panics or takes longer than its [`patience`](Self::patience) blocks no call:
/// the call proceeds under the client's own limits. The first such failure is logged at
/// WARN; later ones are not logged until the limiter has worked again.
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use std::time::{Duration, Instant};
///
/// use truto_core::{Client, Denied, LimitedCall, Limiter, Turn};
///
/// /// One call per tenth of a second.
/// struct Spaced(Mutex<Instant>);
///
/// impl Limiter for Spaced {
///     async fn acquire(&self, call: &LimitedCall) -> Result<Turn, Denied> {
///         let mut next = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
///         let wait = next.saturating_duration_since(Instant::now());
///         if call.remaining().is_some_and(|remaining| wait > remaining) {
///             return Err(Denied::retry_after(wait)); // takes no turn
///         }
///         *next = Instant::now() + wait + Duration::from_millis(100);
///         Ok(Turn::after(wait))
///     }
/// }
///
/// let limiter: Arc<dyn Limiter> = Arc::new(Spaced(Mutex::new(Instant::now())));
/// let client = Client::builder().token("test-token").limiter(limiter).build()?;
/// # let _ = client;
/// # Ok::<_, truto_core::Error>(())
/// ```
///
/// It is dyn-compatible: `Arc<dyn Limiter>` is itself a `Limiter`.
///
/// See [Truto's rate limits](https://truto.one/docs/api-reference/overview/rate-limits).
pub trait Limiter: ErasedLimiter + Send + Sync + 'static {
    /// Takes a turn for one attempt.
    ///
    /// A limiter should not reserve a turn that comes after [`LimitedCall::deadline`], but return
    /// [`Denied::retry_after`].
    ///
    /// # Errors
    ///
    /// [`Denied::retry_after`] ends the call: the attempt is not sent. The call's error is a throttling
    /// error or, if an earlier attempt failed, the error of the last attempt; its
    /// [`retry_after`](crate::Error::retry_after) is the wait. Any other error, converted by `?`, means that
    /// the limiter is unavailable, and the call proceeds without it.
    fn acquire(&self, call: &LimitedCall) -> impl Future<Output = Result<Turn, Denied>> + Send
    where
        Self: Sized;

    /// The longest time that the client waits for [`acquire`](Self::acquire). Read once, when the client
    /// is built. Default half a second.
    ///
    /// A limiter that queues calls inside `acquire` returns a longer time. It must then deny calls that
    /// cannot be sent by [`LimitedCall::deadline`]; a call that is still waiting at its deadline ends as if
    /// it had been denied.
    fn patience(&self) -> Duration {
        PATIENCE
    }

    /// Receives the head of each response, except that of a success whose body cannot be read.
    fn observe(&self, call: &LimitedCall, seen: &Observation) {
        let _ = (call, seen);
    }
}

macro_rules! forward_pointer {
    ($($pointer:ident)*) => {$(
        impl<L: Limiter + ?Sized> Limiter for $pointer<L> {
            async fn acquire(&self, call: &LimitedCall) -> Result<Turn, Denied> {
                (**self).acquire_erased(call).await
            }

            fn patience(&self) -> Duration {
                (**self).patience()
            }

            fn observe(&self, call: &LimitedCall, seen: &Observation) {
                (**self).observe(call, seen);
            }
        }
    )*};
}

forward_pointer! { Arc Box }

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use http::{Method, StatusCode};

    use super::*;
    use crate::Request;

    #[derive(Default)]
    struct Counting {
        acquired: AtomicU32,
        observed: AtomicU32,
    }

    impl Limiter for Counting {
        async fn acquire(&self, _call: &LimitedCall) -> Result<Turn, Denied> {
            self.acquired.fetch_add(1, Ordering::Relaxed);
            Err(Denied::retry_after(Duration::from_secs(7)))
        }

        fn patience(&self) -> Duration {
            Duration::from_secs(5)
        }

        fn observe(&self, _call: &LimitedCall, _seen: &Observation) {
            self.observed.fetch_add(1, Ordering::Relaxed);
        }
    }

    async fn use_once(limiter: impl Limiter) -> Option<Duration> {
        let request = Request::<()>::unified(Method::GET, "m", "r", None);
        let call = LimitedCall::new(request.endpoint(), "");
        assert_eq!(limiter.patience(), Duration::from_secs(5));
        limiter.observe(&call, &Observation::new(StatusCode::OK));
        limiter.acquire(&call).await.err().and_then(|denied| denied.wait())
    }

    #[tokio::test]
    async fn pointers_to_a_limiter_are_limiters() {
        let limiter = Arc::new(Counting::default());
        let erased: Arc<dyn Limiter> = Arc::clone(&limiter) as _;
        let boxed: Box<dyn Limiter> = Box::new(Arc::clone(&limiter));
        let wait = Some(Duration::from_secs(7));
        assert_eq!(use_once(Arc::clone(&limiter)).await, wait);
        assert_eq!(use_once(erased).await, wait);
        assert_eq!(use_once(boxed).await, wait);
        let count = |count: &AtomicU32| count.load(Ordering::Relaxed);
        assert_eq!((count(&limiter.acquired), count(&limiter.observed)), (3, 3));
    }
}

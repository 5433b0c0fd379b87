//! Calls the user's limiter so that its failures do not make calls fail.

use std::any::Any;
use std::fmt;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use tokio::time::Instant;

use super::erased::ErasedLimiter;
use super::turn::{Denied, Reason, Turn};
use super::{LimitedCall, Limiter, Observation};
use crate::policy::{Denial, DeniedBy, NotAdmitted};
use crate::timer::{Interrupted, sleep_until, timeout_at};

/// The limiter of a client, shared by its clones.
#[derive(Clone)]
pub(crate) struct SharedLimiter {
    limiter: Arc<dyn Limiter>,
    /// The time within which it must decide; after that the call proceeds without a turn.
    patience: Duration,
    /// True if the last request failed, so that the WARN is logged once.
    is_unavailable: Arc<AtomicBool>,
}

impl SharedLimiter {
    pub(crate) fn new(limiter: impl Limiter) -> Self {
        let patience = limiter.patience();
        Self { limiter: Arc::new(limiter), patience, is_unavailable: Arc::default() }
    }

    /// Waits for a turn within [`LimitedCall::deadline`]. `None` allows the call to proceed without one.
    ///
    /// Dropping the future gives the turn back. The caller hands it to
    /// [`Permit::attach`](crate::policy::Permit::attach).
    pub(crate) async fn acquire(&self, call: &LimitedCall) -> Result<Option<Turn>, NotAdmitted> {
        let deadline = call.deadline().map(Instant::from_std);
        let patient = Instant::now().checked_add(self.patience);
        let until = deadline.into_iter().chain(patient).min();
        let asked = catch_panics(async { self.limiter.acquire_erased(call).await });
        let asked = std::pin::pin!(asked);
        let decided = match until {
            Some(until) => timeout_at(until, asked).await,
            None => Ok(asked.await),
        };
        let reason = match decided {
            Ok(Ok(Ok(turn))) => {
                self.is_back();
                return wait_for(turn, deadline).await.map(Some);
            }
            Ok(Ok(Err(Denied(Reason::Wait(wait))))) => {
                self.is_back();
                return Err(Denial { wait: Some(wait), by: DeniedBy::Limiter }.into());
            }
            Ok(Ok(Err(Denied(Reason::Unavailable(error))))) => error.to_string(),
            Ok(Err(panic)) => panic_text(&*panic),
            Err(Interrupted::RuntimeEnded) => return Err(NotAdmitted::RuntimeEnded),
            // The call's own time ran out, which proves nothing about the limiter, so the call is denied.
            Err(_) if until != patient => {
                return Err(Denial { wait: None, by: DeniedBy::Limiter }.into());
            }
            Err(_) => format!("no response within {:?}", self.patience),
        };
        self.is_gone(&reason);
        Ok(None)
    }

    /// Reports the head of a response.
    pub(crate) fn observe(&self, call: &LimitedCall, seen: &Observation) {
        let observe = AssertUnwindSafe(|| self.limiter.observe(call, seen));
        if let Err(panic) = catch_unwind(observe) {
            self.is_gone(&panic_text(&*panic));
        }
    }

    fn is_back(&self) {
        // Loads first, so that calls do not all write to one cache line while the limiter works.
        if self.is_unavailable.load(Ordering::Relaxed)
            && self.is_unavailable.swap(false, Ordering::AcqRel)
        {
            tracing::info!("the limiter is available again");
        }
    }

    fn is_gone(&self, reason: &str) {
        if !self.is_unavailable.swap(true, Ordering::AcqRel) {
            tracing::warn!(
                error = %reason,
                "limiter unavailable; using the client's own limits"
            );
        }
    }
}

/// Sleeps until the turn comes. Boxed, so that the futures of calls that need not wait reserve no space
/// for it.
fn wait_for(
    turn: Turn,
    deadline: Option<Instant>,
) -> impl Future<Output = Result<Turn, NotAdmitted>> + Send {
    let wait = turn.wait();
    let comes = Instant::now().checked_add(wait);
    async move {
        let denial = Denial { wait: Some(wait), by: DeniedBy::Limiter };
        // A turn beyond the clock's range never comes.
        let comes = comes.ok_or(denial)?;
        if deadline.is_some_and(|deadline| comes >= deadline) && !wait.is_zero() {
            return Err(denial.into());
        }
        if !wait.is_zero() {
            sleep_until(comes).await?;
        }
        Ok(turn)
    }
}

/// Returns a panic of the future as an error. A future that panicked is not polled again.
async fn catch_panics<F: Future>(future: F) -> Result<F::Output, Box<dyn Any + Send>> {
    let mut future = std::pin::pin!(future);
    poll_fn(|cx| {
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx)));
        match polled {
            Ok(polled) => polled.map(Ok),
            Err(panic) => Poll::Ready(Err(panic)),
        }
    })
    .await
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("it panicked: {}", text.unwrap_or("no message"))
}

impl fmt::Debug for SharedLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedLimiter")
    }
}

#[cfg(test)]
mod tests {
    use super::super::PATIENCE;
    use super::*;
    use crate::Request;

    const SECOND: Duration = Duration::from_secs(1);

    /// Answers after a delay, or panics.
    enum Scripted {
        Turn { answer: Duration, wait: Duration },
        Panic,
    }

    impl Limiter for Scripted {
        async fn acquire(&self, _call: &LimitedCall) -> Result<Turn, Denied> {
            match self {
                Self::Turn { answer, wait } => {
                    tokio::time::sleep(*answer).await;
                    Ok(Turn::after(*wait))
                }
                Self::Panic => panic!("broken limiter"),
            }
        }

        fn observe(&self, _call: &LimitedCall, _seen: &Observation) {
            panic!("broken observer");
        }
    }

    fn call(left: Option<Duration>) -> LimitedCall {
        let request = Request::<()>::unified(http::Method::GET, "m", "r", None);
        let deadline = left.map(|left| (Instant::now() + left).into_std());
        LimitedCall::new(request.endpoint(), "").with_deadline(deadline)
    }

    fn turn(answer: Duration, wait: Duration) -> SharedLimiter {
        SharedLimiter::new(Scripted::Turn { answer, wait })
    }

    fn is_unavailable(limiter: &SharedLimiter) -> bool {
        limiter.is_unavailable.load(Ordering::Relaxed)
    }

    /// The answer's delay, the turn's wait, the time left; then the result and the time that passed.
    #[tokio::test(start_paused = true)]
    async fn waits_for_a_turn_only_within_the_deadline() {
        let denial = |wait| Err(Denial { wait, by: DeniedBy::Limiter }.into());
        let (none, some) = (Ok(false), Ok(true));
        let zero = Duration::ZERO;
        for (answer, wait, left, expected, passed) in [
            (zero, zero, None, some, zero),
            (zero, SECOND, None, some, SECOND),
            (zero, SECOND, Some(2 * SECOND), some, SECOND),
            (zero, SECOND, Some(SECOND), denial(Some(SECOND)), zero),
            (zero, zero, Some(zero), some, zero),
            (SECOND / 4, SECOND, Some(3 * SECOND), some, SECOND / 4 + SECOND),
            (zero, Duration::MAX, None, denial(Some(Duration::MAX)), zero),
            (SECOND, zero, None, none, PATIENCE),
            (SECOND, zero, Some(SECOND / 4), denial(None), SECOND / 4),
            (SECOND, zero, Some(zero), denial(None), zero),
        ] {
            let limiter = turn(answer, wait);
            let started = Instant::now();
            let turn = limiter.acquire(&call(left)).await.map(|turn| turn.is_some());
            assert_eq!(
                (turn, started.elapsed()),
                (expected, passed),
                "{answer:?} {wait:?} {left:?}"
            );
            // A call whose own time ran out proves nothing about the limiter.
            assert_eq!(is_unavailable(&limiter), passed == PATIENCE);
        }
    }

    #[tokio::test]
    async fn a_panicking_limiter_is_unavailable_until_it_answers() {
        let limiter = SharedLimiter::new(Scripted::Panic);
        assert!(limiter.acquire(&call(None)).await.is_ok_and(|turn| turn.is_none()));
        assert!(is_unavailable(&limiter));
        let limiter = turn(Duration::ZERO, Duration::ZERO);
        limiter.observe(&call(None), &Observation::new(http::StatusCode::OK));
        assert!(is_unavailable(&limiter));
        assert!(limiter.acquire(&call(None)).await.is_ok_and(|turn| turn.is_some()));
        assert!(!is_unavailable(&limiter));
    }

    #[test]
    fn a_panic_is_named_by_its_message() {
        assert_eq!(panic_text(&"a"), "it panicked: a");
        assert_eq!(panic_text(&"b".to_owned()), "it panicked: b");
        assert_eq!(panic_text(&7), "it panicked: no message");
        assert_eq!(format!("{:?}", turn(Duration::ZERO, Duration::ZERO)), "SharedLimiter");
    }
}

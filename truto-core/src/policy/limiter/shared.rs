//! Calls the user's limiter so that its failures stay its own.

use std::any::Any;
use std::fmt;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout_at};

use super::erased::ErasedLimiter;
use super::turn::{Denied, Reason, Turn};
use super::{LimitedCall, Limiter, Observation, PATIENCE};
use crate::policy::{HeldBack, HeldBackBy};

/// The limiter of a client, shared by its clones.
#[derive(Clone)]
pub(crate) struct SharedLimiter {
    limiter: Arc<dyn Limiter>,
    /// The time within which it must decide; after it the call proceeds without a turn.
    patience: Duration,
    /// The last ask failed, so that the WARN is written once.
    is_unavailable: Arc<AtomicBool>,
}

impl SharedLimiter {
    pub(crate) fn new(limiter: impl Limiter) -> Self {
        let patience = limiter.patience();
        Self { limiter: Arc::new(limiter), patience, is_unavailable: Arc::default() }
    }

    /// Waits for a turn within [`LimitedCall::deadline`]. `None` is leave to proceed without one.
    ///
    /// Dropping the future gives the turn back. The caller hands it to
    /// [`Permit::attach`](crate::policy::Permit::attach).
    pub(crate) async fn acquire(&self, call: &LimitedCall) -> Result<Option<Turn>, HeldBack> {
        let deadline = call.deadline().map(Instant::from_std);
        let patient = Instant::now().checked_add(self.patience);
        let until = deadline.into_iter().chain(patient).min();
        let asked = catch_panics(async { self.limiter.acquire_erased(call).await });
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
                return Err(HeldBack { wait: Some(wait), by: HeldBackBy::Limiter });
            }
            Ok(Ok(Err(Denied(Reason::Unavailable(error))))) => error.to_string(),
            Ok(Err(panic)) => panic_text(&*panic),
            // The call's own time ran out, which proves nothing about the limiter. One that may let calls
            // wait has held this one back.
            Err(_) if until != patient && self.patience > PATIENCE => {
                return Err(HeldBack { wait: None, by: HeldBackBy::Limiter });
            }
            Err(_) if until != patient => return Ok(None),
            Err(_) => format!("no answer within {:?}", self.patience),
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

/// Sleeps until the turn comes. Not kept on the future of a call that need not wait.
fn wait_for(
    turn: Turn,
    deadline: Option<Instant>,
) -> impl Future<Output = Result<Turn, HeldBack>> + Send {
    let wait = turn.wait();
    let comes = Instant::now().checked_add(wait);
    async move {
        let held_back = HeldBack { wait: Some(wait), by: HeldBackBy::Limiter };
        let comes = comes.ok_or(held_back)?;
        if deadline.is_some_and(|deadline| comes >= deadline) && !wait.is_zero() {
            return Err(held_back);
        }
        if !wait.is_zero() {
            sleep_until(comes).await;
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

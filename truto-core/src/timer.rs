//! Timers that follow the runtime on which they are polled.
//!
//! A tokio timer belongs to the runtime on which it was created, and never fires while nothing drives
//! that runtime. A future that is polled on one runtime and then moved to another would thus lose its
//! timeouts. These timers are driven by the runtime that polls them.
//!
//! A runtime that shuts down fires all its timers at once, and tokio panics if one is polled after that.
//! Only [`poll_sleep`] polls a tokio timer; it returns [`RuntimeEnded`] instead of panicking.

mod polled;

use std::fmt;
use std::future::{Future, pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::runtime::{Handle, Id};
use tokio::task::coop::has_budget_remaining;
use tokio::time::{Instant, Sleep};

pub(crate) use self::polled::PolledTimer;

/// Replaces a duration beyond the clock's range.
const YEAR: Duration = Duration::from_secs(365 * 86_400);

/// The runtime that polled a future was shut down, or the future is now polled outside of it, so
/// nothing drives its timers and sockets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RuntimeEnded;

impl fmt::Display for RuntimeEnded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the tokio runtime of this call was shut down, or no longer polls it")
    }
}

/// The reason why a future was not polled to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interrupted {
    /// The deadline passed first.
    Elapsed,
    RuntimeEnded,
}

impl From<RuntimeEnded> for Interrupted {
    fn from(RuntimeEnded: RuntimeEnded) -> Self {
        Self::RuntimeEnded
    }
}

/// Returns true if the current runtime was shut down or is shutting down.
///
/// Tokio has no method for this, but a runtime that was shut down cancels a new task within `spawn`. It
/// closes its list of tasks before it stops its timers, so a timer that was cut short always finds it closed.
pub(crate) fn runtime_has_ended() -> bool {
    let Ok(runtime) = Handle::try_current() else { return false };
    let spawned = runtime.spawn(async {}).now_or_never();
    spawned.is_some_and(|ended| ended.is_err_and(|error| error.is_cancelled()))
}

/// Creates a timer on the current runtime. Tokio panics without one, and without a timer driver.
pub(crate) fn new_sleep(at: Instant) -> Result<Sleep, RuntimeEnded> {
    Handle::try_current().map_err(|_| RuntimeEnded)?;
    catch_unwind(|| tokio::time::sleep_until(at)).map_err(|_| RuntimeEnded)
}

/// Returns true for a timer that a shutdown of the current runtime fired before its time.
pub(crate) fn was_cut_short(timer: &Sleep) -> bool {
    timer.is_elapsed() && Instant::now() < timer.deadline() && runtime_has_ended()
}

/// Polls a timer, whose runtime may have been shut down.
///
/// Tokio panics if the runtime shuts down between the check and the poll, or did so before the timer was
/// created. The panic is caught. All callers check the runtime before they begin to wait.
pub(crate) fn poll_sleep(
    timer: Pin<&mut Sleep>,
    cx: &mut Context<'_>,
) -> Poll<Result<(), RuntimeEnded>> {
    if was_cut_short(&timer) {
        return Poll::Ready(Err(RuntimeEnded));
    }
    match catch_unwind(AssertUnwindSafe(|| timer.poll(cx))) {
        Ok(polled) => polled.map(Ok),
        Err(_) => Poll::Ready(Err(RuntimeEnded)),
    }
}

/// Polls a future until a point in time.
#[expect(clippy::manual_async_fn, reason = "an async fn would keep a second copy of its arguments")]
pub(crate) fn timeout_at<F: Future + Unpin>(
    at: Instant,
    mut future: F,
) -> impl Future<Output = Result<F::Output, Interrupted>> {
    async move {
        // Created at the first wait only: most bodies arrive together with their head.
        let mut timer = pin!(None);
        let mut made_on = None;
        poll_fn(|cx| {
            // Polls the future before the clock: an output that is ready counts, however late the poll is.
            if let Poll::Ready(output) = Pin::new(&mut future).poll(cx) {
                return Poll::Ready(Ok(output));
            }
            let runtime = current_runtime();
            // Outside any runtime, no timer can be created, but an existing one may still fire.
            if timer.is_none() || (runtime.is_some() && runtime != made_on) {
                made_on = runtime;
                match new_sleep(at) {
                    Ok(sleep) => timer.set(Some(sleep)),
                    Err(ended) => return Poll::Ready(Err(ended.into())),
                }
            }
            if let Some(timer) = timer.as_mut().as_pin_mut() {
                if let Poll::Ready(fired) = poll_sleep(timer, cx) {
                    return Poll::Ready(Err(
                        fired.map_or_else(Interrupted::from, |()| Interrupted::Elapsed)
                    ));
                }
            }
            // A future that uses up the task's budget keeps the timer from firing, so the clock is read.
            let is_over = !has_budget_remaining() && Instant::now() >= at;
            if is_over { Poll::Ready(Err(Interrupted::Elapsed)) } else { Poll::Pending }
        })
        .await
    }
}

/// Adds a duration to a point in time; a duration beyond the clock's range becomes a year.
pub(crate) fn later(start: Instant, time: Duration) -> Instant {
    start.checked_add(time).unwrap_or_else(|| start + YEAR)
}

/// Sleeps for a duration; one beyond the clock's range becomes a year.
pub(crate) async fn sleep(time: Duration) -> Result<(), RuntimeEnded> {
    sleep_until(later(Instant::now(), time)).await
}

/// Sleeps until a point in time.
pub(crate) async fn sleep_until(at: Instant) -> Result<(), RuntimeEnded> {
    if runtime_has_ended() {
        return Err(RuntimeEnded);
    }
    let Err(interrupted) = timeout_at(at, pending::<std::convert::Infallible>()).await;
    match interrupted {
        Interrupted::Elapsed => Ok(()),
        Interrupted::RuntimeEnded => Err(RuntimeEnded),
    }
}

fn current_runtime() -> Option<Id> {
    Handle::try_current().ok().map(|runtime| runtime.id())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::current_thread;

    /// Polls a future once.
    async fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
        poll_fn(|cx| Poll::Ready(Pin::new(&mut *future).poll(cx))).await
    }

    #[test]
    fn a_timer_moves_to_the_runtime_that_polls_it() {
        let (first, second) = (current_thread(), current_thread());
        let limit = Duration::from_secs(20);
        let mut sleep =
            Box::pin(async { sleep_until(Instant::now() + Duration::from_millis(200)).await });
        assert!(first.block_on(poll_once(&mut sleep)).is_pending());
        let slept = second.block_on(async { tokio::time::timeout(limit, &mut sleep).await });
        assert_eq!(slept.expect("it never goes off"), Ok(()));
    }

    #[test]
    fn a_timer_of_a_runtime_that_was_shut_down_is_an_error() {
        let (first, second) = (current_thread(), current_thread());
        let at = Instant::now() + Duration::from_secs(20);
        let mut polled = PolledTimer::default();
        let mut poll = |cx: &mut Context<'_>| polled.poll_until(at, None, cx);
        let mut moved = Box::pin(sleep_until(at));
        let mut sleep = Box::pin(sleep_until(at));
        first.block_on(async {
            assert!(poll_once(&mut sleep).await.is_pending());
            assert!(poll_once(&mut moved).await.is_pending());
            assert!(poll_fn(|cx| Poll::Ready(poll(cx))).await.is_pending());
            assert!(!runtime_has_ended());
        });
        let handle = first.handle().clone();
        drop(first);
        second.block_on(async {
            assert!(poll_once(&mut moved).await.is_pending(), "it moved along");
        });
        let entered = handle.enter();
        assert!(runtime_has_ended());
        let mut context = Context::from_waker(std::task::Waker::noop());
        assert_eq!(sleep.as_mut().poll(&mut context), Poll::Ready(Err(RuntimeEnded)));
        assert_eq!(poll(&mut context), Poll::Ready(Err(RuntimeEnded)));
        // A timer that is created after the deadline, and one outside any runtime.
        let mut late = Box::pin(timeout_at(at, pending::<()>()));
        let ended = late.as_mut().poll(&mut context);
        assert!(matches!(ended, Poll::Ready(Err(Interrupted::RuntimeEnded))));
        drop(entered);
        let mut outside = Box::pin(sleep_until(at));
        assert_eq!(outside.as_mut().poll(&mut context), Poll::Ready(Err(RuntimeEnded)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_future_that_never_sleeps_times_out() {
        let at = Instant::now() + Duration::from_secs(1);
        let busy = Box::pin(async {
            loop {
                tokio::task::consume_budget().await;
                tokio::time::advance(Duration::from_millis(1)).await;
            }
        });
        let Err(Interrupted::Elapsed) =
            timeout_at::<Pin<Box<dyn Future<Output = ()>>>>(at, busy).await
        else {
            panic!("it ended");
        };
        assert!(Instant::now() < at + Duration::from_millis(10));
        assert_eq!(timeout_at(at, std::future::ready(7)).await.expect("ready"), 7);
    }
}

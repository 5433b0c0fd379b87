//! Timers that follow the runtime on which they are polled.
//!
//! A timer of tokio belongs to the runtime on which it was created, and never fires while nothing drives
//! that runtime. A future that is polled on one runtime and then moved to another would thus lose its
//! timeouts. These timers are driven by the runtime that polls them.

use std::future::{Future, pending, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::runtime::{Handle, Id};
use tokio::task::coop::has_budget_remaining;
use tokio::time::{Instant, Sleep};

const YEAR: Duration = Duration::from_secs(365 * 86_400);

/// The deadline passed first.
#[derive(Debug)]
pub(crate) struct Elapsed;

/// Polls a future until a point in time.
#[expect(clippy::manual_async_fn, reason = "an async fn would keep a second copy of its arguments")]
pub(crate) fn timeout_at<F: Future + Unpin>(
    at: Instant,
    mut future: F,
) -> impl Future<Output = Result<F::Output, Elapsed>> {
    async move {
        // Made at the first wait: most bodies come together with their head.
        let mut timer = pin!(None);
        let mut made_on = None;
        poll_fn(|cx| {
            // The future first: an output that is ready counts, however late the poll is.
            if let Poll::Ready(output) = Pin::new(&mut future).poll(cx) {
                return Poll::Ready(Ok(output));
            }
            let runtime = current_runtime();
            // Outside any runtime none can be made, and the one that is there may still go off.
            if timer.is_none() || (runtime.is_some() && runtime != made_on) {
                made_on = runtime;
                timer.set(Some(tokio::time::sleep_until(at)));
            }
            let has_elapsed =
                timer.as_mut().as_pin_mut().is_some_and(|timer| timer.poll(cx).is_ready());
            // A future that uses up the task's budget leaves none to the timer, so the clock decides.
            let is_over = has_elapsed || (!has_budget_remaining() && Instant::now() >= at);
            if is_over { Poll::Ready(Err(Elapsed)) } else { Poll::Pending }
        })
        .await
    }
}

/// The point in time that is `time` after another; a time beyond the clock's range is a year.
pub(crate) fn later(start: Instant, time: Duration) -> Instant {
    start.checked_add(time).unwrap_or_else(|| start + YEAR)
}

/// Sleeps for a duration; one beyond the clock's range becomes a year.
pub(crate) async fn sleep(time: Duration) {
    sleep_until(later(Instant::now(), time)).await;
}

/// Sleeps until a point in time.
pub(crate) async fn sleep_until(at: Instant) {
    let Err(Elapsed) = timeout_at(at, pending::<std::convert::Infallible>()).await;
}

/// A timer for a type that is polled by hand.
#[derive(Default)]
pub(crate) struct PolledTimer {
    sleep: Option<Pin<Box<Sleep>>>,
    made_on: Option<Id>,
}

impl PolledTimer {
    /// Ready at a point in time. A caller outside any runtime uses the timer of `fallback`, and waits
    /// forever without one.
    pub(crate) fn poll_until(
        &mut self,
        at: Instant,
        fallback: Option<&Handle>,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        let runtime = current_runtime();
        let sleep = match &mut self.sleep {
            Some(sleep)
                if sleep.deadline() == at && runtime.is_none_or(|id| self.made_on == Some(id)) =>
            {
                sleep
            }
            old => {
                let guard = match (runtime, fallback) {
                    (Some(_), _) => None,
                    (None, Some(fallback)) => Some(fallback.enter()),
                    (None, None) => return Poll::Pending,
                };
                self.made_on = current_runtime();
                let sleep = tokio::time::sleep_until(at);
                drop(guard);
                match old {
                    Some(old) => {
                        // Keeps the allocation.
                        old.as_mut().set(sleep);
                        old
                    }
                    None => old.insert(Box::pin(sleep)),
                }
            }
        };
        sleep.as_mut().poll(cx)
    }
}

fn current_runtime() -> Option<Id> {
    Handle::try_current().ok().map(|runtime| runtime.id())
}

#[cfg(test)]
mod tests {
    use tokio::runtime::Runtime;

    use super::*;

    fn current_thread() -> Runtime {
        tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime")
    }

    /// Polls a future once.
    async fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
        poll_fn(|cx| Poll::Ready(Pin::new(&mut *future).poll(cx))).await
    }

    #[test]
    fn a_timer_moves_along_with_the_future_that_waits_for_it() {
        let (first, second) = (current_thread(), current_thread());
        let limit = Duration::from_secs(20);
        let mut sleep = Box::pin(async {
            sleep_until(Instant::now() + Duration::from_millis(200)).await;
        });
        assert!(first.block_on(poll_once(&mut sleep)).is_pending());
        let slept = second.block_on(async { tokio::time::timeout(limit, &mut sleep).await });
        assert!(slept.is_ok(), "it never goes off");
    }

    #[tokio::test(start_paused = true)]
    async fn a_future_that_is_never_idle_is_stopped_all_the_same() {
        let at = Instant::now() + Duration::from_secs(1);
        let busy = Box::pin(async {
            loop {
                tokio::task::consume_budget().await;
                tokio::time::advance(Duration::from_millis(1)).await;
            }
        });
        let Err(Elapsed) = timeout_at::<Pin<Box<dyn Future<Output = ()>>>>(at, busy).await else {
            panic!("it ended");
        };
        assert!(Instant::now() < at + Duration::from_millis(10));
        assert_eq!(timeout_at(at, std::future::ready(7)).await.expect("ready"), 7);
    }
}

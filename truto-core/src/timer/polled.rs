//! A timer for types that are polled by hand.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::runtime::{Handle, Id};
use tokio::time::{Instant, Sleep};

use super::{RuntimeEnded, current_runtime, new_sleep, poll_sleep};

/// A timer for a type that is polled by hand.
///
/// A new deadline that is later than the last one leaves the tokio timer as it is: it fires early, and is
/// set again only then. A stream thus sets its timer about once per timeout, and not once per chunk.
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
    ) -> Poll<Result<(), RuntimeEnded>> {
        let runtime = current_runtime();
        // A timer of another runtime may never fire, since nothing may drive that one.
        let drives = runtime.or_else(|| fallback.map(Handle::id));
        loop {
            let is_usable = self.sleep.as_ref().is_some_and(|sleep| {
                sleep.deadline() <= at && drives.is_none_or(|id| self.made_on == Some(id))
            });
            if !is_usable && !self.set(at, runtime, fallback)? {
                return Poll::Pending;
            }
            let Some(sleep) = &mut self.sleep else { return Poll::Pending };
            ready!(poll_sleep(sleep.as_mut(), cx))?;
            if sleep.deadline() == at {
                return Poll::Ready(Ok(()));
            }
            // The timer of an earlier deadline fired.
            if !self.set(at, runtime, fallback)? {
                return Poll::Pending;
            }
        }
    }

    /// Sets the timer on the current runtime, else on `fallback`; returns false without either.
    fn set(
        &mut self,
        at: Instant,
        runtime: Option<Id>,
        fallback: Option<&Handle>,
    ) -> Result<bool, RuntimeEnded> {
        let guard = match (runtime, fallback) {
            (Some(_), _) => None,
            (None, Some(fallback)) => Some(fallback.enter()),
            (None, None) => return Ok(false),
        };
        self.made_on = current_runtime();
        let sleep = new_sleep(at);
        // Only creating a timer needs a current runtime; polling it does not.
        drop(guard);
        match &mut self.sleep {
            // Reuses the allocation.
            Some(old) => old.as_mut().set(sleep?),
            none => *none = Some(Box::pin(sleep?)),
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::time::Duration;

    use super::*;
    use crate::testing::current_thread;

    fn deadline(timer: &PolledTimer) -> Instant {
        timer.sleep.as_ref().expect("a timer").deadline()
    }

    #[tokio::test(start_paused = true)]
    async fn a_later_deadline_does_not_reset_the_timer() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut timer = PolledTimer::default();
        for seconds in [5, 6, 9] {
            let polled = poll_fn(|cx| Poll::Ready(timer.poll_until(at(seconds), None, cx))).await;
            assert!(polled.is_pending());
            assert_eq!(deadline(&timer), at(5));
        }
        // The timer fires at 5 s and is set again.
        let fired = poll_fn(|cx| timer.poll_until(at(9), None, cx)).await;
        assert_eq!((fired, Instant::now() >= at(9)), (Ok(()), true));
        // A point in time that has passed.
        let fired = poll_fn(|cx| timer.poll_until(at(3), None, cx)).await;
        assert_eq!((fired, Instant::now() < at(10)), (Ok(()), true));
    }

    #[tokio::test(start_paused = true)]
    async fn an_earlier_deadline_resets_the_timer() {
        let start = Instant::now();
        let mut timer = PolledTimer::default();
        for seconds in [60, 2] {
            let at = start + Duration::from_secs(seconds);
            let polled = poll_fn(|cx| Poll::Ready(timer.poll_until(at, None, cx))).await;
            assert!(polled.is_pending());
        }
        let at = start + Duration::from_secs(2);
        assert_eq!(poll_fn(|cx| timer.poll_until(at, None, cx)).await, Ok(()));
        assert!(Instant::now() < start + Duration::from_secs(3));
    }

    /// The first wait was on a runtime that nothing drives any more, or that was shut down.
    #[test]
    fn a_timer_polled_outside_any_runtime_moves_to_the_fallback() {
        let fallback = current_thread();
        for is_shut_down in [false, true] {
            let first = current_thread();
            let start = Instant::now();
            let mut timer = PolledTimer::default();
            let at = start + Duration::from_secs(30);
            let polled = first.block_on(poll_fn(|cx| {
                Poll::Ready(timer.poll_until(at, Some(fallback.handle()), cx))
            }));
            assert!(polled.is_pending());
            let idle = (!is_shut_down).then_some(first);
            let at = at + Duration::from_millis(1);
            let mut context = Context::from_waker(std::task::Waker::noop());
            let polled = timer.poll_until(at, Some(fallback.handle()), &mut context);
            assert!(polled.is_pending(), "{is_shut_down}: {polled:?}");
            assert_eq!(timer.made_on, Some(fallback.handle().id()), "{is_shut_down}");
            drop(idle);
        }
    }
}

//! The future of a call that waits for its turn.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::time::{Instant, Sleep};

use super::permit::Permit;
use super::state::{Polled, Waiter};
use super::{Admission, NotAdmitted};
use crate::timer::{RuntimeEnded, new_sleep, poll_sleep, was_cut_short};

/// Waits for a turn. If it is dropped, it leaves the queue or gives up its turn.
#[derive(Debug)]
pub(super) struct WaiterFuture {
    admission: Admission,
    waiter: Waiter,
    timer: Option<Pin<Box<Sleep>>>,
    is_done: bool,
}

impl WaiterFuture {
    pub(super) fn new(admission: Admission, waiter: Waiter) -> Self {
        Self { admission, waiter, timer: None, is_done: false }
    }

    fn end<T>(&mut self, output: T) -> Poll<T> {
        self.is_done = true;
        Poll::Ready(output)
    }
}

impl Future for WaiterFuture {
    type Output = Result<Permit, NotAdmitted>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        // Each round but the last waits for at least a millisecond, see `State::poll`.
        loop {
            let now = Instant::now();
            let polled = this.admission.lock().poll(&this.waiter, cx.waker(), now);
            let at = match polled {
                Polled::Wait(at) => at,
                Polled::Denied(denial) => return this.end(Err(denial.into())),
                Polled::Admitted(places) => {
                    let waiter = &this.waiter;
                    let held_for = now.saturating_duration_since(waiter.since);
                    let (account, ticket) = (&waiter.account, waiter.ticket);
                    let permit = Permit::new(&this.admission, account, places, ticket, held_for);
                    return this.end(Ok(permit));
                }
            };
            if this.timer.as_deref().is_some_and(was_cut_short) {
                // `is_done` stays false, so that the drop leaves the queue.
                return Poll::Ready(Err(RuntimeEnded.into()));
            }
            // A new timer each time, since the call may be polled by another runtime than before.
            let mut timer = match new_sleep(at) {
                Ok(timer) => Box::pin(timer),
                Err(ended) => return Poll::Ready(Err(ended.into())),
            };
            match poll_sleep(timer.as_mut(), cx) {
                Poll::Pending => {
                    this.timer = Some(timer);
                    return Poll::Pending;
                }
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(ended)) => return Poll::Ready(Err(ended.into())),
            }
        }
    }
}

impl Drop for WaiterFuture {
    fn drop(&mut self) {
        if !self.is_done {
            self.admission.lock().leave(&self.waiter, Instant::now());
        }
    }
}

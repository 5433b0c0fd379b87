//! A page that is prefetched in a separate task.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::runtime::{Handle, Id};
use tokio::task::JoinHandle;
use tracing::Instrument as _;
use tracing::instrument::WithSubscriber as _;

use crate::Error;

/// A task that is aborted when its owner is dropped.
pub(super) struct Task<R> {
    task: JoinHandle<Result<R, Error>>,
    runtime: Id,
}

impl<R: Send + 'static> Task<R> {
    /// `None` outside a runtime.
    pub(super) fn spawn(
        future: impl Future<Output = Result<R, Error>> + Send + 'static,
    ) -> Option<Self> {
        let handle = Handle::try_current().ok()?;
        // A new task inherits neither, so the events of the call would lose their span and subscriber.
        let task = handle.spawn(future.in_current_span().with_current_subscriber());
        Some(Self { task, runtime: handle.id() })
    }

    /// Returns true for a task that may never end, since it runs on another runtime than the one that
    /// waits for it, for instance a current-thread runtime whose `block_on` has returned.
    pub(super) fn is_stranded(&self) -> bool {
        !self.task.is_finished()
            && Handle::try_current().is_ok_and(|handle| handle.id() != self.runtime)
    }

    /// `None` if the runtime of the task was shut down.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<R, Error>>> {
        Poll::Ready(match ready!(Pin::new(&mut self.task).poll(cx)) {
            Ok(result) => Some(result),
            Err(failed) => match failed.try_into_panic() {
                // The panic continues in the caller, as it would without the task.
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => None,
            },
        })
    }
}

impl<R> Drop for Task<R> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

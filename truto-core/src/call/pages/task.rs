//! A page that is prefetched in a separate task.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::runtime::{Handle, Id};
use tokio::task::JoinHandle;
use tracing::Instrument as _;
use tracing::instrument::WithSubscriber as _;

use crate::Error;
use crate::timer::runtime_has_ended;

/// A task that is aborted when its owner is dropped.
pub(super) struct Task<R> {
    task: JoinHandle<Option<Result<R, Error>>>,
    runtime: Id,
}

impl<R: Send + 'static> Task<R> {
    /// `None` outside a runtime.
    pub(super) fn spawn(
        future: impl Future<Output = Result<R, Error>> + Send + 'static,
    ) -> Option<Self> {
        let handle = Handle::try_current().ok()?;
        let output = async move {
            let output = future.await;
            // An error caused by the shutdown of the call's runtime is not an error of the list.
            let is_lost = output.is_err() && runtime_has_ended();
            (!is_lost).then_some(output)
        };
        // A new task inherits neither, so the events of the call would lose their span and subscriber.
        let task = handle.spawn(output.in_current_span().with_current_subscriber());
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
            Ok(output) => output,
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

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::sync::mpsc;
    use std::time::{Duration, Instant};

    use tokio::runtime::Builder;

    use super::*;

    /// The end of a task that is being polled while its runtime shuts down.
    fn ended_during_shutdown(output: Result<u32, Error>) -> Option<Result<u32, Error>> {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let (begins, begun) = mpsc::channel();
        let (ends, ended) = mpsc::channel::<()>();
        let mut task = runtime.block_on(async {
            Task::spawn(async move {
                begins.send(()).expect("the test waits");
                ended.recv().expect("the test sends");
                output
            })
            .expect("a runtime")
        });
        begun.recv().expect("the task runs");
        let handle = runtime.handle().clone();
        runtime.shutdown_background();
        let (entered, start) = (handle.enter(), Instant::now());
        while !runtime_has_ended() {
            assert!(start.elapsed() < Duration::from_secs(20), "it does not shut down");
            std::thread::sleep(Duration::from_millis(1));
        }
        drop(entered);
        ends.send(()).expect("the task waits");
        let reader = Builder::new_current_thread().build().expect("a runtime");
        reader.block_on(poll_fn(|cx| task.poll(cx)))
    }

    #[test]
    fn an_error_caused_by_runtime_shutdown_is_discarded() {
        assert!(ended_during_shutdown(Err(Error::invalid("shut down"))).is_none());
        assert!(ended_during_shutdown(Ok(7)).is_some_and(|page| page.is_ok()));
    }
}

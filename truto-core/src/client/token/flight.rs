//! One request to a token source, and the wait for it.

use std::pin::pin;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::failure::{TokenFailure, TokenResult};
use crate::sync::lock;
use crate::timer::sleep_until;

/// A runtime that runs no task for this long counts as one that is not driven. A wrong guess costs one
/// more request to the source.
const LIVENESS_CHECK: Duration = Duration::from_secs(1);

/// A request to the source. It is aborted once no call waits for it and the cache does not keep it.
pub(super) struct Flight {
    pub(super) outcome: watch::Receiver<Option<TokenResult>>,
    pub(super) task: AbortHandle,
    /// The runtime that drives the request.
    pub(super) runtime: Handle,
    pub(super) asked: Instant,
    pub(super) probe: Mutex<Option<Probe>>,
    /// Set once another request has replaced this one, because nothing seemed to drive its runtime.
    pub(super) is_abandoned: AtomicBool,
}

/// An empty task on the runtime of a request: if it does not end, nothing drives the runtime.
///
/// All calls that wait for the request share it, and it outlives them. Otherwise calls with deadlines
/// shorter than [`LIVENESS_CHECK`] would each begin a probe of their own, and none would see it fail.
pub(super) struct Probe {
    task: AbortHandle,
    began: Instant,
}

impl Flight {
    fn is_on_another_runtime(&self) -> bool {
        Handle::try_current().is_ok_and(|handle| handle.id() != self.runtime.id())
    }

    /// The time of the next check; `None` if nothing drives the runtime of the request.
    pub(super) fn check_liveness(&self) -> Option<Instant> {
        let now = Instant::now();
        // Evaluated at each check, since the waiting call itself may have moved to another runtime.
        if !self.is_on_another_runtime() {
            return Some(now + LIVENESS_CHECK);
        }
        let mut probe = lock(&self.probe);
        let began = match &*probe {
            Some(pending) if !pending.task.is_finished() => pending.began,
            _ => {
                let task = self.runtime.spawn(async {}).abort_handle();
                *probe = Some(Probe { task, began: now });
                now
            }
        };
        let fails_at = began + LIVENESS_CHECK;
        (now < fails_at).then_some(fails_at)
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.task.abort();
        if let Some(probe) = lock(&self.probe).take() {
            probe.task.abort();
        }
    }
}

pub(super) enum Waited {
    Ended(TokenResult),
    /// The runtime of the request shut down.
    Lost,
    /// Nothing drives the runtime of the request.
    Stranded,
}

/// Waits for a request. One on another runtime may never end, since a current-thread runtime is not driven
/// outside its `block_on`.
pub(super) async fn outcome_of(flight: &Flight) -> Waited {
    let mut outcome = flight.outcome.clone();
    let ended = async {
        match outcome.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(outcome)) => Waited::Ended(outcome.clone()),
            _ => Waited::Lost,
        }
    };
    let stranded = async {
        while let Some(next_check) = flight.check_liveness() {
            if sleep_until(next_check).await.is_err() {
                return Waited::Ended(Err(TokenFailure::NoRuntime));
            }
        }
        Waited::Stranded
    };
    match select(pin!(ended), pin!(stranded)).await {
        Either::Left((waited, _)) | Either::Right((waited, _)) => waited,
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::sync::Arc;

    use super::*;
    use crate::testing::current_thread;

    /// A request on a runtime, which never ends.
    fn flight(runtime: &Handle) -> Arc<Flight> {
        let (sender, outcome) = watch::channel(None);
        let task = runtime.spawn(async move {
            let _sender = sender;
            pending::<()>().await;
        });
        Arc::new(Flight {
            outcome,
            task: task.abort_handle(),
            runtime: runtime.clone(),
            asked: Instant::now(),
            probe: Mutex::default(),
            is_abandoned: AtomicBool::new(false),
        })
    }

    #[tokio::test(start_paused = true)]
    async fn a_runtime_that_runs_nothing_for_a_second_is_not_driven() {
        let idle = current_thread();
        let flight = flight(idle.handle());
        let checked_again = Some(Instant::now() + LIVENESS_CHECK);
        assert_eq!(flight.check_liveness(), checked_again);
        tokio::time::advance(LIVENESS_CHECK.saturating_sub(Duration::from_nanos(1))).await;
        assert_eq!(flight.check_liveness(), checked_again, "the same check");
        tokio::time::advance(Duration::from_nanos(1)).await;
        assert_eq!(flight.check_liveness(), None);
        // A runtime must not be dropped within another one.
        idle.shutdown_background();
    }

    #[tokio::test(start_paused = true)]
    async fn the_runtime_of_the_caller_is_driven() {
        let flight = flight(&Handle::current());
        assert_eq!(flight.check_liveness(), Some(Instant::now() + LIVENESS_CHECK));
        assert!(lock(&flight.probe).is_none(), "it needs no task to be sure");
    }

    #[test]
    fn a_request_that_no_call_waits_for_leaves_no_task_behind() {
        let (first, second) = (current_thread(), current_thread());
        let flight = flight(first.handle());
        assert!(second.block_on(async { flight.check_liveness() }).is_some());
        assert_eq!(first.metrics().num_alive_tasks(), 2, "the request and the check");
        drop(flight);
        first.block_on(tokio::task::yield_now());
        assert_eq!(first.metrics().num_alive_tasks(), 0);
    }
}

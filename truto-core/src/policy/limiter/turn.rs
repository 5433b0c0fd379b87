//! The answer of a limiter.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

type GiveBack = Box<dyn FnOnce() + Send>;

/// A turn that a [`Limiter`](crate::Limiter) reserved for one attempt.
///
/// It is used when a connection begins to take the request. Dropped before that (the call was canceled,
/// its time ran out, no connection could be made), it is given back.
///
/// ```
/// use std::sync::atomic::{AtomicU32, Ordering};
/// use std::sync::Arc;
/// use std::time::Duration;
/// use truto_core::Turn;
///
/// let free = Arc::new(AtomicU32::new(9));
/// let given_back = Arc::clone(&free);
/// let turn = Turn::after(Duration::from_millis(20))
///     .on_unused(move || drop(given_back.fetch_add(1, Ordering::Relaxed)));
/// drop(turn);
/// assert_eq!(free.load(Ordering::Relaxed), 10);
/// ```
#[must_use = "a turn that is dropped is given back"]
pub struct Turn {
    wait: Duration,
    give_back: Option<GiveBack>,
}

impl Turn {
    /// A turn that has come.
    pub fn now() -> Self {
        Self::after(Duration::ZERO)
    }

    /// A turn that comes after a wait.
    pub fn after(wait: Duration) -> Self {
        Self { wait, give_back: None }
    }

    /// Called once if the turn is not used. It must not block; what has to wait goes into a task.
    pub fn on_unused(mut self, give_back: impl FnOnce() + Send + 'static) -> Self {
        self.give_back = Some(Box::new(give_back));
        self
    }

    /// The time until the turn comes.
    #[must_use]
    pub fn wait(&self) -> Duration {
        self.wait
    }

    pub(crate) fn used(mut self) {
        self.give_back = None;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(give_back) = self.give_back.take() {
            // Runs while calls end, also while they unwind: a panic in it must reach neither.
            let give_back = std::panic::AssertUnwindSafe(give_back);
            if std::panic::catch_unwind(give_back).is_err() {
                tracing::warn!("the limiter panicked while it took a turn back");
            }
        }
    }
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn").field("wait", &self.wait).finish_non_exhaustive()
    }
}

/// The reason why a [`Limiter`](crate::Limiter) gives no turn.
///
/// ```
/// use std::time::Duration;
/// use truto_core::Denied;
///
/// let denied = Denied::retry_after(Duration::from_secs(3));
/// assert_eq!(denied.wait(), Some(Duration::from_secs(3)));
/// let unavailable = Denied::from(std::io::Error::other("connection refused"));
/// assert_eq!(unavailable.wait(), None);
/// ```
#[derive(Debug)]
pub struct Denied(pub(super) Reason);

#[derive(Debug)]
pub(super) enum Reason {
    Wait(Duration),
    Unavailable(Box<dyn StdError + Send + Sync>),
}

impl Denied {
    /// No turn comes within the call's time; the next one comes after this wait. The call ends.
    #[must_use]
    pub fn retry_after(wait: Duration) -> Self {
        Self(Reason::Wait(wait))
    }

    /// The limiter cannot decide. The call proceeds without it, under the client's own limits.
    #[must_use]
    pub fn unavailable(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self(Reason::Unavailable(error.into()))
    }

    /// The wait of [`retry_after`](Self::retry_after).
    #[must_use]
    pub fn wait(&self) -> Option<Duration> {
        match self.0 {
            Reason::Wait(wait) => Some(wait),
            Reason::Unavailable(_) => None,
        }
    }
}

/// An error of the limiter's own: [`Denied::unavailable`].
impl<E: StdError + Send + Sync + 'static> From<E> for Denied {
    fn from(error: E) -> Self {
        Self::unavailable(error)
    }
}

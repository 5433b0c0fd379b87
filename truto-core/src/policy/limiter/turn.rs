//! The results of a limiter: turns and denials.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

type Watch = Box<dyn FnMut(TurnEvent) + Send>;

/// A turn that a [`Limiter`](crate::Limiter) reserved for one attempt.
///
/// It counts as used once a connection begins to take the request. If it is dropped before that (because
/// the call was canceled, timed out or got no connection), it is given back.
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
    watch: Option<Watch>,
    is_sent: bool,
}

/// A step of the attempt that holds a [`Turn`]; see [`Turn::on_event`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TurnEvent {
    /// The attempt was not sent and will not be.
    Unused,
    /// A connection begins to take the request. Connecting may have taken seconds since the turn was
    /// granted.
    Sent,
    /// The head of the response arrived, so the server has counted the call by now.
    Head,
}

impl Turn {
    /// Creates a turn that comes at once.
    pub fn now() -> Self {
        Self::after(Duration::ZERO)
    }

    /// Creates a turn that comes after a wait.
    pub fn after(wait: Duration) -> Self {
        Self { wait, watch: None, is_sent: false }
    }

    /// Sets a function that is called once if the turn is not used. It must not block; spawn a task for
    /// anything that has to wait.
    ///
    /// It replaces a function that was set before, including that of [`on_event`](Self::on_event).
    pub fn on_unused(self, callback: impl FnOnce() + Send + 'static) -> Self {
        let mut callback = Some(callback);
        self.on_event(move |event| {
            let callback = if event == TurnEvent::Unused { callback.take() } else { None };
            if let Some(callback) = callback {
                callback();
            }
        })
    }

    /// Sets a function that is called at each step of the attempt: [`Unused`](TurnEvent::Unused), or
    /// [`Sent`](TurnEvent::Sent) and then [`Head`](TurnEvent::Head) if a response arrives. It must not
    /// block.
    ///
    /// A limiter with sliding windows uses it to know when the slot of this attempt is freed;
    /// [`Limiter::observe`](crate::Limiter::observe) does not identify the turn.
    ///
    /// ```
    /// use std::sync::{Arc, Mutex};
    /// use truto_core::{Turn, TurnEvent};
    ///
    /// let seen: Arc<Mutex<Vec<TurnEvent>>> = Arc::default();
    /// let events = Arc::clone(&seen);
    /// let mut turn = Turn::now().on_event(move |event| events.lock().unwrap().push(event));
    /// turn.sent();
    /// turn.head_arrived();
    /// assert_eq!(*seen.lock().unwrap(), [TurnEvent::Sent, TurnEvent::Head]);
    /// ```
    pub fn on_event(mut self, watch: impl FnMut(TurnEvent) + Send + 'static) -> Self {
        self.watch = Some(Box::new(watch));
        self
    }

    /// The time until the turn comes.
    #[must_use]
    pub fn wait(&self) -> Duration {
        self.wait
    }

    /// Reports that a connection begins to take the request. The client calls this itself; it is public
    /// for tests of a limiter.
    pub fn sent(&mut self) {
        if !std::mem::replace(&mut self.is_sent, true) {
            self.emit(TurnEvent::Sent);
        }
    }

    /// Reports the head of the response to a request that was [`sent`](Self::sent).
    pub fn head_arrived(mut self) {
        if self.is_sent {
            self.emit(TurnEvent::Head);
        }
    }

    fn emit(&mut self, event: TurnEvent) {
        if let Some(watch) = &mut self.watch {
            // Also runs while a call is dropped or unwinds, so a panic in it must not escape.
            let watch = std::panic::AssertUnwindSafe(|| watch(event));
            if std::panic::catch_unwind(watch).is_err() {
                // Its state may be inconsistent now, so it is not called again.
                self.watch = None;
                tracing::warn!("the callback of `Turn::on_event` panicked");
            }
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if !self.is_sent {
            self.emit(TurnEvent::Unused);
        }
    }
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn").field("wait", &self.wait).finish_non_exhaustive()
    }
}

/// The reason why a [`Limiter`](crate::Limiter) grants no turn.
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
    /// No turn comes in time for the call, and the next one comes after this wait. The call ends.
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn an_unused_turn_is_given_back() {
        let given_back = Arc::new(AtomicU32::new(0));
        let turn = || {
            let given_back = Arc::clone(&given_back);
            Turn::now().on_unused(move || _ = given_back.fetch_add(1, Ordering::Relaxed))
        };
        let mut sent = turn();
        sent.sent();
        sent.head_arrived();
        let mut lost = turn();
        lost.sent();
        drop(lost);
        assert_eq!(given_back.load(Ordering::Relaxed), 0);
        drop(turn());
        assert_eq!(given_back.load(Ordering::Relaxed), 1);
        drop(Turn::now().on_unused(|| panic!("contained")));
    }

    #[test]
    fn each_step_of_an_attempt_emits_one_event() {
        let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
        let turn = || {
            let seen = Arc::clone(&seen);
            Turn::now().on_event(move |event| seen.lock().expect("no panic").push(event))
        };
        let events = || std::mem::take(&mut *seen.lock().expect("no panic"));
        drop(turn());
        assert_eq!(events(), [TurnEvent::Unused]);
        let mut whole = turn();
        whole.sent();
        whole.sent();
        whole.head_arrived();
        assert_eq!(events(), [TurnEvent::Sent, TurnEvent::Head]);
        let mut lost = turn();
        lost.sent();
        drop(lost);
        assert_eq!(events(), [TurnEvent::Sent]);
    }

    #[test]
    fn a_turn_and_a_denial_expose_their_wait() {
        let wait = Duration::from_secs(3);
        assert_eq!((Turn::now().wait(), Turn::after(wait).wait()), (Duration::ZERO, wait));
        assert!(format!("{:?}", Turn::after(wait)).contains("3s"));
        assert_eq!(Denied::retry_after(wait).wait(), Some(wait));
        assert_eq!(Denied::unavailable("gone").wait(), None);
    }
}

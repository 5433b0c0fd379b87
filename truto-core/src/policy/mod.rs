//! What may be sent, and when: the retry policy and its decision, budgets, limits, the gate.

mod adaptive_rate;
mod admission;
mod budget;
#[cfg(feature = "config")]
mod config;
mod decide;
mod gate;
mod lane;
mod limiter;
mod reservations;
mod retry;
mod stages;
mod throttle;
mod window;

#[allow(unused_imports, reason = "named by the call and by the request's body")]
pub(crate) use admission::{
    Admission, AdmissionRequest, CommitHandle, HeldBack, HeldBackBy, Permit, RetryPermit, Ticket,
};
pub(crate) use decide::{Decision, Outcome, RetryState, decide, may_have_executed};
pub(crate) use limiter::SharedLimiter;
pub use limiter::{Denied, LimitedCall, Limiter, Observation, Turn};
pub use retry::RetryPolicy;
pub use throttle::Throttle;

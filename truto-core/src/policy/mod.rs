//! Decides which attempts may be sent at which time: the retry policy and its verdict, budgets, limits
//! and the gate.

mod adaptive_rate;
mod admission;
mod budget;
#[cfg(feature = "config")]
mod config;
mod gate;
mod lane;
mod limiter;
mod reservations;
mod retry;
mod send_trail;
mod stages;
mod throttle;
mod verdict;
mod window;

#[allow(unused_imports, reason = "named by the call and by the request's body")]
pub(crate) use admission::{
    Admission, AdmissionRequest, CommitHandle, Denial, DeniedBy, NotAdmitted, Permit, RetryPermit,
    Ticket,
};
pub(crate) use limiter::SharedLimiter;
pub use limiter::{Denied, LimitedCall, Limiter, Observation, Turn, TurnEvent};
pub use retry::RetryPolicy;
pub use throttle::Throttle;
pub(crate) use verdict::{
    AttemptFacts, Hold, Outcome, RetryPlan, Verdict, may_have_executed, verdict,
};

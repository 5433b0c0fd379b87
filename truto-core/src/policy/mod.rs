//! What may be sent, and when: the retry policy and its decision, budgets, limits, the gate.

mod admission;
mod budget;
mod decide;
mod gate;
mod limiter;
mod pace;
mod retry;
mod slot;
mod throttle;
mod window;

pub(crate) use admission::{Admission, Observed, Withdrawal};
pub(crate) use decide::{Decision, Outcome, RetryState, decide, may_have_executed};
pub(crate) use limiter::Shared;
pub use limiter::{LimitedCall, Limiter};
pub use retry::RetryPolicy;
pub use throttle::Throttle;

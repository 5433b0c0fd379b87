//! What may be sent, and when: the retry policy and its decision, the retry budget, the rate limit.

mod budget;
mod decide;
mod retry;
mod throttle;

pub(crate) use budget::Budget;
pub(crate) use decide::{Decision, Outcome, RetryState, decide};
pub use retry::RetryPolicy;
pub(crate) use throttle::Limiter;
pub use throttle::Throttle;

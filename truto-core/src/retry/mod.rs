//! When a call is sent again: the policy, the decision, the budget, and what servers ask for.

mod budget;
mod decide;
mod hint;
mod policy;

pub(crate) use budget::Budget;
pub(crate) use decide::{Decision, Outcome, Situation, decide};
pub(crate) use hint::retry_after;
pub use policy::RetryPolicy;

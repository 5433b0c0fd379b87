//! The states of integrated accounts.

use serde::{Deserialize, Serialize};

/// The state of an [`IntegratedAccount`](crate::IntegratedAccount).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountStatus {
    /// It works.
    Active,
    /// The customer is connecting it.
    Connecting,
    /// Setting it up failed.
    PostInstallError,
    /// The customer's input was refused.
    ValidationError,
    /// The customer must connect it again.
    NeedsReauth,
}

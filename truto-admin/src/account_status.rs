//! The states of integrated accounts.

use serde::{Deserialize, Serialize};

/// The state of an [`IntegratedAccount`](crate::IntegratedAccount).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountStatus {
    /// The account can be called.
    Active,
    /// The customer is connecting the account.
    Connecting,
    /// The setup failed.
    PostInstallError,
    /// The customer's input was refused.
    ValidationError,
    /// The customer must reconnect the account.
    NeedsReauth,
}

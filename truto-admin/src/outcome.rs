//! The response of routes that perform an action instead of returning a record.

use serde::{Deserialize, Serialize};
use truto_core::RemoteData;

/// The response of a route that performs an action.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// True if the action was performed. Background work may still fail; webhooks report that.
    pub success: Option<bool>,
    /// Further data, if the route returns any.
    pub data: Option<RemoteData>,
}

/// The audience that may use a record of your team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sharing {
    /// Your team only.
    Deny,
    /// Other teams may ask for it.
    Ask,
    /// Every team.
    Allow,
}

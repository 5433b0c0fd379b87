//! The answer of routes that do something rather than return a record.

use serde::{Deserialize, Serialize};
use truto_core::RemoteData;

/// True if Truto did what was asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// `true` if it did. Work in the background may still fail; webhooks report that.
    pub success: Option<bool>,
    /// More of it, where the route returns more.
    pub data: Option<RemoteData>,
}

/// Audience that may use a record of your team.
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

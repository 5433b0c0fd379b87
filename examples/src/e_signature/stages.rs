use serde::{Deserialize, Serialize};
use truto_core::{RemoteData, unified_endpoint};

use super::DateTime;
use super::open_enum::open_enum;

/// A stage of workflows.
#[unified_endpoint(method = "GET", path = "/unified/e-signature/stages")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stage {
    /// The stage's id.
    pub id: String,
    /// The name.
    pub name: Option<String>,
    /// Whether it is in use.
    pub status: Option<StageStatus>,
    /// When it was created.
    pub created_at: Option<DateTime>,
    /// When it was last updated.
    pub updated_at: Option<DateTime>,
    /// The provider's own record.
    pub remote_data: Option<RemoteData>,
}

open_enum! {
    /// Whether a stage is in use.
    StageStatus {
        /// It is in use.
        Active = "active",
        /// It is not in use.
        Inactive = "inactive",
    }
}

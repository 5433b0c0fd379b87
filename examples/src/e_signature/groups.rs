use serde::{Deserialize, Serialize};
use truto_core::{RemoteData, unified_endpoint};

use super::DateTime;

/// A group of users.
#[unified_endpoint(method = "GET", path = "/unified/e-signature/groups")]
#[unified_endpoint(method = "GET", path = "/unified/e-signature/groups/<id>")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// The group's id.
    pub id: String,
    /// The name.
    pub name: Option<String>,
    /// The kind of group.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// When it was created.
    pub created_at: Option<DateTime>,
    /// When it was last updated.
    pub updated_at: Option<DateTime>,
    /// The provider's own record.
    pub remote_data: Option<RemoteData>,
}

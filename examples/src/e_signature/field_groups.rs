use serde::{Deserialize, Serialize};
use truto_core::{RemoteData, unified_endpoint};

use super::{DateTime, EntityFilter, EntityType};

/// A group of fields of a template or workflow.
#[unified_endpoint(
    method = "GET",
    path = "/unified/e-signature/field_groups",
    query = EntityFilter
)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldGroup {
    /// The group's id.
    pub id: String,
    /// The name.
    pub name: Option<String>,
    /// The label.
    pub label: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// What it is a group of.
    pub entity_type: Option<EntityType>,
    /// The status.
    pub status: Option<String>,
    /// When it was created.
    pub created_at: Option<DateTime>,
    /// When it was last updated.
    pub updated_at: Option<DateTime>,
    /// The provider's own record.
    pub remote_data: Option<RemoteData>,
}

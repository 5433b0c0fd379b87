use serde::{Deserialize, Serialize};
use truto_core::{RemoteData, unified_endpoint};

use super::DateTime;

/// A template for signing requests or workflows.
#[unified_endpoint(method = "GET", path = "/unified/e-signature/templates")]
#[unified_endpoint(method = "GET", path = "/unified/e-signature/templates/<id>")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Template {
    /// The template's id.
    pub id: String,
    /// The name.
    pub name: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// The kind of template.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// The language and region.
    pub locale: Option<String>,
    /// When it was created.
    pub created_at: Option<DateTime>,
    /// When it was last updated.
    pub updated_at: Option<DateTime>,
    /// The provider's own record.
    pub remote_data: Option<RemoteData>,
}

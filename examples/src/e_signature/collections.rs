use serde::{Deserialize, Serialize};
use truto_core::{RemoteData, unified_endpoint};

use super::{DateTime, TypedId, Url};

/// A folder or another set of signing requests.
#[unified_endpoint(method = "GET", path = "/unified/e-signature/collections")]
#[unified_endpoint(method = "GET", path = "/unified/e-signature/collections/<id>")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Collection {
    /// The collection's id.
    pub id: String,
    /// The name.
    pub name: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// The kind of collection.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// The collection that it lies in.
    pub parent: Option<TypedId>,
    /// Links to it.
    pub urls: Option<Vec<Url>>,
    /// When it was created.
    pub created_at: Option<DateTime>,
    /// When it was last updated.
    pub updated_at: Option<DateTime>,
    /// The provider's own record.
    pub remote_data: Option<RemoteData>,
}

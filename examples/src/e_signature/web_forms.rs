use serde::{Deserialize, Serialize};
use truto_core::{RemoteData, unified_endpoint};

use super::{DateTime, Person, TypedId, Url};

/// A form on the web that leads to a signature.
#[unified_endpoint(method = "GET", path = "/unified/e-signature/web_forms")]
#[unified_endpoint(method = "GET", path = "/unified/e-signature/web_forms/<id>")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WebForm {
    /// The form's id.
    pub id: String,
    /// The name.
    pub name: Option<String>,
    /// The groups that it belongs to.
    pub groups: Option<Vec<TypedId>>,
    /// Who created it.
    pub created_by: Option<Person>,
    /// Whose it is.
    pub owner: Option<Person>,
    /// The status.
    pub status: Option<String>,
    /// Links to it.
    pub urls: Option<Vec<Url>>,
    /// When it was created.
    pub created_at: Option<DateTime>,
    /// When it was last updated.
    pub updated_at: Option<DateTime>,
    /// When something last happened to it.
    pub last_activity_at: Option<DateTime>,
    /// The provider's own record.
    pub remote_data: Option<RemoteData>,
}

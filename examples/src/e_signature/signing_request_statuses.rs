use serde::{Deserialize, Serialize};
use truto_core::{RemoteData, unified_endpoint};

use super::DateTime;

/// A status that signing requests can have.
#[unified_endpoint(method = "GET", path = "/unified/e-signature/signing_request_statuses")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SigningRequestStatus {
    /// The status's id.
    pub id: String,
    /// The name.
    pub name: Option<String>,
    /// When it was created.
    pub created_at: Option<DateTime>,
    /// When it was last updated.
    pub updated_at: Option<DateTime>,
    /// The provider's own record.
    pub remote_data: Option<RemoteData>,
}

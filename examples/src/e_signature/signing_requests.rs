use serde::{Deserialize, Serialize};
use truto_core::{RemoteData, unified_endpoint};

use super::{DateTime, Email, NamedId};

/// A request to sign documents.
#[unified_endpoint(method = "GET", path = "/unified/e-signature/signing_requests/<id>")]
#[unified_endpoint(
    method = "POST",
    path = "/unified/e-signature/signing_requests",
    body = CreateSigningRequest
)]
#[unified_endpoint(
    method = "PATCH",
    path = "/unified/e-signature/signing_requests/<id>",
    body = UpdateSigningRequest
)]
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct SigningRequest {
    /// The unique identifier.
    pub id: String,
    /// The name.
    pub name: Option<String>,
    /// The message to the participants.
    pub description: Option<String>,
    /// The status.
    pub status: Option<SigningRequestStatus>,
    /// When the signing request was created.
    pub created_at: Option<DateTime>,
    /// When the signing request was last updated.
    pub updated_at: Option<DateTime>,
    /// The provider's own record.
    pub remote_data: Option<RemoteData>,
}

/// The status of a signing request.
pub type SigningRequestStatus = NamedId;

/// The body of [`SigningRequest::create`].
#[derive(Debug, Clone, Default, Serialize)]
pub struct CreateSigningRequest {
    /// The name.
    pub name: String,
    /// The message to the participants.
    pub description: String,
    /// Who takes part.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub participants: Vec<Participant>,
}

/// A person who takes part in a signing request.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Participant {
    /// The name.
    pub name: String,
    /// The email addresses.
    pub emails: Vec<Email>,
    /// Whether the person signs.
    pub is_signer: bool,
}

/// The body of [`SigningRequest::update`]: a field that is `None` is left out and so stays as it is,
/// `Some(None)` is sent as `null`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct UpdateSigningRequest {
    /// The new status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<SigningRequestStatus>,
    /// The new message to the participants, or `Some(None)` to clear it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Option<String>>,
    /// Fields for the provider, merged into its call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_data: Option<RemoteData>,
}

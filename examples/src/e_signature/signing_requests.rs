use serde::{Deserialize, Serialize};
use serde_json::Number;
use truto_core::{ByteStream, RemoteData, unified_endpoint};

use super::open_enum::open_enum;
use super::{DateFilter, DateTime, Download, Email, NamedId, Passthrough, TypedId, Url};

/// A request to sign documents.
#[unified_endpoint(
    method = "GET",
    path = "/unified/e-signature/signing_requests",
    query = ListSigningRequests
)]
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
#[unified_endpoint(method = "DELETE", path = "/unified/e-signature/signing_requests/<id>")]
#[unified_endpoint(
    method = "POST",
    path = "/unified/e-signature/signing_requests/download",
    query = Download,
    body = Passthrough,
    response = ByteStream
)]
#[unified_endpoint(
    method = "POST",
    path = "/unified/e-signature/signing_requests/get_embed_url",
    body = Passthrough,
    response = serde_json::Value
)]
#[unified_endpoint(
    method = "POST",
    path = "/unified/e-signature/signing_requests/remove_participants",
    body = Passthrough
)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SigningRequest {
    /// The signing request's id.
    pub id: String,
    /// The name.
    pub name: Option<String>,
    /// The message to the participants.
    pub description: Option<String>,
    /// The kind of signing request.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// The status.
    pub status: Option<NamedId>,
    /// Why it was cancelled.
    pub cancellation_reason: Option<String>,
    /// The collections that it lies in.
    pub collections: Option<Vec<NamedId>>,
    /// The groups that it belongs to.
    pub groups: Option<Vec<TypedId>>,
    /// Who takes part.
    pub participants: Option<Vec<Participant>>,
    /// Links to it.
    pub urls: Option<Vec<Url>>,
    /// When it was created.
    pub created_at: Option<DateTime>,
    /// When it was last updated.
    pub updated_at: Option<DateTime>,
    /// When something last happened to it.
    pub last_activity_at: Option<DateTime>,
    /// When it expires.
    pub expires_at: Option<DateTime>,
    /// The provider's own record.
    pub remote_data: Option<RemoteData>,
}

/// A person who takes part in a signing request.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Participant {
    /// The participant's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Email addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emails: Option<Vec<Email>>,
    /// Whether the person signs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_signer: Option<bool>,
    /// When it is the person's turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routing_order: Option<Number>,
}

/// Parameters of [`SigningRequest::list`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ListSigningRequests {
    /// When they were created.
    pub created_at: Option<DateFilter>,
    /// When they were last updated.
    pub updated_at: Option<DateFilter>,
    /// The collections that they lie in.
    pub collections: Option<Vec<NamedId>>,
    /// The status that they have.
    pub status: Option<StatusFilter>,
}

/// A status to look for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StatusFilter {
    /// The status's id.
    pub id: SigningRequestState,
    /// The status's name.
    pub name: Option<String>,
}

open_enum! {
    /// The ids of statuses.
    SigningRequestState {
        /// All have signed.
        Completed = "completed",
        /// It is being corrected.
        Correct = "correct",
        /// It is a draft.
        Created = "created",
        /// Somebody has declined.
        Declined = "declined",
        /// All have seen it.
        Delivered = "delivered",
        /// It is on its way.
        Sent = "sent",
        /// Somebody has signed.
        Signed = "signed",
        /// It was cancelled.
        Voided = "voided",
    }
}

/// The body of [`SigningRequest::create`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CreateSigningRequest {
    /// The name.
    pub name: String,
    /// The message to the participants.
    pub description: String,
    /// When it expires.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime>,
    /// Who takes part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub participants: Option<Vec<Participant>>,
    /// The status, `created` for a draft, `sent` to send it at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<NamedId>,
    /// Fields for the provider, merged into its call untouched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_data: Option<RemoteData>,
}

/// The body of [`SigningRequest::update`]: a field that is `None` is left out and so stays as it is,
/// `Some(None)` is sent as `null`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct UpdateSigningRequest {
    /// The new status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<NamedId>,
    /// Why it is cancelled, with a status that cancels it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancellation_reason: Option<String>,
    /// The new name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The new message to the participants, or `Some(None)` to clear it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Option<String>>,
    /// Who takes part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub participants: Option<Vec<Participant>>,
    /// Fields for the provider, merged into its call untouched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_data: Option<RemoteData>,
}

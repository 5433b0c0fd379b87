use serde::{Deserialize, Serialize};
use truto_core::{RemoteData, unified_endpoint};

use super::open_enum::open_enum;
use super::{DateTime, NamedId};

/// A place on a document to sign or fill in.
#[unified_endpoint(
    method = "GET",
    path = "/unified/e-signature/document_fields",
    query = ListDocumentFields
)]
#[unified_endpoint(
    method = "POST",
    path = "/unified/e-signature/document_fields",
    body = CreateDocumentField
)]
#[unified_endpoint(
    method = "DELETE",
    path = "/unified/e-signature/document_fields/<id>",
    query = DeleteDocumentField
)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DocumentField {
    /// The field's id.
    pub id: String,
    /// The label.
    pub label: Option<String>,
    /// What is filled in.
    #[serde(rename = "type")]
    pub kind: Option<DocumentFieldKind>,
    /// Whether it cannot be changed.
    pub is_read_only: Option<bool>,
    /// Whether it must be filled in.
    pub is_required: Option<bool>,
    /// Where on which document it stands.
    pub document: Option<FieldPlace>,
    /// The signing request that it belongs to.
    pub signing_request: Option<NamedId>,
    /// Who fills it in.
    pub participant: Option<NamedId>,
    /// When it was created.
    pub created_at: Option<DateTime>,
    /// When it was last updated.
    pub updated_at: Option<DateTime>,
    /// The provider's own record.
    pub remote_data: Option<RemoteData>,
}

/// A place on a page of a document.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FieldPlace {
    /// The document's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The page, as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_number: Option<String>,
    /// The place on the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
}

/// Coordinates on a page, as text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// From the left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    /// From the top.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
}

open_enum! {
    /// What is filled into a field.
    DocumentFieldKind {
        /// A signature.
        Signature = "signature",
        /// Initials.
        Initials = "initials",
        /// The full name.
        FullName = "full_name",
        /// The day of signing.
        SigningDate = "signing_date",
        /// The company's name.
        CompanyName = "company_name",
        /// The job title.
        Title = "title",
        /// Any text.
        Text = "text",
        /// An email address.
        Email = "email",
    }
}

/// Parameters of [`DocumentField::list`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ListDocumentFields {
    /// The signing request whose fields to list.
    pub signing_request: Option<NamedId>,
}

/// The body of [`DocumentField::create`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CreateDocumentField {
    /// The label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What is filled in.
    #[serde(rename = "type")]
    pub kind: DocumentFieldKind,
    /// Whether it cannot be changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_read_only: Option<bool>,
    /// Whether it must be filled in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_required: Option<bool>,
    /// Where on which document it stands.
    pub document: FieldPlace,
    /// Who fills it in.
    pub participant: NamedId,
    /// The signing request that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signing_request: Option<NamedId>,
    /// Fields for the provider, merged into its call untouched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_data: Option<RemoteData>,
}

/// Parameters of [`DocumentField::delete`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DeleteDocumentField {
    /// The signing request that the field belongs to.
    pub signing_request: Option<NamedId>,
    /// The document that it stands on.
    pub document: Option<FieldPlace>,
}

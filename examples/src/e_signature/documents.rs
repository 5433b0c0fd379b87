use serde::{Deserialize, Serialize};
use truto_core::{ByteStream, RemoteData, Upload, unified_endpoint};

use super::{DateTime, Download, Id, NamedId, Passthrough, Person, Url};

/// A document of a signing request or workflow.
#[unified_endpoint(method = "GET", path = "/unified/e-signature/documents", query = ListDocuments)]
#[unified_endpoint(method = "GET", path = "/unified/e-signature/documents/<id>")]
#[unified_endpoint(
    method = "POST",
    path = "/unified/e-signature/documents",
    query = CreateDocument,
    body = Upload
)]
#[unified_endpoint(method = "DELETE", path = "/unified/e-signature/documents/<id>")]
#[unified_endpoint(
    method = "POST",
    path = "/unified/e-signature/documents/download",
    query = Download,
    body = Passthrough,
    response = ByteStream
)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// The document's id.
    pub id: String,
    /// The file name.
    pub name: Option<String>,
    /// The signing request that it belongs to.
    pub signing_request: Option<SigningRequestId>,
    /// Links to it; give one to [`Document::download`].
    pub urls: Option<Vec<Url>>,
    /// Who created it.
    pub created_by: Option<Person>,
    /// The status.
    pub status: Option<String>,
    /// What it is a part of.
    pub scope: Option<String>,
    /// When it was created.
    pub created_at: Option<DateTime>,
    /// When it was last updated.
    pub updated_at: Option<DateTime>,
    /// When something last happened to it.
    pub last_activity_at: Option<DateTime>,
    /// The provider's own record.
    pub remote_data: Option<RemoteData>,
}

/// Parameters of [`Document::list`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ListDocuments {
    /// The signing request whose documents to list; `DocuSign` demands it.
    pub signing_request: Option<NamedId>,
    /// The workflow whose documents to list; Ironclad and `SpotDraft` demand it.
    pub workflow_id: Option<String>,
}

/// Parameters of [`Document::create`], whose body is the file itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CreateDocument {
    /// The signing request to add the document to.
    pub signing_request: Option<SigningRequestId>,
    /// The file name with its extension.
    pub name: Option<String>,
    /// The document's number within the signing request. Default 1.
    pub id: Option<String>,
}

/// A reference to a signing request, with an id of any type.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SigningRequestId {
    /// The signing request's id.
    pub id: Option<Id>,
}

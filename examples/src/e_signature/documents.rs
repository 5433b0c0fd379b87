use serde::{Deserialize, Serialize};
use truto_core::{ByteStream, RemoteData, Upload, unified_endpoint};

use super::{DateTime, NamedId, Url};

/// A document of a signing request.
#[unified_endpoint(method = "GET", path = "/unified/e-signature/documents/<id>")]
#[unified_endpoint(
    method = "POST",
    path = "/unified/e-signature/documents",
    query = CreateDocument,
    body = Upload
)]
#[unified_endpoint(
    method = "POST",
    path = "/unified/e-signature/documents/download",
    query = DownloadDocument,
    response = ByteStream
)]
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Document {
    /// The unique identifier.
    pub id: Option<String>,
    /// The file name.
    pub name: Option<String>,
    /// The signing request that the document belongs to.
    pub signing_request: Option<NamedId>,
    /// Links to the document.
    pub urls: Option<Vec<Url>>,
    /// The document's status.
    pub status: Option<String>,
    /// When the document was created.
    pub created_at: Option<DateTime>,
    /// When the document was last updated.
    pub updated_at: Option<DateTime>,
    /// The provider's own record.
    pub remote_data: Option<RemoteData>,
}

/// Parameters of [`Document::create`].
#[derive(Debug, Clone, Default, Serialize)]
pub struct CreateDocument {
    /// The signing request to add the document to.
    pub signing_request: Option<NamedId>,
    /// The file name with its extension.
    pub name: Option<String>,
    /// The document's number within the signing request.
    pub id: Option<String>,
}

/// Parameters of [`Document::download`].
#[derive(Debug, Clone, Default, Serialize)]
pub struct DownloadDocument {
    /// The file's address, from [`Document::urls`].
    pub file_url: String,
}

//! Files that are streamed through, without a copy on disk or in memory.

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use truto_core::{ByteStream, Id, Upload, unified_endpoint};

use crate::app::App;
use crate::problem::Problem;

/// A file in a customer's storage.
#[unified_endpoint(method = "POST", path = "/unified/file-storage/drive-items", body = Upload)]
#[unified_endpoint(
    method = "POST",
    path = "/unified/file-storage/drive-items/download",
    query = Locator,
    response = ByteStream,
    safe = true
)]
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct DriveItem {
    id: Id,
}

/// Names the file to download.
#[derive(Debug, Serialize)]
pub(crate) struct Locator {
    id: String,
}

/// `POST /tenants/{tenant}/files`: the body is forwarded as it arrives.
///
/// The bytes can be read only once, so the call is not retried after sending has begun.
pub(crate) async fn upload(
    State(app): State<App>,
    Path(tenant): Path<String>,
    request: Request,
) -> Result<impl IntoResponse, Problem> {
    let tenant = app.tenant(&tenant)?;
    let (head, body) = request.into_parts();
    let text = |name| head.headers.get(name).and_then(|value| value.to_str().ok());
    let media = text(header::CONTENT_TYPE).unwrap_or("application/octet-stream").to_owned();
    let length = text(header::CONTENT_LENGTH).and_then(|length| length.parse().ok());
    let upload = Upload::stream(media, length, body.into_data_stream());
    let item = DriveItem::create(&upload).body_passthrough().send(&tenant.account).await?;
    Ok((StatusCode::CREATED, axum::Json(item)))
}

/// `GET /tenants/{tenant}/files/{id}`: the bytes are forwarded as they arrive.
pub(crate) async fn download(
    State(app): State<App>,
    Path((tenant, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let tenant = app.tenant(&tenant)?;
    let stream = DriveItem::download(&Locator { id }).send(&tenant.account).await?;
    let media = stream.content_type().unwrap_or("application/octet-stream").to_owned();
    // A provider's HTML must not run as a page of this service.
    let headers =
        [(header::CONTENT_TYPE, media), (header::CONTENT_DISPOSITION, "attachment".into())];
    Ok((headers, Body::from_stream(stream)).into_response())
}

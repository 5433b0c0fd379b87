mod form;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use futures_core::Stream;
use http::HeaderValue;

use crate::encode::body::{BodySource, EncodedBody, ProgressFn};
use crate::encode::stream_source::{BoxError, StreamSource};

/// A body that is sent unchanged: a file, a stream, or a multipart form.
///
/// Declare an endpoint with `body = Upload`, and use
/// [`Request::body_passthrough`](crate::Request::body_passthrough) to make Truto pass the body on
/// unchanged. Bytes are kept in memory. Each attempt reads a file from disk in chunks of 64 KiB, so that a
/// retry sends the same bytes and a large file is never in memory as a whole. A
/// [stream](Self::stream) can be sent once, unless it [can be created again](Self::stream_with).
///
/// A server may refuse a large upload, for example with a 413, and close the connection before it has
/// read all of it. The call returns that response if it arrives before the connection fails. On a fast
/// network the next write may fail first; the call then ends with a transport error, and
/// [`may_have_applied`](crate::Error::may_have_applied) is true.
///
/// ```
/// use truto_core::Upload;
///
/// let file = Upload::bytes("application/pdf", &b"%PDF-1.7"[..]);
/// let large = Upload::path("video/mp4", "recordings/call.mp4");
///
/// let form = Upload::form()
///     .text("name", "contract.pdf")
///     .file("file", "contract.pdf", "application/pdf", &b"%PDF-1.7"[..])
///     .file_path("scan", "scan.tiff", "image/tiff", "scans/0001.tiff");
/// # let _ = (file, large, form);
/// ```
///
/// See [Truto's guide to API calls](https://truto.one/docs/guides/integrated-accounts/making-api-calls).
#[derive(Clone)]
pub struct Upload {
    /// `None` for a form, whose boundary is its media type's parameter.
    content_type: Option<HeaderValue>,
    boundary: String,
    sources: Vec<BodySource>,
    /// The bytes of a form since the last file or stream.
    text: Vec<u8>,
    progress: Option<ProgressFn>,
    /// The first reason why the upload cannot be sent.
    refused: Option<String>,
}

impl Upload {
    /// Creates an upload of bytes with their media type, for example `application/pdf`.
    ///
    /// If the media type is not a valid header value, the request is refused when it is sent.
    pub fn bytes(content_type: impl AsRef<str>, bytes: impl Into<Bytes>) -> Self {
        Self::whole(content_type.as_ref(), BodySource::Bytes(bytes.into()))
    }

    /// Creates an upload of a file on disk with its media type; the file is read while it is sent.
    ///
    /// Its length is looked up when the request is sent and becomes the `Content-Length`. A file that
    /// reports no length although it has content, as in `/proc` and on some network mounts, is sent in
    /// chunks without a length. If it cannot be opened or is a folder, nothing is sent
    /// ([`Error::is_invalid_request`](crate::Error::is_invalid_request)). If it no longer has this length
    /// while it is read, or a retry cannot open it, the call ends with a transport error and is not retried.
    ///
    /// ```no_run
    /// # use truto_core::{Account, Error, Upload, unified_endpoint};
    /// #[unified_endpoint(method = "POST", path = "/unified/file-storage/drive-items", body = Upload)]
    /// # #[derive(serde::Deserialize)]
    /// # struct DriveItem {}
    /// # async fn example(account: &Account) -> Result<(), Error> {
    /// let video = Upload::path("video/mp4", "recordings/call.mp4");
    /// DriveItem::create(&video).body_passthrough().send(account).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn path(content_type: impl AsRef<str>, path: impl Into<PathBuf>) -> Self {
        let path: PathBuf = path.into();
        Self::whole(content_type.as_ref(), BodySource::File(path.into()))
    }

    /// Creates an upload of a stream with its media type and, if it is known, its length in bytes.
    ///
    /// Use it to forward a received body without a temporary file. A declared length is sent as
    /// `Content-Length`. A stream that ends early is a transport error. So is a stream that is longer, if its
    /// next chunk is ready when the last declared byte is sent; the call does not wait for that chunk. A
    /// stream of length 0 is not polled. Without a length, the body is sent in chunks.
    ///
    /// The stream can be sent once. A failed attempt is retried as usual until a connection takes the
    /// request; after that, the call ends with the first failure, even after a 429 or a refused token.
    /// Use [`stream_with`](Self::stream_with) if the bytes can be produced again.
    ///
    /// ```
    /// use futures_util::stream;
    /// use truto_core::{Upload, bytes::Bytes};
    ///
    /// let chunks = stream::iter([Ok::<_, std::io::Error>(Bytes::from("a,b\n")), Ok(Bytes::from("1,2\n"))]);
    /// let upload = Upload::stream("text/csv", Some(8), chunks);
    /// # let _ = upload;
    /// ```
    pub fn stream<S, E>(content_type: impl AsRef<str>, length: Option<u64>, stream: S) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<BoxError> + 'static,
    {
        let source = BodySource::Stream(Arc::new(StreamSource::once(length, stream)));
        Self::whole(content_type.as_ref(), source)
    }

    /// Creates an upload whose stream is created again for every attempt, so that the call is retried
    /// like any other.
    ///
    /// ```
    /// use futures_util::stream;
    /// use truto_core::{Upload, bytes::Bytes};
    ///
    /// let upload = Upload::stream_with("text/plain", None, || {
    ///     stream::iter(["one", "two"].map(|part| Ok::<_, std::io::Error>(Bytes::from(part))))
    /// });
    /// # let _ = upload;
    /// ```
    pub fn stream_with<F, S, E>(content_type: impl AsRef<str>, length: Option<u64>, make: F) -> Self
    where
        F: Fn() -> S + Send + Sync + 'static,
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<BoxError> + 'static,
    {
        let source = BodySource::Stream(Arc::new(StreamSource::made(length, make)));
        Self::whole(content_type.as_ref(), source)
    }

    fn whole(content_type: &str, source: BodySource) -> Self {
        let mut upload = Self::empty();
        upload.sources.push(source);
        match media_type(content_type) {
            Ok(media) => upload.content_type = Some(media),
            Err(refused) => upload.refused = Some(refused),
        }
        upload
    }

    fn empty() -> Self {
        Self {
            content_type: None,
            boundary: String::new(),
            sources: Vec::new(),
            text: Vec::new(),
            progress: None,
            refused: None,
        }
    }

    /// Calls a function while the body is sent, with the number of bytes sent so far and the total: once
    /// per chunk of a stream, otherwise at least once per 64 KiB. Another attempt starts at zero again.
    ///
    /// The total is 0 if the length of a stream or file is unknown. If the function panics, it is not
    /// called again, and the upload continues.
    ///
    /// ```
    /// use truto_core::Upload;
    ///
    /// let video = Upload::path("video/mp4", "recordings/call.mp4")
    ///     .on_progress(|sent, total| eprintln!("{sent} of {total} bytes"));
    /// # let _ = video;
    /// ```
    #[must_use]
    pub fn on_progress(mut self, progress: impl Fn(u64, u64) + Send + Sync + 'static) -> Self {
        self.progress = Some(Arc::new(progress));
        self
    }

    pub(crate) fn to_encoded(&self) -> Result<EncodedBody, String> {
        if let Some(refused) = &self.refused {
            return Err(refused.clone());
        }
        let mut sources = self.sources.clone();
        let content_type = if let Some(content_type) = &self.content_type {
            content_type.clone()
        } else {
            // Added to a copy: parts may still be added to the form itself.
            let end = format!("--{}--\r\n", self.boundary);
            sources.push(BodySource::Bytes([&self.text, end.as_bytes()].concat().into()));
            media_type(&format!("multipart/form-data; boundary={}", self.boundary))?
        };
        Ok(EncodedBody { content_type, sources: sources.into(), progress: self.progress.clone() })
    }
}

fn media_type(text: &str) -> Result<HeaderValue, String> {
    let (kind, _) = text.split_once(';').unwrap_or((text, ""));
    let is_type = kind
        .trim()
        .split_once('/')
        .is_some_and(|(kind, subtype)| !kind.is_empty() && !subtype.is_empty());
    HeaderValue::from_str(text)
        .ok()
        .filter(|value| is_type && value.to_str().is_ok())
        .ok_or_else(|| "the media type of an upload must look like `application/pdf`".to_owned())
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.content_type.is_none() { "form" } else { "bytes" };
        match self.sources.as_slice() {
            _ if self.refused.is_some() => f.write_str("Upload(refused)"),
            [BodySource::Bytes(bytes)] => write!(f, "Upload({kind}, {} bytes)", bytes.len()),
            [] => write!(f, "Upload({kind}, {} bytes)", self.text.len()),
            _ if self.content_type.is_none() => f.write_str("Upload(form, streamed)"),
            _ => f.write_str("Upload(streamed)"),
        }
    }
}

#[cfg(test)]
mod tests;

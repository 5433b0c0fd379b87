use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderValue;

use super::payload::{BodyPart, OnProgress, Parts, Payload};
use crate::encode::Encoded;

/// A body that is sent as it is: a file, or a multipart form.
///
/// Declare an endpoint with `body = Upload`, and ask Truto to hand the body on untouched with
/// [`Request::body_passthrough`](crate::Request::body_passthrough). What comes as bytes is kept in
/// memory; what comes as a path is read from disk in chunks of 64 KiB by each attempt, so that a
/// retry sends the same bytes and a large file never stands in memory as a whole.
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
    content: Result<UploadContent, String>,
    progress: Option<OnProgress>,
}

#[derive(Clone)]
enum UploadContent {
    File {
        content_type: HeaderValue,
        part: BodyPart,
    },
    Form {
        boundary: String,
        parts: Vec<BodyPart>,
        /// What follows the parts, up to the next file.
        text: Vec<u8>,
    },
}

impl Upload {
    /// One file's bytes with their media type, for example `application/pdf`.
    ///
    /// A media type that cannot be a header is refused when the request is sent.
    pub fn bytes(content_type: impl AsRef<str>, bytes: impl Into<Bytes>) -> Self {
        Self::whole(content_type.as_ref(), BodyPart::Bytes(bytes.into()))
    }

    /// A file on disk with its media type, streamed while it is sent.
    ///
    /// Its length is looked up when the request is sent and stated as `Content-Length`. A file that
    /// cannot be opened, or is a folder, is refused before anything goes out
    /// ([`Error::is_invalid_request`](crate::Error::is_invalid_request)). One that changes its length
    /// while it is sent is a transport error that says so, and is not sent again.
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
        Self::whole(content_type.as_ref(), BodyPart::File(Arc::new(path.into())))
    }

    fn whole(content_type: &str, part: BodyPart) -> Self {
        let content =
            media_type(content_type).map(|content_type| UploadContent::File { content_type, part });
        Self { content, progress: None }
    }

    /// An empty `multipart/form-data` form, to which parts are added.
    #[must_use]
    pub fn form() -> Self {
        let content = UploadContent::Form {
            // 122 random bits: no content holds it by accident, nor by a guess.
            boundary: format!("truto-{}", uuid::Uuid::new_v4().simple()),
            parts: Vec::new(),
            text: Vec::new(),
        };
        Self { content: Ok(content), progress: None }
    }

    /// Adds a text part. To [`bytes`](Self::bytes) and [`path`](Self::path) nothing can be added: that
    /// is refused when the request is sent.
    #[must_use]
    pub fn text(self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let value = Bytes::copy_from_slice(value.as_ref().as_bytes());
        self.part(name.as_ref(), None, BodyPart::Bytes(value))
    }

    /// Adds a file part with its file name and media type.
    #[must_use]
    pub fn file(
        self,
        name: impl AsRef<str>,
        file_name: impl AsRef<str>,
        content_type: impl AsRef<str>,
        bytes: impl AsRef<[u8]>,
    ) -> Self {
        let file = (file_name.as_ref(), content_type.as_ref());
        let bytes = Bytes::copy_from_slice(bytes.as_ref());
        self.part(name.as_ref(), Some(file), BodyPart::Bytes(bytes))
    }

    /// Adds a file part that is streamed from disk while it is sent, as by [`path`](Self::path).
    ///
    /// ```
    /// use truto_core::Upload;
    ///
    /// let form = Upload::form()
    ///     .text("name", "Lease")
    ///     .file_path("file", "lease.pdf", "application/pdf", "contracts/0001.pdf");
    /// # let _ = form;
    /// ```
    #[must_use]
    pub fn file_path(
        self,
        name: impl AsRef<str>,
        file_name: impl AsRef<str>,
        content_type: impl AsRef<str>,
        path: impl Into<PathBuf>,
    ) -> Self {
        let file = (file_name.as_ref(), content_type.as_ref());
        self.part(name.as_ref(), Some(file), BodyPart::File(Arc::new(path.into())))
    }

    /// Calls back while the body is sent: with the bytes sent so far and the bytes in all, at least
    /// once for each 64 KiB. Another attempt begins at the first byte again.
    ///
    /// ```
    /// use truto_core::Upload;
    ///
    /// let video = Upload::path("video/mp4", "recordings/call.mp4")
    ///     .on_progress(|sent, total| eprintln!("{sent} of {total} bytes"));
    /// # let _ = video;
    /// ```
    #[must_use]
    pub fn on_progress(mut self, told: impl Fn(u64, u64) + Send + Sync + 'static) -> Self {
        self.progress = Some(Arc::new(told));
        self
    }

    fn part(mut self, name: &str, file: Option<(&str, &str)>, content: BodyPart) -> Self {
        let added = match &mut self.content {
            Ok(UploadContent::Form { boundary, parts, text }) => {
                push_head(text, boundary, name, file).map(|()| {
                    match content {
                        BodyPart::Bytes(bytes) => text.extend_from_slice(&bytes),
                        file @ BodyPart::File(_) => {
                            parts.push(BodyPart::Bytes(std::mem::take(text).into()));
                            parts.push(file);
                        }
                    }
                    text.extend_from_slice(b"\r\n");
                })
            }
            Ok(UploadContent::File { .. }) => {
                Err("an upload of one file has no parts; start with `Upload::form()`".to_owned())
            }
            Err(_) => Ok(()),
        };
        if let Err(refused) = added {
            self.content = Err(refused);
        }
        self
    }

    pub(crate) fn to_encoded(&self) -> Result<Encoded, String> {
        let (content_type, parts) = match self.content.clone()? {
            UploadContent::File { content_type, part } => (content_type, vec![part]),
            UploadContent::Form { boundary, mut parts, mut text } => {
                text.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
                parts.push(BodyPart::Bytes(text.into()));
                let content_type = format!("multipart/form-data; boundary={boundary}");
                (media_type(&content_type)?, parts)
            }
        };
        let payload = match (parts.as_slice(), &self.progress) {
            ([BodyPart::Bytes(bytes)], None) => Payload::Bytes(bytes.clone()),
            _ => Payload::Parts(Arc::new(Parts { parts, progress: self.progress.clone() })),
        };
        Ok(Encoded { content_type, payload })
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

/// Writes what stands before the content of a part.
fn push_head(
    body: &mut Vec<u8>,
    boundary: &str,
    name: &str,
    file: Option<(&str, &str)>,
) -> Result<(), String> {
    let mut head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"");
    push_escaped(&mut head, name);
    if let Some((file_name, content_type)) = file {
        media_type(content_type)?;
        head.push_str("\"; filename=\"");
        push_escaped(&mut head, file_name);
        head.push_str("\"\r\nContent-Type: ");
        head.push_str(content_type);
    } else {
        head.push('"');
    }
    head.push_str("\r\n\r\n");
    body.extend_from_slice(head.as_bytes());
    Ok(())
}

/// Writes a name into a quoted parameter the way browsers do (the HTML standard's form encoding):
/// quotes and line breaks percent-encoded, everything else as UTF-8.
fn push_escaped(out: &mut String, name: &str) {
    for character in name.chars() {
        match character {
            '"' => out.push_str("%22"),
            '\r' => out.push_str("%0D"),
            '\n' => out.push_str("%0A"),
            other => out.push(other),
        }
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match &self.content {
            Ok(UploadContent::File { part: BodyPart::Bytes(bytes), .. }) => {
                return write!(f, "Upload(bytes, {} bytes)", bytes.len());
            }
            Ok(UploadContent::Form { parts, text, .. }) if parts.is_empty() => {
                return write!(f, "Upload(form, {} bytes)", text.len());
            }
            Ok(UploadContent::File { .. }) => "from a file",
            Ok(UploadContent::Form { .. }) => "form, from files",
            Err(_) => "refused",
        };
        write!(f, "Upload({what})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_framed_by_its_boundary() {
        let encoded = Upload::form()
            .text("name", "a\r\nb")
            .file("fi\"le", "ré\"s\r\numé.pdf", "application/pdf", b"%PDF")
            .to_encoded()
            .expect("a form");
        let content_type = encoded.content_type.to_str().expect("ASCII");
        let boundary =
            content_type.strip_prefix("multipart/form-data; boundary=").expect("a boundary");
        let body =
            String::from_utf8(encoded.payload.bytes().expect("bytes").to_vec()).expect("UTF-8");
        assert_eq!(
            body,
            format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\na\r\nb\r\n\
                 --{boundary}\r\nContent-Disposition: form-data; name=\"fi%22le\"; \
                 filename=\"ré%22s%0D%0Aumé.pdf\"\r\nContent-Type: application/pdf\r\n\r\n%PDF\r\n\
                 --{boundary}--\r\n"
            )
        );
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        for upload in [
            Upload::bytes("pdf", "x"),
            Upload::bytes("", "x"),
            Upload::bytes("application/pdf\r\nX-Evil: 1", "x"),
            Upload::form().file("f", "f", "a/b\r\n\r\n", b""),
            Upload::bytes("application/pdf", "x").text("a", "b"),
            Upload::path("pdf", "x.pdf"),
            Upload::path("application/pdf", "x.pdf").file_path("a", "b", "a/b", "c"),
        ] {
            assert!(upload.to_encoded().is_err(), "{upload:?}");
        }
    }
}

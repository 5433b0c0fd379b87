//! Multipart forms.

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use futures_core::Stream;

use super::{Upload, media_type};
use crate::encode::body::BodySource;
use crate::encode::stream_source::{BoxError, StreamSource};

/// # Forms
impl Upload {
    /// Creates an empty `multipart/form-data` form, to which parts can be added.
    #[must_use]
    pub fn form() -> Self {
        // 122 random bits: no content contains them by chance, and they cannot be guessed.
        let boundary = format!("truto-{}", uuid::Uuid::new_v4().simple());
        Self { boundary, ..Self::empty() }
    }

    /// Adds a text part. Parts can only be added to a form; with any other upload, the request is refused
    /// when it is sent.
    #[must_use]
    pub fn text(self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let value = Bytes::copy_from_slice(value.as_ref().as_bytes());
        self.part(name.as_ref(), None, BodySource::Bytes(value))
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
        self.part(name.as_ref(), Some(file), BodySource::Bytes(bytes))
    }

    /// Adds a file part that is streamed from disk while it is sent, like [`path`](Self::path).
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
        let path: PathBuf = path.into();
        self.part(name.as_ref(), Some(file), BodySource::File(path.into()))
    }

    /// Adds a file part that comes from a stream, like [`stream`](Self::stream).
    ///
    /// ```
    /// use futures_util::stream;
    /// use truto_core::{Upload, bytes::Bytes};
    ///
    /// let content = stream::iter([Ok::<_, std::io::Error>(Bytes::from("%PDF"))]);
    /// let form = Upload::form().file_stream("file", "lease.pdf", "application/pdf", None, content);
    /// # let _ = form;
    /// ```
    #[must_use]
    pub fn file_stream<S, E>(
        self,
        name: impl AsRef<str>,
        file_name: impl AsRef<str>,
        content_type: impl AsRef<str>,
        length: Option<u64>,
        stream: S,
    ) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<BoxError> + 'static,
    {
        let file = (file_name.as_ref(), content_type.as_ref());
        let source = StreamSource::once(length, stream);
        self.part(name.as_ref(), Some(file), BodySource::Stream(Arc::new(source)))
    }

    /// Adds a file part whose stream is created for every attempt, like
    /// [`stream_with`](Self::stream_with).
    #[must_use]
    pub fn file_stream_with<F, S, E>(
        self,
        name: impl AsRef<str>,
        file_name: impl AsRef<str>,
        content_type: impl AsRef<str>,
        length: Option<u64>,
        make: F,
    ) -> Self
    where
        F: Fn() -> S + Send + Sync + 'static,
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<BoxError> + 'static,
    {
        let file = (file_name.as_ref(), content_type.as_ref());
        let source = StreamSource::made(length, make);
        self.part(name.as_ref(), Some(file), BodySource::Stream(Arc::new(source)))
    }

    fn part(mut self, name: &str, file: Option<(&str, &str)>, content: BodySource) -> Self {
        if self.refused.is_some() {
            return self;
        }
        if self.boundary.is_empty() {
            let refused = "an upload of one file has no parts; start with `Upload::form()`";
            self.refused = Some(refused.to_owned());
            return self;
        }
        if let Err(refused) = push_head(&mut self.text, &self.boundary, name, file) {
            self.refused = Some(refused);
            return self;
        }
        match content {
            BodySource::Bytes(bytes) => self.text.extend_from_slice(&bytes),
            source => {
                // Keeps the order of the parts: the text so far, then this file or stream.
                self.sources.push(BodySource::Bytes(std::mem::take(&mut self.text).into()));
                self.sources.push(source);
            }
        }
        // The line break belongs to the next delimiter; the content stays as it is.
        self.text.extend_from_slice(b"\r\n");
        self
    }
}

/// Writes the delimiter and the header of a part.
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

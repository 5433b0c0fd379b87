use std::fmt;

use bytes::Bytes;
use http::HeaderValue;

use crate::encode::Encoded;

/// A body that is sent as it is: a file's bytes, or a multipart form.
///
/// Declare an endpoint with `body = Upload`, and ask Truto to hand the body on untouched with
/// [`Request::body_passthrough`](crate::Request::body_passthrough). The bytes are kept in memory, so
/// that a retry sends the same ones.
///
/// ```
/// use truto_core::Upload;
///
/// let file = Upload::bytes("application/pdf", &b"%PDF-1.7"[..]);
///
/// let form = Upload::form()
///     .text("name", "contract.pdf")
///     .file("file", "contract.pdf", "application/pdf", &b"%PDF-1.7"[..]);
/// # let _ = (file, form);
/// ```
///
/// See [Truto's guide to API calls](https://truto.one/docs/guides/integrated-accounts/making-api-calls).
#[derive(Clone)]
pub struct Upload(Result<Content, String>);

#[derive(Clone)]
enum Content {
    Bytes {
        content_type: HeaderValue,
        bytes: Bytes,
    },
    Form {
        boundary: String,
        body: Vec<u8>,
    },
}

impl Upload {
    /// One file's bytes with their media type, for example `application/pdf`.
    ///
    /// A media type that cannot be a header is refused when the request is sent.
    pub fn bytes(content_type: impl AsRef<str>, bytes: impl Into<Bytes>) -> Self {
        Self(
            media_type(content_type.as_ref()).map(|content_type| Content::Bytes {
                content_type,
                bytes: bytes.into(),
            }),
        )
    }

    /// An empty `multipart/form-data` form, to which parts are added.
    #[must_use]
    pub fn form() -> Self {
        Self(Ok(Content::Form {
            // 122 random bits: no content holds it by accident, nor by a guess.
            boundary: format!("truto-{}", uuid::Uuid::new_v4().simple()),
            body: Vec::new(),
        }))
    }

    /// Adds a text part. To [`bytes`](Self::bytes) nothing can be added: that is refused when the
    /// request is sent.
    #[must_use]
    pub fn text(self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        self.part(name.as_ref(), None, value.as_ref().as_bytes())
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
        self.part(name.as_ref(), Some(file), bytes.as_ref())
    }

    fn part(mut self, name: &str, file: Option<(&str, &str)>, content: &[u8]) -> Self {
        let added = match &mut self.0 {
            Ok(Content::Form { boundary, body }) => push_part(body, boundary, name, file, content),
            Ok(Content::Bytes { .. }) => {
                Err("an upload of bytes has no parts; start with `Upload::form()`".to_owned())
            }
            Err(_) => Ok(()),
        };
        if let Err(refused) = added {
            self.0 = Err(refused);
        }
        self
    }

    pub(crate) fn to_encoded(&self) -> Result<Encoded, String> {
        match self.0.clone()? {
            Content::Bytes {
                content_type,
                bytes,
            } => Ok(Encoded {
                content_type,
                bytes,
            }),
            Content::Form { boundary, mut body } => {
                body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
                Ok(Encoded {
                    content_type: media_type(&format!("multipart/form-data; boundary={boundary}"))?,
                    bytes: body.into(),
                })
            }
        }
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

fn push_part(
    body: &mut Vec<u8>,
    boundary: &str,
    name: &str,
    file: Option<(&str, &str)>,
    content: &[u8],
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
    body.extend_from_slice(content);
    body.extend_from_slice(b"\r\n");
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
        let (what, size) = match &self.0 {
            Ok(Content::Bytes { bytes, .. }) => ("bytes", bytes.len()),
            Ok(Content::Form { body, .. }) => ("form", body.len()),
            Err(_) => ("refused", 0),
        };
        write!(f, "Upload({what}, {size} bytes)")
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
        let boundary = content_type
            .strip_prefix("multipart/form-data; boundary=")
            .expect("a boundary");
        let body = String::from_utf8(encoded.bytes.to_vec()).expect("UTF-8");
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
        ] {
            assert!(upload.to_encoded().is_err(), "{upload:?}");
        }
    }
}

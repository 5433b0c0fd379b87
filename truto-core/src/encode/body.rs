//! Request bodies, encoded.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderValue;
use serde::Serialize;

use super::finite::check_numbers;
use super::stream_source::StreamSource;
use crate::Upload;

/// A type that can be a request's body: anything [`serde::Serialize`], sent as JSON, or an [`Upload`],
/// sent unchanged.
///
/// ```
/// use truto_core::{RequestBody, Upload};
///
/// #[derive(serde::Serialize)]
/// struct CreateUser {
///     name: String,
/// }
///
/// fn can_be_sent<T: RequestBody>() {}
/// can_be_sent::<CreateUser>();
/// can_be_sent::<Upload>();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent as a request body",
    label = "this type does not implement `serde::Serialize`",
    note = "add `#[derive(serde::Serialize)]` to `{Self}`, or declare `body = Upload` to send a file"
)]
pub trait RequestBody {
    /// Encodes the body.
    #[doc(hidden)]
    fn encode(&self) -> Result<EncodedBody, String>;
}

/// A type that holds an endpoint's own query parameters: a [`serde::Serialize`] struct or map.
///
/// ```
/// #[derive(serde::Serialize)]
/// struct ListUsers {
///     status: Option<&'static str>,
/// }
///
/// fn can_be_written<T: truto_core::QueryParameters>() {}
/// can_be_written::<ListUsers>();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written as query parameters",
    label = "this type does not implement `serde::Serialize`",
    note = "add `#[derive(serde::Serialize)]` to `{Self}`"
)]
pub trait QueryParameters: Serialize {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + ?Sized> QueryParameters for T {}

/// An encoded body: the same for every attempt.
#[derive(Clone)]
pub struct EncodedBody {
    pub(crate) content_type: HeaderValue,
    /// The parts, sent in this order.
    pub(crate) sources: Arc<[BodySource]>,
    pub(crate) progress: Option<ProgressFn>,
}

/// The caller's progress callback: bytes sent, and bytes in total if all lengths are known.
pub(crate) type ProgressFn = Arc<dyn Fn(u64, u64) + Send + Sync>;

/// The origin of a part of a body.
#[derive(Clone)]
pub(crate) enum BodySource {
    Bytes(Bytes),
    File(Arc<Path>),
    Stream(Arc<StreamSource>),
}

impl EncodedBody {
    /// The bytes, if all of them are in memory.
    pub(crate) fn bytes(&self) -> Option<&Bytes> {
        match &*self.sources {
            [BodySource::Bytes(bytes)] => Some(bytes),
            _ => None,
        }
    }

    /// The file that is the whole body.
    pub(crate) fn file(&self) -> Option<&Path> {
        match &*self.sources {
            [BodySource::File(path)] => Some(path),
            _ => None,
        }
    }

    /// Returns true for a form, whose media type contains the boundary.
    pub(crate) fn is_form(&self) -> bool {
        // With the boundary: an upload of bytes may have this media type as well.
        self.content_type.as_bytes().starts_with(b"multipart/form-data; boundary=truto-")
    }

    /// Returns true if another attempt could send the same bytes, which means that no single-use stream
    /// was started.
    pub(crate) fn is_replayable(&self) -> bool {
        self.sources.iter().all(|source| match source {
            BodySource::Bytes(_) | BodySource::File(_) => true,
            BodySource::Stream(stream) => stream.is_available(),
        })
    }
}

impl PartialEq for EncodedBody {
    /// The progress callback is not part of what is sent.
    fn eq(&self, other: &Self) -> bool {
        self.content_type == other.content_type && self.sources == other.sources
    }
}

impl Eq for EncodedBody {}

impl PartialEq for BodySource {
    /// A stream equals only itself.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Bytes(one), Self::Bytes(other)) => one == other,
            (Self::File(one), Self::File(other)) => one == other,
            (Self::Stream(one), Self::Stream(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }
}

impl Eq for BodySource {}

impl fmt::Debug for EncodedBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let media = String::from_utf8_lossy(self.content_type.as_bytes());
        let media = media.split(';').next().unwrap_or_default();
        match self.bytes() {
            Some(bytes) => write!(f, "{media}, {} bytes", bytes.len()),
            None => write!(f, "{media}, streamed"),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + ?Sized> RequestBody for T {
    fn encode(&self) -> Result<EncodedBody, String> {
        let bytes = serde_json::to_vec(self)
            .map_err(|error| format!("the body cannot be serialized to JSON: {error}"))?;
        // serde_json writes a number that is not finite as `null`, which would clear a field.
        if bytes.windows(4).any(|word| word == b"null") {
            check_numbers(self)
                .map_err(|error| format!("the body cannot be serialized to JSON: {error}"))?;
        }
        Ok(EncodedBody {
            content_type: HeaderValue::from_static("application/json"),
            sources: Arc::from([BodySource::Bytes(bytes.into())]),
            progress: None,
        })
    }
}

impl RequestBody for Upload {
    fn encode(&self) -> Result<EncodedBody, String> {
        self.to_encoded()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(content_type: &'static str, sources: &[BodySource]) -> EncodedBody {
        let content_type = HeaderValue::from_static(content_type);
        EncodedBody { content_type, sources: Arc::from(sources), progress: None }
    }

    fn bytes(text: &'static str) -> BodySource {
        BodySource::Bytes(Bytes::from_static(text.as_bytes()))
    }

    fn file(path: &str) -> BodySource {
        BodySource::File(Path::new(path).into())
    }

    #[test]
    fn bodies_are_equal_if_the_same_bytes_would_be_sent() {
        let bodies = [
            body("text/plain", &[bytes("a")]),
            body("text/plain", &[bytes("b")]),
            body("text/html", &[bytes("a")]),
            body("text/plain", &[bytes("a"), bytes("a")]),
            body("text/plain", &[file("a")]),
            body("text/plain", &[file("b")]),
            body("text/plain", &[]),
        ];
        for (at, one) in bodies.iter().enumerate() {
            for (other_at, other) in bodies.iter().enumerate() {
                assert_eq!(one == other, at == other_at, "{at} {other_at}");
            }
        }
        let progress: ProgressFn = Arc::new(|_, _| {});
        let watched = EncodedBody { progress: Some(progress), ..bodies[0].clone() };
        assert_eq!(watched, bodies[0]);
    }

    #[test]
    fn bytes_and_file_are_known_only_for_a_single_source() {
        let text = body("text/plain", &[bytes("abc")]);
        assert_eq!((text.bytes().map(|bytes| &bytes[..]), text.file()), (Some(&b"abc"[..]), None));
        let path = body("text/plain", &[file("a")]);
        assert_eq!((path.bytes(), path.file()), (None, Some(Path::new("a"))));
        let both = body("text/plain", &[bytes("abc"), file("a")]);
        assert_eq!((both.bytes(), both.file()), (None, None));
        assert!([&text, &path, &both].iter().all(|body| body.is_replayable() && !body.is_form()));
        assert!(body("multipart/form-data; boundary=truto-1", &[]).is_form());
        assert!(!body("multipart/form-data; boundary=other", &[]).is_form());
    }

    #[test]
    fn debug_has_the_media_type_and_the_length() {
        assert_eq!(
            format!("{:?}", body("text/plain; charset=a", &[bytes("abc")])),
            "text/plain, 3 bytes"
        );
        assert_eq!(format!("{:?}", body("text/plain", &[file("secret")])), "text/plain, streamed");
    }

    #[test]
    fn a_stream_equals_itself_and_can_be_sent_once() {
        let content =
            || futures_util::stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"x"))]);
        let source = || Arc::new(StreamSource::once(None, content()));
        let (one, other) = (source(), source());
        let with = |source: &Arc<StreamSource>| {
            body("text/plain", &[bytes("a"), BodySource::Stream(Arc::clone(source))])
        };
        assert!(with(&one) == with(&one) && with(&one) != with(&other));
        assert!(with(&one).is_replayable() && one.open().is_some());
        assert!(!with(&one).is_replayable() && with(&other).is_replayable());
    }
}

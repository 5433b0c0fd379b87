//! What a request can carry.

use serde::Serialize;

use super::payload::Payload;
use crate::Upload;

/// A type that a request can carry as its body: anything [`serde::Serialize`], sent as JSON, or an
/// [`Upload`], sent as it is.
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
    /// Writes the body.
    #[doc(hidden)]
    fn encode(&self) -> Result<Encoded, String>;
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

/// A body; resent as it is by every attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    pub(crate) content_type: http::HeaderValue,
    pub(crate) payload: Payload,
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + ?Sized> RequestBody for T {
    fn encode(&self) -> Result<Encoded, String> {
        match serde_json::to_vec(self) {
            Ok(bytes) => Ok(Encoded {
                content_type: http::HeaderValue::from_static("application/json"),
                payload: Payload::Bytes(bytes.into()),
            }),
            Err(error) => Err(format!("the body cannot be written as JSON: {error}")),
        }
    }
}

impl RequestBody for Upload {
    fn encode(&self) -> Result<Encoded, String> {
        self.to_encoded()
    }
}

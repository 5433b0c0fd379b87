//! Items for the other crates of this workspace. Hidden, not covered by semver.

use crate::{Output, Request};

/// The reason why a request cannot be part of another one's body; `None` if it can.
#[must_use]
pub fn refusal<O>(request: &Request<O>) -> Option<&str> {
    let raw = request.as_raw();
    let is_elsewhere = raw.body.as_ref().is_some_and(|body| body.bytes().is_none());
    raw.invalid.as_deref().or_else(|| {
        is_elsewhere.then_some("its body is a form, a file or a stream instead of JSON")
    })
}

/// Decodes like a call, for benchmarks; an error is reduced to its message.
pub fn decode<O: Output>(bytes: bytes::Bytes) -> Result<O, String> {
    let mut response = crate::response::RawResponse::of_bytes(bytes);
    O::from_response(&mut response).map_err(|failure| failure.message)
}

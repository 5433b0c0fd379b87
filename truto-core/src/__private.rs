//! The only module that generated code uses. It is hidden and exempt from semver.

use std::fmt::Display;

use http::Method;

use crate::encode::query::Namespace;
use crate::encode::{QueryParameters, RequestBody};
use crate::request::RawRequest;
use crate::{Endpoint, Output, Request, SecretArgument};

pub use crate::endpoint::Role;

/// The declared endpoint.
#[must_use]
pub const fn endpoint(method: Method, path: &'static str, role: Role) -> Endpoint {
    Endpoint::new(method, path, role)
}

/// The same, for a method that only reads.
#[must_use]
pub const fn safe(endpoint: Endpoint) -> Endpoint {
    endpoint.safe()
}

/// The same, with secret arguments at these positions of its placeholders.
#[must_use]
pub const fn secret(endpoint: Endpoint, positions: &'static [usize]) -> Endpoint {
    endpoint.secret(positions)
}

/// The text of a secret argument.
pub fn exposed(argument: &impl SecretArgument) -> &str {
    argument.exposed()
}

/// A request with its path arguments in the order of the placeholders.
pub fn request<O>(endpoint: &'static Endpoint, arguments: &[&dyn Display]) -> Request<O> {
    Request::from_raw(RawRequest::new(endpoint, arguments))
}

/// Adds the endpoint's own query parameters.
pub fn query<T: QueryParameters + ?Sized, O>(mut request: Request<O>, query: &T) -> Request<O> {
    request.as_raw_mut().push_query(Namespace::Endpoint, query);
    request
}

/// Adds the body.
pub fn body<T: RequestBody + ?Sized, O>(mut request: Request<O>, body: &T) -> Request<O> {
    request.as_raw_mut().set_body(body.encode());
    request
}

/// The reason why a request cannot be part of another one's body; `None` if it can.
#[must_use]
pub fn refusal<O>(request: &Request<O>) -> Option<&str> {
    let raw = request.as_raw();
    let is_elsewhere = raw.body.as_ref().is_some_and(|body| body.bytes().is_none());
    raw.invalid.as_deref().or_else(|| {
        is_elsewhere.then_some("its body is a form, a file or a stream instead of JSON")
    })
}

/// The query and body types of an endpoint, by a marker type. With a private marker they may be
/// less visible than the struct.
pub trait Declares<Marker> {
    /// The query type.
    type Query: ?Sized;
    /// The body type.
    type Body: ?Sized;
}

/// Decodes as a call does, for benchmarks; the error is only its message.
pub fn decode<O: Output>(bytes: bytes::Bytes) -> Result<O, String> {
    let mut response = crate::response::RawResponse::of_bytes(bytes);
    O::from_response(&mut response).map_err(|failure| failure.message)
}

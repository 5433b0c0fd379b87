//! Everything that generated code refers to. Hidden, not covered by semver.
//!
//! Generated code imports this module first, under an alias. If `crate = …` leads to a crate
//! that is not this one, the import is the only error, and it shows the name of this module.

pub mod keys;

use std::fmt::Display;

use crate::encode::query::Namespace;
use crate::request::RawRequest;

pub use crate::encode::{QueryParameters, RequestBody};
pub use crate::endpoint::Role;
pub use crate::resource::{Create, Delete, Get, List, Update};
pub use crate::{Deleted, Endpoint, Method, Page, Request, SecretArgument};
pub use serde::Deserializer;

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

/// Generated code imports it under the name of each parameter. A `const`, `static` or unit struct of that
/// name in scope would otherwise turn the parameter into a pattern; a function may be shadowed.
pub fn parameter() {}

/// Lets rustc compare the visibility of a type in an attribute with that of its struct. The number
/// distinguishes the types of a struct.
#[doc(hidden)]
pub trait Exposes<const NUMBER: u32> {
    /// Implemented with `<fn(&T) as Erased>::Unit`, which equals `()` and names the type.
    const TYPE: ();
}

/// Maps each type to `()`.
pub trait Erased {
    /// Always `()`.
    type Unit;
}

impl<T: ?Sized> Erased for T {
    type Unit = ();
}

/// Maps `(query,)` or `(*const query, body)` to these types.
///
/// An associated type has to be as visible as its trait and its struct (E0446), but a declared query or body
/// may be less visible. The bound `(Contacts,): Declared<Query = Q>` makes it the parameter `Q` of an
/// implementation, because the compiler does not check the visibility of bounds.
pub trait Declared {
    /// The query type.
    type Query: ?Sized;
    /// The body type.
    type Body: ?Sized;
}

impl<Query: ?Sized> Declared for (Query,) {
    type Query = Query;
    type Body = ();
}

impl<Query: ?Sized, Body: ?Sized> Declared for (*const Query, Body) {
    type Query = Query;
    type Body = Body;
}

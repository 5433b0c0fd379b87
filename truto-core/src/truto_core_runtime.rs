//! Everything that generated code refers to. Hidden, not covered by semver.
//!
//! Generated code imports this module first, under an alias. If `crate = …` leads to a crate
//! that is not this one, the import is the only error, and it shows the name of this module.

pub mod keys;

use std::fmt::Display;

use crate::encode::query::Namespace;
use crate::request::RawRequest;
use crate::resource;

pub use crate::encode::{QueryParameters, RequestBody};
pub use crate::endpoint::Role;
pub use crate::resource::{Create, Delete, Get, List, Update};
pub use crate::{Deleted, Endpoint, Method, Page, Request, SecretArgument};

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

/// Lets rustc compare the visibility of a type in an attribute with that of its struct.
#[doc(hidden)]
pub trait Exposes<const NUMBER: usize> {
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

// The traits of `resource` once more, for endpoints with a query or body type. An associated type has to be as
// visible as the trait and its arguments (E0446): with a private marker as the argument, it may be
// less visible than the struct. The bounds belong to the function, which is called at the type.

/// [`List`] for types that may be less visible.
pub trait ListWith<Marker>: Sized {
    /// The query type.
    type Query: ?Sized;
    /// Method and path.
    const ENDPOINT: &'static Endpoint = &resource::endpoint(Method::GET, Self::__PATH, Role::List);
    /// The path.
    const __PATH: &'static str = "";

    /// The request.
    fn request(query: &Self::Query) -> Request<Page<Self>>
    where
        Self::Query: QueryParameters,
    {
        resource::request(Self::ENDPOINT, &[], query)
    }
}

/// [`Get`] for types that may be less visible.
pub trait GetWith<Marker>: Sized {
    /// The query type.
    type Query: ?Sized;
    /// Method and path.
    const ENDPOINT: &'static Endpoint = &resource::endpoint(Method::GET, Self::__PATH, Role::Get);
    /// The path.
    const __PATH: &'static str = "";

    /// The request.
    fn request(id: &dyn Display, query: &Self::Query) -> Request<Self>
    where
        Self::Query: QueryParameters,
    {
        resource::request(Self::ENDPOINT, &[id], query)
    }
}

/// [`Create`] for types that may be less visible.
pub trait CreateWith<Marker>: Sized {
    /// The query type.
    type Query: ?Sized;
    /// The body type.
    type Body: ?Sized;
    /// Method and path.
    const ENDPOINT: &'static Endpoint =
        &resource::endpoint(Method::POST, Self::__PATH, Role::Create);
    /// The path.
    const __PATH: &'static str = "";

    /// The request.
    fn request(query: &Self::Query, body: &Self::Body) -> Request<Self>
    where
        Self::Query: QueryParameters,
        Self::Body: RequestBody,
    {
        resource::request(Self::ENDPOINT, &[], query).body(body)
    }
}

/// [`Update`] for types that may be less visible.
pub trait UpdateWith<Marker>: Sized {
    /// The query type.
    type Query: ?Sized;
    /// The body type.
    type Body: ?Sized;
    /// Method and path.
    const ENDPOINT: &'static Endpoint =
        &resource::endpoint(Method::PATCH, Self::__PATH, Role::Update);
    /// The path.
    const __PATH: &'static str = "";

    /// The request.
    fn request(id: &dyn Display, query: &Self::Query, body: &Self::Body) -> Request<Self>
    where
        Self::Query: QueryParameters,
        Self::Body: RequestBody,
    {
        resource::request(Self::ENDPOINT, &[id], query).body(body)
    }
}

/// [`Delete`] for types that may be less visible.
pub trait DeleteWith<Marker>: Sized {
    /// The query type.
    type Query: ?Sized;
    /// Method and path.
    const ENDPOINT: &'static Endpoint =
        &resource::endpoint(Method::DELETE, Self::__PATH, Role::Delete);
    /// The path.
    const __PATH: &'static str = "";

    /// The request.
    fn request(id: &dyn Display, query: &Self::Query) -> Request<Deleted<Self>>
    where
        Self::Query: QueryParameters,
    {
        resource::request(Self::ENDPOINT, &[id], query)
    }
}

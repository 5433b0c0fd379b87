//! Resource traits, for functions that work with any resource that can be listed, read or changed.
//!
//! [`unified_endpoint`](crate::unified_endpoint) and [`endpoint`](crate::endpoint) implement them for the
//! list, get, create, update and delete endpoints that return the derived response: `GET /unified/M/R` is
//! [`List`], `GET /unified/M/R/<id>` is [`Get`], and so on, under `/proxy/` as well. If a struct declares
//! several such endpoints of one kind, the trait is implemented for the one with the derived name (`list`,
//! `get`, …). The inherent functions are unaffected and need no import. `Query` and `Body` are the types
//! in the declaration, or `()`; a trait is not implemented if one of them is unsized. The method of each
//! trait builds the request from `ENDPOINT` and its own arguments.
//!
//! A private resource that is called through the traits alone needs `#[allow(dead_code)]`, because nothing
//! uses its inherent functions.
//!
//! ```
//! # truto_sandbox::__doc::run_empty(async |sandbox| {
//! # sandbox.insert("crm", "contacts", serde_json::json!({"id": "1"}));
//! # sandbox.insert("crm", "companies", serde_json::json!({"id": "2"}));
//! # let account = sandbox.account();
//! use serde::Deserialize;
//! use truto_core::resource::ListAll;
//! use truto_core::{Account, Error, unified_endpoint};
//!
//! #[unified_endpoint(method = "GET", path = "/unified/crm/contacts")]
//! #[derive(Deserialize)]
//! struct Contact {}
//!
//! #[unified_endpoint(method = "GET", path = "/unified/crm/companies")]
//! #[derive(Deserialize)]
//! struct Company {}
//!
//! async fn count<T: ListAll>(account: &Account) -> Result<usize, Error> {
//!     let mut pages = T::list_all().pages(account);
//!     let mut count = 0;
//!     while let Some(page) = pages.next().await {
//!         count += page?.result.len();
//!     }
//!     Ok(count)
//! }
//!
//! assert_eq!(count::<Contact>(&account).await? + count::<Company>(&account).await?, 2);
//! # Ok(())
//! # })
//! ```

use std::fmt::Display;

use serde::de::DeserializeOwned;

use crate::encode::query::Namespace;
use crate::endpoint::Role;
use crate::request::RawRequest;
use crate::{Deleted, Endpoint, Method, Page, QueryParameters, Request, RequestBody};

/// A resource whose records can be listed: `GET` on its collection.
#[diagnostic::on_unimplemented(
    message = "`{Self}` declares no endpoint that lists its records",
    label = "this type does not implement `List`",
    note = "`{Self}` needs the endpoint `GET /unified/MODEL/RESOURCE` with its derived response",
    note = "among several such endpoints, the one called `list` implements the trait"
)]
pub trait List: Sized {
    /// The endpoint's own query parameters; `()` if it declares none.
    type Query: QueryParameters;
    /// Method and path as declared.
    const ENDPOINT: &'static Endpoint = &endpoint(Method::GET, Self::__PATH, Role::List);
    /// The path of an endpoint without special settings: generated code states only this literal, which
    /// compiles faster than an `ENDPOINT`.
    #[doc(hidden)]
    const __PATH: &'static str = "";

    /// The request for a page of records.
    fn list(query: &Self::Query) -> Request<Page<Self>> {
        request(Self::ENDPOINT, &[], query)
    }
}

/// A resource whose records can be read one by one: `GET` with an id.
#[diagnostic::on_unimplemented(
    message = "`{Self}` declares no endpoint that reads one of its records",
    label = "this type does not implement `Get`",
    note = "`{Self}` needs the endpoint `GET /unified/MODEL/RESOURCE/<id>` with its derived response",
    note = "among several such endpoints, the one called `get` implements the trait"
)]
pub trait Get: Sized {
    /// The endpoint's own query parameters; `()` if it declares none.
    type Query: QueryParameters;
    /// Method and path as declared.
    const ENDPOINT: &'static Endpoint = &endpoint(Method::GET, Self::__PATH, Role::Get);
    /// The path of an endpoint without special settings: generated code states only this literal, which
    /// compiles faster than an `ENDPOINT`.
    #[doc(hidden)]
    const __PATH: &'static str = "";

    /// The request for one record.
    fn get(id: &dyn Display, query: &Self::Query) -> Request<Self> {
        request(Self::ENDPOINT, &[id], query)
    }
}

/// A resource whose records can be created: `POST` to its collection.
#[diagnostic::on_unimplemented(
    message = "`{Self}` declares no endpoint that creates a record",
    label = "this type does not implement `Create`",
    note = "`{Self}` needs the endpoint `POST /unified/MODEL/RESOURCE` with its derived response",
    note = "among several such endpoints, the one called `create` implements the trait"
)]
pub trait Create: Sized {
    /// The endpoint's own query parameters; `()` if it declares none.
    type Query: QueryParameters;
    /// The request body; `()` if it declares none.
    type Body: RequestBody;
    /// Method and path as declared.
    const ENDPOINT: &'static Endpoint = &endpoint(Method::POST, Self::__PATH, Role::Create);
    /// The path of an endpoint without special settings: generated code states only this literal, which
    /// compiles faster than an `ENDPOINT`.
    #[doc(hidden)]
    const __PATH: &'static str = "";

    /// The request that creates a record.
    fn create(query: &Self::Query, body: &Self::Body) -> Request<Self> {
        request(Self::ENDPOINT, &[], query).body(body)
    }
}

/// A resource whose records can be changed: `PATCH` with an id.
#[diagnostic::on_unimplemented(
    message = "`{Self}` declares no endpoint that changes one of its records",
    label = "this type does not implement `Update`",
    note = "`{Self}` needs the endpoint `PATCH /unified/MODEL/RESOURCE/<id>` with its derived response",
    note = "among several such endpoints, the one called `update` implements the trait"
)]
pub trait Update: Sized {
    /// The endpoint's own query parameters; `()` if it declares none.
    type Query: QueryParameters;
    /// The request body; `()` if it declares none.
    type Body: RequestBody;
    /// Method and path as declared.
    const ENDPOINT: &'static Endpoint = &endpoint(Method::PATCH, Self::__PATH, Role::Update);
    /// The path of an endpoint without special settings: generated code states only this literal, which
    /// compiles faster than an `ENDPOINT`.
    #[doc(hidden)]
    const __PATH: &'static str = "";

    /// The request that changes one record.
    fn update(id: &dyn Display, query: &Self::Query, body: &Self::Body) -> Request<Self> {
        request(Self::ENDPOINT, &[id], query).body(body)
    }
}

/// A resource whose records can be deleted: `DELETE` with an id.
#[diagnostic::on_unimplemented(
    message = "`{Self}` declares no endpoint that deletes one of its records",
    label = "this type does not implement `Delete`",
    note = "`{Self}` needs the endpoint `DELETE /unified/MODEL/RESOURCE/<id>` with its derived response",
    note = "among several such endpoints, the one called `delete` implements the trait"
)]
pub trait Delete: Sized {
    /// The endpoint's own query parameters; `()` if it declares none.
    type Query: QueryParameters;
    /// Method and path as declared.
    const ENDPOINT: &'static Endpoint = &endpoint(Method::DELETE, Self::__PATH, Role::Delete);
    /// The path of an endpoint without special settings: generated code states only this literal, which
    /// compiles faster than an `ENDPOINT`.
    #[doc(hidden)]
    const __PATH: &'static str = "";

    /// The request that deletes one record.
    fn delete(id: &dyn Display, query: &Self::Query) -> Request<Deleted<Self>> {
        request(Self::ENDPOINT, &[id], query)
    }
}

/// The endpoint of a role. An implementation that is written by hand states `ENDPOINT` itself.
const fn endpoint(method: Method, path: &'static str, role: Role) -> Endpoint {
    assert!(!path.is_empty(), "an implementation of a resource trait needs `ENDPOINT`");
    Endpoint::new(method, path, role)
}

/// The request of a function of these traits.
fn request<O, Q: QueryParameters>(
    endpoint: &'static Endpoint,
    arguments: &[&dyn Display],
    query: &Q,
) -> Request<O> {
    let mut request = RawRequest::new(endpoint, arguments);
    request.push_query(Namespace::Endpoint, query);
    Request::from_raw(request)
}

/// A resource that can be listed without query parameters.
///
/// It is implemented for every [`List`] whose query has a default and whose records can be decoded and
/// sent to another thread, so it is the only bound that a function over such resources needs.
pub trait ListAll: List<Query: Default> + DeserializeOwned + Send + 'static {
    /// The request for a page of records, with the default query.
    fn list_all() -> Request<Page<Self>> {
        Self::list(&Self::Query::default())
    }
}

impl<T: List<Query: Default> + DeserializeOwned + Send + 'static> ListAll for T {}

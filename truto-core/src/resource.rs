//! Traits over resources, for functions that work with every resource that can be listed, read or
//! changed.
//!
//! [`unified_endpoint`](crate::unified_endpoint) and [`endpoint`](crate::endpoint) implement them for
//! endpoints whose function and response are derived: `GET /unified/M/R` is [`List`],
//! `GET /unified/M/R/<id>` is [`Get`], and so on, under `/proxy/` as well. If a struct declares several
//! endpoints with the same role, the trait is implemented for the one with the derived name (`list`,
//! `get`, …). The inherent functions are unaffected and need no import. `Query` and `Body` are the types
//! in the declaration, or `()`.
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

use crate::{Deleted, Endpoint, Page, Request};

/// A resource whose records can be listed: `GET` of its collection.
pub trait List: Sized {
    /// The endpoint's own query parameters; `()` if it declares none.
    type Query;
    /// Method and path as declared.
    const ENDPOINT: &'static Endpoint;

    /// The request for a page of records.
    fn list(query: &Self::Query) -> Request<Page<Self>>;
}

/// A resource whose records can be read one by one: `GET` with an id.
pub trait Get: Sized {
    /// The endpoint's own query parameters; `()` if it declares none.
    type Query;
    /// Method and path as declared.
    const ENDPOINT: &'static Endpoint;

    /// The request for one record.
    fn get(id: &dyn Display, query: &Self::Query) -> Request<Self>;
}

/// A resource whose records can be created: `POST` to its collection.
pub trait Create: Sized {
    /// The endpoint's own query parameters; `()` if it declares none.
    type Query;
    /// The request body; `()` if it declares none.
    type Body;
    /// Method and path as declared.
    const ENDPOINT: &'static Endpoint;

    /// The request that creates a record.
    fn create(query: &Self::Query, body: &Self::Body) -> Request<Self>;
}

/// A resource whose records can be changed: `PATCH` with an id.
pub trait Update: Sized {
    /// The endpoint's own query parameters; `()` if it declares none.
    type Query;
    /// The request body; `()` if it declares none.
    type Body;
    /// Method and path as declared.
    const ENDPOINT: &'static Endpoint;

    /// The request that changes one record.
    fn update(id: &dyn Display, query: &Self::Query, body: &Self::Body) -> Request<Self>;
}

/// A resource whose records can be deleted: `DELETE` with an id.
pub trait Delete: Sized {
    /// The endpoint's own query parameters; `()` if it declares none.
    type Query;
    /// Method and path as declared.
    const ENDPOINT: &'static Endpoint;

    /// The request that deletes one record.
    fn delete(id: &dyn Display, query: &Self::Query) -> Request<Deleted<Self>>;
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

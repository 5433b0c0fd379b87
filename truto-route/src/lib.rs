//! The grammar of Truto's routes, without dependencies.
//!
//! A route is a method and a path such as `/unified/crm/contacts/<id>`. Its first segment selects the
//! [`Family`], which determines the allowed methods and characters, and the number of segments up to the
//! resource. The [`Role`] of the endpoint, the name of its function and its [`Output`] are derived from
//! the method and the segments after the resource.
//!
//! ```
//! use truto_route::{Family, Method, Output, Role, Route};
//!
//! let route = Route::parse("/unified/crm/contacts/<id>")?;
//! assert_eq!(route.family(), Family::Unified);
//! assert_eq!(route.resource(), Some("contacts"));
//! assert_eq!(route.parameters().collect::<Vec<_>>(), ["id"]);
//!
//! let endpoint = route.derive(Method::Delete);
//! assert_eq!(endpoint.role, Role::Delete);
//! assert_eq!(endpoint.name.as_deref(), Some("delete"));
//! assert_eq!(endpoint.output, Some(Output::Deleted));
//! # Ok::<(), truto_route::RouteError<'_>>(())
//! ```
//!
//! The attributes of `truto-core`, its runtime, `truto-sandbox` and `truto-declare` share this crate;
//! each of them adds only its own error messages.
#![forbid(unsafe_code)]

mod family;
mod method;
mod names;
mod role;
mod route;
mod segment;

pub use family::Family;
pub use method::Method;
pub use names::snake_case;
pub use role::{Derived, Output, Role};
pub use route::{Route, RouteError};
pub use segment::{Segment, SegmentError, is_placeholder_name};

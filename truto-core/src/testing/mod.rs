//! Properties that hold for any input. Compiled for tests and fuzzing only.

#[cfg(test)]
mod containers;
#[cfg(test)]
mod fixtures;
mod properties;
mod responses;
#[cfg(feature = "webhooks")]
mod webhook;

#[cfg(test)]
pub(crate) use containers::{Flattened, Tagged, in_containers};
#[cfg(test)]
pub(crate) use fixtures::{Outer, current_thread, gzip};
pub use properties::{error, path, query, retry_after, whole_response};
pub use responses::response;
#[cfg(feature = "webhooks")]
pub use webhook::webhook;

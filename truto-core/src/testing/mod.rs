//! Properties that hold for any input. Compiled for tests and fuzzing only.

mod properties;

pub use properties::{error, path, query, response, retry_after, whole_response};

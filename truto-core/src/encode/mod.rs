//! From Rust values to the bytes of a request: path segments, queries, bodies.

mod body;
mod filter;
mod payload;
mod percent;
pub(crate) mod query;
mod segment;
mod update;
mod upload;

pub(crate) use body::Encoded;
pub use body::{QueryParameters, RequestBody};
pub use filter::Filter;
pub(crate) use payload::{BodyPart, Parts, Payload};
pub(crate) use percent::{push_again, push_encoded};
pub(crate) use segment::push_segment;
pub use update::Update;
pub use upload::Upload;

//! From Rust values to the bytes of a request: path segments, queries, bodies.

mod body;
mod filter;
mod finite;
mod percent;
pub(crate) mod query;
mod segment;
mod stream_source;
mod update;
mod upload;

pub(crate) use body::{BodySource, EncodedBody, ProgressFn};
pub use body::{QueryParameters, RequestBody};
pub use filter::Filter;
pub(crate) use percent::{push_again, push_encoded};
pub(crate) use segment::{push_segment, push_segments};
#[cfg(test)]
pub(crate) use stream_source::StreamSource;
pub(crate) use stream_source::{BoxError, ByteSource};
pub use update::Update;
pub use upload::Upload;

//! Parts that the benchmarks share: the model, the server, and the clients that are compared.
#![forbid(unsafe_code)]

pub mod clients;
pub mod compile;
pub mod idle;
pub mod measure;
pub mod model;
pub mod report;
pub mod server;
pub mod sharing;
pub mod tolerance;
pub mod weights;

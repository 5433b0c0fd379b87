//! Writes declarations for `truto-core` from what Truto says about a unified model.
#![forbid(unsafe_code)]

mod diagnostic;
mod json;
mod model;
mod plan;
mod read;
mod text;

//! Shared by the example programs: generated models, and setup.
#![forbid(unsafe_code)]

pub mod e_signature;
pub mod setup;
pub mod sync;
pub mod ticketing;
pub mod webhook;

//! Shared by the example programs: models that `truto-declare` wrote, and setup.
#![forbid(unsafe_code)]

pub mod e_signature;
pub mod setup;
pub mod sync;
pub mod ticketing;
pub mod webhook;

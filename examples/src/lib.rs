//! Models declared with `truto-core` by `truto-declare`: what the command writes into your project.
#![forbid(unsafe_code)]

pub mod e_signature;
pub mod setup;
pub mod ticketing;

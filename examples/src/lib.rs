//! The unified e-signature model, declared with `truto-core`: what you would copy into your project.
#![forbid(unsafe_code)]

pub mod e_signature;
pub mod setup;

//! What the example programs share: models that `truto-declare` wrote, and a limit that a fleet shares.
#![forbid(unsafe_code)]

pub mod e_signature;
pub mod redis_limiter;
pub mod setup;
pub mod sync;
pub mod ticketing;
pub mod webhook;

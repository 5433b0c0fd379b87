//! The limiter on a real Redis.

mod clock;
mod common;
mod fleet;
mod limits;
mod order;
mod outages;
mod scale;

//! The limiter on a real Redis.

mod clock;
mod common;
mod fleet;
mod limits;
mod logs;
mod order;
mod outages;
mod scale;
mod servers;

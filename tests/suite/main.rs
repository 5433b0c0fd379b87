//! Tests that can share a process: the wire, faults, properties, the sandbox.
#![allow(
    missing_docs,
    dead_code,
    unreachable_pub,
    clippy::items_after_statements,
    clippy::option_option,
    clippy::wildcard_imports,
    clippy::too_many_lines,
    reason = "a test crate"
)]

mod batch;
mod blocking;
mod catalog;
mod connections;
mod debug_output;
mod dynamic;
mod endpoints;
mod ends;
mod fault_matrix;
mod faults;
mod files;
mod gate;
mod limiter;
mod modules;
mod moved;
mod preflight;
mod properties;
mod requests;
mod responses;
mod sandbox;
mod secret_arguments;
mod secrets;
mod shapes;
mod shutdown;
mod sync;
mod throttle;
mod ticketing;
mod tokens;
mod traps;
mod uploads;
mod webhooks;

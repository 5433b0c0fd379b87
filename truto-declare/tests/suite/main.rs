//! Runs the command as its users do.
#![allow(
    clippy::format_push_string,
    reason = "the inputs are text, and a String takes it without an error to handle"
)]

mod cli;
mod common;
mod compile;
mod corpus;
mod formatting;
mod interrupted;
mod live;
mod neighbors;
mod settings;
mod sources;

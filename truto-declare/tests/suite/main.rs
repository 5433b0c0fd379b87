//! Runs the command as its users do.

mod cli;
mod common;
mod compile;
mod corpus;
mod interrupted;
mod live;

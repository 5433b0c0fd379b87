//! What the tests share: a server that plays bytes and keeps what it received.
#![forbid(unsafe_code)]

mod wire;

pub use wire::{Play, Wire, http, json};

/// Compiles the README's code.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

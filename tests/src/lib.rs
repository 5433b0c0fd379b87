//! Shared by the tests: a server that sends scripted bytes and records requests, and the fixtures.
#![forbid(unsafe_code)]

mod fixtures;
mod wire;

pub use fixtures::{
    ACCOUNT_ID, BODY, Body, OK, Record, current_thread, gzip, idempotency_key, listen,
    token_account,
};
pub use wire::{BlockingWire, Play, Wire, http, json, serve};

/// Compiles the README's code.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

#![deny(warnings)]
//! `gen` is a keyword since edition 2024.
use truto_core::unified_endpoint;

#[unified_endpoint(method = "POST", path = "/unified/m/r/gen")]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<gen>")]
#[derive(serde::Deserialize)]
pub struct Record {}

#[test]
fn compiles() {
    let _ = Record::r#gen();
    let _ = Record::get(1);
}

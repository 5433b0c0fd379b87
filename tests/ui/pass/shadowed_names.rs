#![allow(dead_code, non_camel_case_types)]

use truto_core::unified_endpoint;

pub struct Result;
pub struct Option;
pub struct String;
pub struct Request;
pub struct Endpoint;
pub mod core {}
pub mod std {}

#[unified_endpoint(method = "GET", path = "/unified/m/r/<endpoint>")]
#[derive(serde::Deserialize)]
pub struct Record {}

#[test]
fn compiles() {
    let _ = Record::get("1");
}

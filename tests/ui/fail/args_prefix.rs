use truto_core::unified_endpoint;

#[unified_endpoint(@method = "GET", let path = "/unified/m/r")]
#[derive(serde::Deserialize)]
pub struct A {}

#[unified_endpoint(const METHOD: &str = "GET", path = "/unified/m/r")]
#[derive(serde::Deserialize)]
pub struct B {}

fn main() {}

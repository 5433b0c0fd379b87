use truto_core::unified_endpoint;

#[unified_endpoint(method = "GET", path = "/unified/m/r", crate = serde)]
#[derive(serde::Deserialize)]
pub struct A {}

#[unified_endpoint(method = "GET", path = "/unified/m/r", crate = "truto-core")]
#[derive(serde::Deserialize)]
pub struct B {}

fn main() {}

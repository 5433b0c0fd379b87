use truto_core::unified_endpoint;

#[unified_endpoint(method = "GET"; path = "/unified/m/r"; doc = "Lists.")]
#[derive(serde::Deserialize)]
pub struct A {}

fn main() {}

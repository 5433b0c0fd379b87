use truto_core::unified_endpoint;

#[unified_endpoint(method = "GET"s, path = "/unified/m/r", query = "Vec<String>"s)]
#[derive(serde::Deserialize)]
pub struct A {}

fn main() {}

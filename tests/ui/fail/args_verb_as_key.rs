use truto_core::unified_endpoint;

#[unified_endpoint(get = "/unified/m/r")]
#[derive(serde::Deserialize)]
struct User {}

fn main() {}

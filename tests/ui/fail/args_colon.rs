use truto_core::unified_endpoint;

#[unified_endpoint(method: "GET", path => "/unified/m/r")]
#[derive(serde::Deserialize)]
struct User {}

fn main() {}

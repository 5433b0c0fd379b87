use truto_core::unified_endpoint;

#[unified_endpoint(method = "POST", path = "/unified/m/r/search", safe = false)]
#[derive(serde::Deserialize)]
struct User {}

fn main() {}

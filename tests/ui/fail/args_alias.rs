use truto_core::unified_endpoint;

#[unified_endpoint(verb = "GET", url = "/unified/m/r", returns = User)]
#[derive(serde::Deserialize)]
struct User {}

fn main() {}

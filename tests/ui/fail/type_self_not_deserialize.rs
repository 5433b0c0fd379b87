use truto_core::unified_endpoint;

#[unified_endpoint(method = "GET", path = "/unified/m/r", response = Vec<Self>)]
struct User {}

fn main() {}

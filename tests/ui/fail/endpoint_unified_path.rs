use truto_core::endpoint;

#[endpoint(method = "GET", path = "/unified/m/r")]
#[derive(serde::Deserialize)]
struct User {}

fn main() {}

use truto_core::endpoint;

#[endpoint(method = "GET", path = "/integrated-account")]
#[derive(serde::Deserialize)]
struct Account {}

fn main() {}

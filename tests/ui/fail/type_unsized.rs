use truto_core::unified_endpoint;

#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>", response = dyn std::fmt::Debug)]
#[derive(serde::Deserialize)]
pub struct Record {}

fn main() {}

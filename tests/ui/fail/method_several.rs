use truto_core::unified_endpoint;

#[unified_endpoint(method = "GET,POST", path = "/unified/m/r")]
#[derive(serde::Deserialize)]
pub struct Record {}

#[unified_endpoint(method = ["PATCH", "DELETE"], path = "/unified/m/r/<id>")]
#[derive(serde::Deserialize)]
pub struct Another {}

fn main() {}

use truto_core::unified_endpoint;

#[unified_endpoint(patch = "/unified/m/r", method = "GET")]
#[derive(serde::Deserialize)]
pub struct A {}

#[unified_endpoint(httpMethod = "GET", uri = "/unified/m/r", func = "find", queryParams = Vec<String>, resp = String)]
#[derive(serde::Deserialize)]
pub struct B {}

#[unified_endpoint(method = "GET", path = "/unified/m/r", page = 1, mode = "x", date = 7)]
#[derive(serde::Deserialize)]
pub struct C {}

#[unified_endpoint(verb = "get", method = "GET", path = "/unified/m/r")]
#[derive(serde::Deserialize)]
pub struct D {}

fn main() {}

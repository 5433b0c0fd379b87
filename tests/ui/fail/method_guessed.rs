use truto_core::unified_endpoint;

#[unified_endpoint(method = "DELTE", path = "/unified/m/r/<id>")]
#[derive(serde::Deserialize)]
pub struct A {}

#[unified_endpoint(method = "PATHC", path = "/unified/m/r/<id>")]
#[derive(serde::Deserialize)]
pub struct B {}

#[unified_endpoint(method = "GETS", path = "/unified/m/r/<id>")]
#[derive(serde::Deserialize)]
pub struct C {}

#[unified_endpoint(method = "LIST", path = "/unified/m/r")]
#[derive(serde::Deserialize)]
pub struct D {}

fn main() {}

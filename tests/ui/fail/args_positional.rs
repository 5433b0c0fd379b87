use truto_core::{endpoint, unified_endpoint};

#[unified_endpoint("GET", "/unified/m/r")]
#[derive(serde::Deserialize)]
pub struct A {}

#[unified_endpoint(GET "/unified/m/r")]
#[derive(serde::Deserialize)]
pub struct B {}

#[unified_endpoint(method = "GET /unified/m/r")]
#[derive(serde::Deserialize)]
pub struct C {}

#[endpoint(post("/proxy/tickets"))]
#[derive(serde::Deserialize)]
pub struct D {}

#[unified_endpoint("/unified/m/r", method = "GET")]
#[derive(serde::Deserialize)]
pub struct E {}

fn main() {}

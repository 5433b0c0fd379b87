use truto_core::{endpoint, unified_endpoint};

#[unified_endpoint({"method": "GET", "path": "/unified/m/r"})]
#[derive(serde::Deserialize)]
pub struct A {}

#[endpoint((method = "GET", path = "/proxy/tickets"))]
#[derive(serde::Deserialize)]
pub struct B {}

#[unified_endpoint(Unified { method: Method::GET, url: "/unified/m/r" })]
#[derive(serde::Deserialize)]
pub struct C {}

fn main() {}

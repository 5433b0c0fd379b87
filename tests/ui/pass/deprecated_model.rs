#![deny(warnings)]
//! What the struct allows, its functions are allowed, too.
use truto_core::unified_endpoint;

#[unified_endpoint(method = "GET", path = "/unified/m/r")]
#[deprecated]
#[derive(serde::Deserialize)]
pub struct Old {}

#[unified_endpoint(method = "GET", path = "/unified/m/r")]
#[unified_endpoint(method = "DELETE", path = "/unified/m/r/<id>")]
#[allow(dead_code)]
#[derive(serde::Deserialize)]
pub(crate) struct Unused {}

#[test]
fn compiles() {}

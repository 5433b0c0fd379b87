#![deny(dead_code)]

use truto_core::unified_endpoint;

#[unified_endpoint(method = "GET", path = "/unified/m/r")]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>")]
#[derive(serde::Deserialize)]
pub(crate) struct User;

fn main() {
    let _ = User::list();
}

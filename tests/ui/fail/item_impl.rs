use truto_core::unified_endpoint;

#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>")]
impl User {}

pub struct User;

fn main() {}

use truto_core::unified_endpoint;

#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>")]
#[derive(serde::Deserialize)]
pub struct User {
    pub id: Inner,
}

pub struct Inner;

fn main() {}

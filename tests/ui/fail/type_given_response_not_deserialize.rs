use truto_core::unified_endpoint;

#[unified_endpoint(method = "GET", path = "/unified/m/r", response = Opaque)]
#[derive(serde::Deserialize)]
pub struct User {
    pub id: String,
}

pub struct Opaque;

fn main() {}

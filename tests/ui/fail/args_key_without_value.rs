use truto_core::unified_endpoint;

#[unified_endpoint(method, path = "/unified/m/r", query =)]
#[derive(serde::Deserialize)]
pub struct User {
    pub id: String,
}

fn main() {}

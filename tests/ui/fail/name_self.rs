use truto_core::unified_endpoint;

#[unified_endpoint(method = "GET", path = "/unified/m/r", name = "self")]
#[derive(serde::Deserialize)]
pub struct User {
    pub id: String,
}

fn main() {}

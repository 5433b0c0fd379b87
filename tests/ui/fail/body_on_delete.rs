use truto_core::unified_endpoint;

#[unified_endpoint(method = "DELETE", path = "/unified/m/r/<id>", body = Vec<u8>)]
#[derive(serde::Deserialize)]
pub struct User {
    pub id: String,
}

fn main() {}

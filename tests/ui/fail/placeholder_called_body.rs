use truto_core::unified_endpoint;

#[unified_endpoint(method = "PATCH", path = "/unified/m/r/<body>", body = Vec<u8>)]
#[derive(serde::Deserialize)]
pub struct User {
    pub id: String,
}

fn main() {}

use truto_core::unified_endpoint;

#[unified_endpoint(method = "PATCH", path = "/unified/m/r", name = "update_all")]
#[derive(serde::Deserialize)]
pub struct User {
    pub id: String,
}

fn main() {}

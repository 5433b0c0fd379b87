use truto_core::unified_endpoint;

#[unified_endpoint(method = "DELETE", path = "/unified/m/r", response = User)]
#[derive(serde::Deserialize)]
pub struct User {
    pub id: String,
}

fn main() {}

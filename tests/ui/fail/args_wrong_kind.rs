use truto_core::unified_endpoint;

#[unified_endpoint(method = 7, path = "", name = 1, query = "ListUsers")]
#[unified_endpoint(method = "POST", path = "/unified/m/r", body = 3)]
#[derive(serde::Deserialize)]
pub struct User {
    pub id: String,
}

fn main() {}

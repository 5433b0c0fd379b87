use truto_core::unified_endpoint;

#[unified_endpoint(metod = "GET", method = "GET", path = "/unified/m/r", respnse = User, headers = 1)]
#[derive(serde::Deserialize)]
pub struct User {
    pub id: String,
}

fn main() {}

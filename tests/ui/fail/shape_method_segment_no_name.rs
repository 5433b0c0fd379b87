use truto_core::unified_endpoint;

#[unified_endpoint(method = "POST", path = "/unified/m/r/2fa")]
#[derive(serde::Deserialize)]
pub struct User {
    pub id: String,
}

fn main() {}

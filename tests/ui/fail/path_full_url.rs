use truto_core::unified_endpoint;

#[unified_endpoint(method = "GET", path = "https://api.truto.one/unified/e-signature/users?limit=1")]
#[derive(serde::Deserialize)]
pub struct User {
    pub id: String,
}

fn main() {}

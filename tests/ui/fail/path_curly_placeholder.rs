use truto_core::unified_endpoint;

#[unified_endpoint(method = "GET", path = "/unified/crm/contacts/{id}")]
#[derive(serde::Deserialize)]
pub struct User {
    pub id: String,
}

fn main() {}

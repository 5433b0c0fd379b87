use truto_core::unified_endpoint;

#[unified_endpoint()]
#[derive(serde::Deserialize)]
pub struct User {
    pub id: String,
}

fn main() {}

use truto_core::unified_endpoint;

#[unified_endpoint(method = "DELETE", path = "/unified/m/r/<id>")]
#[derive(serde::Deserialize)]
pub struct User {
    pub id: String,
}

impl User {
    pub fn delete() {}
}

fn main() {}

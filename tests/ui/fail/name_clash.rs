use truto_core::unified_endpoint;

#[unified_endpoint(method = "GET", path = "/unified/m/a/<id>")]
#[unified_endpoint(method = "GET", path = "/unified/m/b/<id>")]
#[unified_endpoint(method = "GET", path = "/unified/m/c", name = "get")]
#[derive(serde::Deserialize)]
pub struct User {
    pub id: String,
}

fn main() {}

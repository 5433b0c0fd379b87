use truto_core::unified_endpoint;

#[unified_endpoint(method = "POST", path = "/unified/m/r", body = Body)]
#[derive(serde::Deserialize)]
pub struct User {
    pub id: String,
}

pub struct Body;

fn main() {}

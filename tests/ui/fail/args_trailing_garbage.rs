use truto_core::unified_endpoint;

#[unified_endpoint(method = "GET", path = "/unified/m/r" + "x", query = User User)]
#[derive(serde::Deserialize, serde::Serialize)]
pub struct User {
    pub id: String,
}

fn main() {}

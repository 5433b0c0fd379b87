#![deny(private_interfaces)]

pub mod users {
    use truto_core::unified_endpoint;

    #[unified_endpoint(method = "GET", path = "/unified/m/r", query = Query)]
    #[derive(serde::Deserialize)]
    pub struct User {
        pub id: String,
    }

    #[derive(serde::Serialize)]
    struct Query {}
}

fn main() {}

#![deny(private_interfaces)]

pub mod users {
    use truto_core::unified_endpoint;

    #[unified_endpoint(method = "GET", path = "/unified/m/r", query = Query)]
    #[unified_endpoint(method = "POST", path = "/unified/m/r", query = Query, body = [New])]
    #[unified_endpoint(method = "POST", path = "/unified/m/r/find", response = Vec<Found>)]
    #[derive(serde::Deserialize)]
    pub struct User {
        pub id: String,
    }

    #[unified_endpoint(method = "GET", path = "/unified/m/r", query = &[(T, Query)])]
    #[derive(serde::Deserialize)]
    pub struct Generic<T: serde::Serialize>(pub T);

    #[unified_endpoint(method = "GET", path = "/unified/m/r", query = Query)]
    #[derive(serde::Deserialize)]
    pub(crate) struct OfTheCrate {}

    #[derive(serde::Serialize)]
    struct Query {}

    #[derive(serde::Serialize)]
    pub(crate) struct New {}

    #[derive(serde::Deserialize)]
    struct Found {}
}

fn main() {}

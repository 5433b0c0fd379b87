#![deny(dead_code, deprecated, private_interfaces, unreachable_pub)]

mod users {
    use truto_core::unified_endpoint;

    #[unified_endpoint(method = "GET", path = "/unified/m/r", query = Query)]
    #[unified_endpoint(method = "GET", path = "/unified/m/r/<id>")]
    #[derive(serde::Deserialize)]
    #[allow(dead_code, private_interfaces)]
    pub(crate) struct User;

    #[derive(serde::Serialize)]
    #[allow(dead_code)]
    struct Query;
}

#[test]
fn compiles() {}

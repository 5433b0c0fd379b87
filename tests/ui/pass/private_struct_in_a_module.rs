mod inner {
    use truto_core::unified_endpoint;

    #[unified_endpoint(method = "GET", path = "/unified/m/r/<id>")]
    #[derive(serde::Deserialize)]
    struct Private {}

    #[unified_endpoint(method = "GET", path = "/unified/m/r/<id>")]
    #[derive(serde::Deserialize)]
    pub(super) struct Restricted {}

    pub fn call() {
        let _ = Private::get("1");
    }
}

#[test]
fn compiles() {
    inner::call();
    let _ = inner::Restricted::get("1");
}

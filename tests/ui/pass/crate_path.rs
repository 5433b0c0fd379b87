mod api {
    pub mod reexported {
        pub use truto_core as core;
    }
}

use truto_core as renamed;

#[renamed::unified_endpoint(
    method = "GET",
    path = "/unified/m/r",
    crate = "crate::crate_path::api::reexported::core"
)]
#[renamed::unified_endpoint(method = "DELETE", path = "/unified/m/r/<id>", crate = renamed)]
#[derive(serde::Deserialize)]
pub struct Record {}

#[test]
fn compiles() {
    let _ = Record::list();
    let _ = Record::delete("1");
}

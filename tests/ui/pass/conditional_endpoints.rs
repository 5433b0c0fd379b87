use truto_core::unified_endpoint;

#[cfg_attr(all(), unified_endpoint(method = "GET", path = "/unified/m/r/<id>"))]
#[unified_endpoint(method = "DELETE", path = "/unified/m/r/<id>")]
#[cfg_attr(any(), unified_endpoint(method = "PUT", path = "never"))]
#[derive(serde::Deserialize)]
pub struct Record {}

#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>")]
#[cfg(any())]
#[derive(serde::Deserialize)]
pub struct Absent {}

#[test]
fn compiles() {
    let _ = Record::get("1");
    let _ = Record::delete("1");
}

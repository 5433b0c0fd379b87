#![no_implicit_prelude]

#[::truto_core::unified_endpoint(method = "GET", path = "/unified/m/r", query = Query)]
#[::truto_core::unified_endpoint(method = "DELETE", path = "/unified/m/r/<id>")]
#[derive(::serde::Deserialize)]
pub struct Record {}

#[derive(::serde::Serialize)]
pub struct Query {}

#[::core::prelude::v1::test]
fn compiles() {
    let _ = Record::list(&Query {});
    let _ = Record::delete("1");
}

use truto_core::unified_endpoint;

#[unified_endpoint(method = "GET", path = "/unified/m/ids/<id>")]
#[derive(serde::Deserialize)]
pub struct Id(pub String);

#[unified_endpoint(method = "GET", path = "/unified/m/nothings/<id>")]
#[derive(serde::Deserialize)]
pub struct Nothing;

#[test]
fn compiles() {
    let _ = Id::get("1");
    let _ = Nothing::get("1");
}

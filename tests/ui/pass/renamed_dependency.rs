#[renamed::unified_endpoint(method = "GET", path = "/unified/m/r/<id>", crate = "::renamed")]
#[derive(serde::Deserialize)]
pub struct Record {}

#[test]
fn compiles() {
    let _ = Record::get("1");
}

extern crate truto_core as renamed;

#[renamed::unified_endpoint(method = "GET", path = "/unified/m/r/<id>", crate = "::renamed")]
#[derive(serde::Deserialize)]
pub struct Record {}

fn main() {
    let _ = Record::get("1");
}

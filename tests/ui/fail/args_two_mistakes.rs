use truto_core::unified_endpoint;

#[unified_endpoint(method = "GET", url = "hello")]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>", response = Vec<Record)]
#[derive(serde::Deserialize)]
pub struct Record {}

#[unified_endpoint(
    method = "GET",
    path = https://api.truto.one/unified/m/r,
    response = Url
)]
#[derive(serde::Deserialize)]
pub struct Url {}

fn main() {
    let _ = (Record::list(), Record::get("1"));
}

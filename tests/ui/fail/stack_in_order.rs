use truto_core::endpoint;

#[endpoint(method = "GET", path = "/proxy/r/")]
#[endpoint(method = "GETT", path = "/proxy/r/<id>")]
#[endpoint(method = "POST", path = "proxy/r")]
#[derive(serde::Deserialize)]
pub struct Record {}

fn main() {
    let _ = (Record::list(), Record::get("1"), Record::create());
}

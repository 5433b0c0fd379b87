use std::borrow::Cow;

use truto_core::unified_endpoint;

#[derive(serde::Serialize)]
pub struct List<'a> {
    pub status: &'a str,
}

#[unified_endpoint(method = "GET", path = "/unified/m/r", query = List<'a>)]
#[unified_endpoint(method = "POST", path = "/unified/m/r", query = List<'q>, body = &'b [u8])]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>", response = Vec<&str>)]
#[unified_endpoint(method = "PATCH", path = "/unified/m/r/<id>", response = Option<&'a [Self]>)]
#[unified_endpoint(method = "DELETE", path = "/unified/m/r/<id>", response = Cow<'a, str>)]
#[derive(serde::Deserialize)]
pub struct Record {}

#[derive(serde::Deserialize)]
pub struct Row<'a> {
    pub name: &'a str,
}

#[unified_endpoint(method = "DELETE", path = "/unified/m/r/<id>", response = Vec<Row<'a>>)]
#[unified_endpoint(method = "GET", path = "/unified/m/r", query = Vec<_>)]
#[unified_endpoint(method = "POST", path = "/unified/m/r", body = Vec<impl serde::Serialize>)]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>", response = Vec<_>)]
#[derive(serde::Deserialize)]
pub struct Inferred {}

fn main() {
    let _ = Record::list(&List { status: "a" });
    let _ = Record::create(&List { status: "a" }, &&[1][..]);
    let _ = (Record::get("1"), Record::update("1"), Record::delete("1"));
}

use truto_core::{ByteStream, Request, Upload, unified_endpoint};

#[unified_endpoint(
    method = "GET",
    path = "/unified/m/r/<a>/parts/<type>",
    name = "part",
    response = Vec<Record>,
    doc = "Gives the parts."
)]
#[unified_endpoint(method = "DELETE", path = "/unified/m/r", name = "clear", response = serde_json::Value)]
#[unified_endpoint(method = "PATCH", path = "/unified/m/r", name = "update_by_body", response = Self, body = Patch,)]
#[unified_endpoint(method = "POST", path = "/unified/m/r/<id>", name = "send", response = std::collections::HashMap<String, u8>)]
#[unified_endpoint(method = "POST", path = "/unified/m/r/download", response = ByteStream, body = Upload)]
#[unified_endpoint(method = "POST", path = "/unified/m/r/import")]
#[unified_endpoint(method = "POST", path = "/unified/m/r/match")]
#[derive(serde::Deserialize)]
pub struct Record {}

#[derive(serde::Serialize)]
pub struct Patch {}

#[test]
fn compiles() {
    let _: Request<Vec<Record>> = Record::part(1, "t");
    let _ = Record::clear();
    let _: Request<Record> = Record::update_by_body(&Patch {});
    let _ = Record::send("x");
    let _: Request<ByteStream> = Record::download(&Upload::form());
    let _: Request<Record> = Record::import();
    let _: Request<Record> = Record::r#match();
}

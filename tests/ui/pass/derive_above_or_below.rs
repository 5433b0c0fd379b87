use truto_core::unified_endpoint;

#[derive(Debug, Clone)]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>")]
#[derive(serde::Deserialize)]
#[unified_endpoint(method = "DELETE", path = "/unified/m/r/<id>")]
#[serde(rename_all = "camelCase")]
pub struct Record {
    pub some_id: String,
}

#[test]
fn compiles() {
    let _ = Record::get("1").clone();
    let _ = Record::delete("1");
}

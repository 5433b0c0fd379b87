use truto_core::unified_endpoint;

#[unified_endpoint(
    method = "POST",
    path = "/unified/m/r/<query_id>",
    name = "find",
    response = Self,
    query = std::collections::BTreeMap<String, Vec<(u8, u8)>>,
    body = [u8]
)]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<body>")]
#[derive(serde::Deserialize)]
pub struct Record {}

#[test]
fn compiles() {
    let query = std::collections::BTreeMap::new();
    let _ = Record::find("x", &query, &[1, 2]);
    let _ = Record::get("x");
}

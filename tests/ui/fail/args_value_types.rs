use truto_core::unified_endpoint;

#[unified_endpoint(method = "GET", path = "/unified/m/r", query = String::new(), response = String[])]
#[unified_endpoint(method = "POST", path = "/unified/m/r", body = Json(String), response = [String])]
#[unified_endpoint(method = "PATCH", path = "/unified/m/r/<id>", body = json!({"a": 1}))]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>", query(status: String, id: u64), String)]
#[derive(serde::Deserialize)]
pub struct Record {}

fn main() {}

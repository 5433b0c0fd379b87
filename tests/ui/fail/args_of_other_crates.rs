// As in axum, utoipa, rustify and others.
use truto_core::{endpoint, unified_endpoint};

#[unified_endpoint("/unified/crm/deals/:id", get(find_deal))]
#[unified_endpoint(method = "PATCH", path = "/unified/crm/deals/" + deal.id, body = deal: NewDeal)]
#[unified_endpoint(
    method = "POST",
    path = "/unified/crm/deals",
    request_body(content = NewDeal, content_type = "application/json"),
    response_type = "json"
)]
#[unified_endpoint(method = "DELETE", path = "/unified/crm/deals/<id>", id = u64)]
#[derive(serde::Deserialize)]
pub struct Deal {}

#[unified_endpoint(method = "GET", path = "/unified/crm/leads", query(status = String, page = u32))]
#[derive(serde::Deserialize)]
pub struct Lead {}

#[endpoint(method = "POST", path = "/mcp/<token>", secret, name = "call", response = Self)]
#[endpoint(method = "GET", path = "/custom/files/<path:path>", name = "file", response = Self)]
#[endpoint(method = "POST", path = "/custom/deals", data = "<deal>", name = "add", response = Self)]
#[derive(serde::Deserialize)]
pub struct Other {}

#[derive(serde::Serialize)]
pub struct NewDeal {}

fn main() {
    let _ = (Deal::get(1), Deal::update(1, &NewDeal {}), Deal::create(&NewDeal {}));
    let _ = (Deal::delete(1), Lead::list(&"new"), Other::file("a/b"));
    let _ = Other::add(&NewDeal {});
}

use truto_core::endpoint;

#[endpoint(method = "GET", path = "/Unified/crm/deals")]
#[endpoint(method = "GET", path = "/unifed/crm/deals/<id>")]
#[endpoint(method = "DELETE", path = "/Proxy/deals/<id>")]
#[endpoint(method = "POST", path = "/porxy/deals")]
#[endpoint(method = "PATCH", path = "/api/v1/proxy/deals/<id>")]
#[endpoint(method = "POST", path = "/api/unified/crm/deals/merge")]
#[derive(serde::Deserialize)]
struct Deal {}

fn main() {
    let _ = (Deal::list(), Deal::get("1"), Deal::delete("1"), Deal::create());
    let _ = (Deal::update("1"), Deal::merge());
}

use truto_core::unified_endpoint;

#[unified_endpoint(method = "GET", path = "/unified/crm/deals/<id>")]
#[unified_endpoint(method = "GET", path = "/unified/crm/deals")]
#[unified_endpoint(method = "POST", path = "/unified/crm/deals", body = Deal)]
#[unified_endpoint(method = "POST", path = "/unified/crm/deals/<a>/move", name = "shift", response = Self)]
#[derive(serde::Deserialize, serde::Serialize)]
pub struct Deal {}

fn main() {
    let _ = Deal::get();
    let _ = Deal::list(1);
    let _ = Deal::create();
    let _ = Deal::shift(1, 2);
}

use truto_core::{Page, unified_endpoint};

#[unified_endpoint(method = "GET", path = "/unified/crm/deals/<id>", response = Result<Self, truto_core::Error>)]
#[unified_endpoint(method = "GET", path = "/unified/crm/deals", response = std::result::Result<Page<Self>, truto_core::Error>)]
#[derive(serde::Deserialize)]
pub struct Deal {}

fn main() {
    let _: truto_core::Request<Deal> = Deal::get("1");
    let _: truto_core::Request<Page<Deal>> = Deal::list();
}

// As in Google's APIs.
use truto_core::unified_endpoint;

#[unified_endpoint(method = "POST", path = "/unified/crm/deals:search", response = Self)]
#[unified_endpoint(method = "POST", path = "/unified/crm/deals/{id}:archive", response = Self)]
#[unified_endpoint(method = "GET", path = "/unified/crm/deals:dealId")]
#[derive(serde::Deserialize)]
pub struct Deal {
    pub id: String,
}

fn main() {
    let _ = (Deal::search(), Deal::archive(), Deal::get(1));
}

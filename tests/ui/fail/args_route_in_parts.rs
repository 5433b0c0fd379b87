// As Truto's other SDKs name a route.
use truto_core::{endpoint, unified_endpoint};

#[unified_endpoint(unified_model = "crm", resource = "deals", method = "list")]
#[unified_endpoint(method = "DELETE", model = "crm", resource = "deals")]
#[unified_endpoint(method = "GET", path = "/unified/crm/deals/<id>", resource = "deals")]
#[derive(serde::Deserialize)]
pub struct Deal {}

#[unified_endpoint("crm", "contacts", "create")]
#[derive(serde::Deserialize)]
pub struct Contact {}

#[endpoint(method = "GET", resource = "tickets")]
#[derive(serde::Deserialize)]
pub struct Ticket {}

fn main() {
    let _ = (Deal::list(), Deal::delete(1), Deal::get(1));
    let _ = (Contact::create(), Ticket::list());
}

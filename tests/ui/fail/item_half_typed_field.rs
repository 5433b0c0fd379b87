use truto_core::unified_endpoint;

#[unified_endpoint(method = "GET", path = "/unified/crm/deals")]
#[derive(serde::Deserialize)]
pub struct Deal {
    pub id: String,
    pub na
}

fn main() {
    let _ = Deal::list();
}

use truto_core::{Request, unified_endpoint};

#[unified_endpoint(method = "GET", path = "/unified/crm/deals", response = 'Deal')]
#[derive(serde::Deserialize)]
pub struct Deal {}

fn main() {
    let _: Request<Deal> = Deal::list();
}

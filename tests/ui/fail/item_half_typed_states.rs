use serde::Deserialize;
use truto_core::{Account, unified_endpoint};

#[unified_endpoint(method = "GET", path = "/unified/crm/deals")]
#[derive(Deserialize)]
pub struct NoType {
    pub na:
}

#[unified_endpoint(method = "GET", path = "/unified/crm/deals")]
#[derive(Deserialize)]
pub struct NoTypeBeforeComma {
    pub na: ,
}

#[unified_endpoint(method = "GET", path = "/unified/crm/deals")]
#[derive(Deserialize)]
pub struct OpenBracket {
    pub na: Vec<
}

#[unified_endpoint(method = "GET", path = "/unified/crm/deals")]
#[derive(Deserialize)]
pub struct Reference {
    pub na: &
}

#[unified_endpoint(method = "GET", path = "/unified/crm/deals")]
#[derive(Deserialize)]
pub struct NoComma<T> {
    pub na: T
    pub id: String,
}

#[unified_endpoint(method = "GET", path = "/unified/crm/deals")]
#[derive(Deserialize)]
pub struct Keyword {
    pub type: String,
}

#[unified_endpoint(method = "GET", path = "/unified/crm/deals")]
#[derive(Deserialize)]
pub struct VisibilityAlone {
    pub
}

#[unified_endpoint(method = "GET", path = "/unified/crm/deals")]
#[rust_analyzer::route(method = "GET", path = "/unified/crm/leads", name = "leads")]
#[derive(Deserialize)]
pub struct AboveAnother {
    pub na:
}

async fn calls(account: &Account) {
    let _ = NoType::list().send(account).await;
    let _ = NoTypeBeforeComma::list().send(account).await;
    let _ = OpenBracket::list().send(account).await;
    let _ = Reference::list().send(account).await;
    let _ = NoComma::<u8>::list().send(account).await;
    let _ = Keyword::list().send(account).await;
    let _ = VisibilityAlone::list().send(account).await;
    let _ = AboveAnother::list().send(account).await;
}

fn main() {}

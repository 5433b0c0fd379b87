use truto_core::{endpoint, unified_endpoint};

#[unified_endpoint(method = "GET", path = "/unified/crm/deals/<id>:archive")]
#[derive(serde::Deserialize)]
pub struct A {}

#[unified_endpoint(method = "GET", path = "/unified/crm/deals/{id}.json")]
#[derive(serde::Deserialize)]
pub struct B {}

#[endpoint(method = "GET", path = "/proxy/deals/{id}.json", name = "find", response = Self)]
#[derive(serde::Deserialize)]
pub struct C {}

#[endpoint(method = "GET", path = "/proxy/deals/deal-{id}")]
#[derive(serde::Deserialize)]
pub struct D {}

#[endpoint(method = "GET", path = "/proxy/deals/{owner}-{id}")]
#[derive(serde::Deserialize)]
pub struct E {}

#[unified_endpoint(method = "GET", path = "/unified/crm/deals.json")]
#[derive(serde::Deserialize)]
pub struct F {}

fn main() {
    let _ = (A::get(1), B::get(1), C::find(1), D::get(1), E::get(1), F::list());
}

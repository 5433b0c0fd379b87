use truto_core::{endpoint, unified_endpoint};

#[endpoint(method = "GET", path = "/custom/{a}/{b}", name = "find", response = Self)]
#[derive(serde::Deserialize)]
pub struct A {}

#[unified_endpoint(method = "GET", path = "unified/crm/deals/:id?expand=a")]
#[derive(serde::Deserialize)]
pub struct B {}

#[unified_endpoint(method = "GET", path = "/unified/crm/deals/~id")]
#[derive(serde::Deserialize)]
pub struct C {}

#[unified_endpoint(method = "GET", path = "/unified/crm/deals/won deals/")]
#[derive(serde::Deserialize)]
pub struct D {}

fn main() {
    let _ = (A::find(1, 2), B::get(1), C::get(1));
}

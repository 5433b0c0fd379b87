use truto_core::unified_endpoint;

#[unified_endpoint("/unified/crm/deals", method("GET"))]
#[derive(serde::Deserialize)]
pub struct A {}

#[unified_endpoint(method: "GET", "/unified/crm/contacts")]
#[derive(serde::Deserialize)]
pub struct B {}

#[unified_endpoint("/unified/crm/notes")]
#[derive(serde::Deserialize)]
pub struct C {}

#[unified_endpoint("/unified/crm/tasks", body = D)]
#[derive(serde::Deserialize, serde::Serialize)]
pub struct D {}

fn main() {
    let _ = (A::list(), B::list(), C::list());
}

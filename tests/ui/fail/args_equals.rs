use truto_core::unified_endpoint;

// rustc also reports this form of the outermost attribute.
#[unified_endpoint = "/unified/crm/deals"]
#[derive(serde::Deserialize)]
pub struct A {}

#[unified_endpoint(method = "GET", path = "/unified/crm/deals/<id>")]
#[unified_endpoint = "/unified/crm/deals"]
#[derive(serde::Deserialize)]
pub struct B {}

fn main() {
    let _ = (A::list(), B::list(), B::get(1));
}

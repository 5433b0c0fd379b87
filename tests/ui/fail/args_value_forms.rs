use truto_core::unified_endpoint;

#[unified_endpoint(url = "/unified/crm/deals", method = "GET")]
#[derive(serde::Deserialize)]
pub struct A {}

#[unified_endpoint(path: "/unified/crm/deals", method = "GET")]
#[derive(serde::Deserialize)]
pub struct B {}

#[unified_endpoint(path("/unified/crm/deals"), method = "GET")]
#[derive(serde::Deserialize)]
pub struct C {}

#[unified_endpoint(path = ("/unified/crm/deals"), method = "GET")]
#[derive(serde::Deserialize)]
pub struct D {}

#[unified_endpoint(path = b"/unified/crm/deals", method = "GET")]
#[derive(serde::Deserialize)]
pub struct E {}

#[unified_endpoint(path = String::from("/unified/crm/deals"), method = "GET")]
#[derive(serde::Deserialize)]
pub struct F {}

#[unified_endpoint(path = /unified/crm/deals/<id>, method = "GET")]
#[derive(serde::Deserialize)]
pub struct G {}

#[unified_endpoint(path = "/unified/" + "crm/deals", method = "GET")]
#[derive(serde::Deserialize)]
pub struct H {}

#[unified_endpoint(path = "/unified/crm/deals", method = Method::DELETE, name = "delete_all", response = ())]
#[derive(serde::Deserialize)]
pub struct I {}

#[unified_endpoint(path = USERS, method = "GET")]
#[derive(serde::Deserialize)]
pub struct J {}

#[unified_endpoint(path = concat!("/unified/crm", "/deals"), method = "GET")]
#[derive(serde::Deserialize)]
pub struct K {}

fn main() {}

use truto_core::{unified_endpoint, unified_endpoint as route};

#[route(method = "GET", path = "/unified/m/r")]
#[route(method = "GET", path = "/unified/m/s")]
#[derive(serde::Deserialize)]
pub struct SameName {}

#[unified_endpoint(method = "GET", path = "/unified/m/r")]
#[route(method = "GET", path = "/unified/m/s", nam = "find")]
#[derive(serde::Deserialize)]
pub struct UnknownKey {}

#[route(method = "GETS", path = "/unified/m/r")]
#[route(method = "GET", path = "/unified/m/s", name = "find")]
#[derive(serde::Deserialize)]
pub struct WrongMethod {}

#[route(method = "GET", path = "/unified/m/r", crate = core)]
#[route(method = "GET", path = "/unified/m/s", name = "find")]
#[derive(serde::Deserialize)]
pub struct OtherCrate {}

#[route(method = "GET", path = "/unified/m/r")]
#[route(method = "GET", path = "/unified/m/s", name = "find")]
pub enum Enum {}

async fn calls(account: &truto_core::Account) {
    let _ = (UnknownKey::list().send(account).await, UnknownKey::find().send(account).await);
    let _ = (WrongMethod::list().send(account).await, WrongMethod::find().send(account).await);
    let _ = (OtherCrate::list(), OtherCrate::find(), Enum::list(), Enum::find());
}

fn main() {}

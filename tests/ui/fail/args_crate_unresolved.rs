use truto_core::unified_endpoint;

use serde as other;

#[unified_endpoint(method = "GET", path = "/unified/m/r", crate = core)]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>", crate = core)]
#[derive(serde::Deserialize)]
pub struct User {}

#[unified_endpoint(method = "GET", path = "/unified/m/r", query = Query, crate = other::de)]
#[derive(serde::Deserialize)]
pub struct Group {}

#[unified_endpoint(method = "DELETE", path = "/unified/m/r/<id>", crate = "missing::truto_core")]
#[derive(serde::Deserialize)]
pub struct Role {}

#[unified_endpoint(method = "GET", path = "/unified/m/r", crate = crate)]
#[derive(serde::Deserialize)]
pub struct Team {}

#[derive(serde::Serialize)]
pub struct Query;

async fn calls(account: &truto_core::Account) {
    let _ = User::get("1").send(account).await;
    let _ = Group::list(&Query).send(account).await;
    let _ = Role::delete("1").send(account).await;
    let _ = Team::list().send(account).await;
}

fn main() {}

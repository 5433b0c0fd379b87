#![deny(unused_must_use)]

use truto_core::unified_endpoint;

#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>")]
#[derive(serde::Deserialize)]
pub struct User {
    pub id: String,
}

async fn calls(client: &truto_core::Client, account: &truto_core::Account) {
    User::get("1");
    User::get("1").send(account);
    let _ = client;
}

fn main() {}

use serde::Deserialize;
use truto_core::{Account, unified_endpoint};

#[unified_endpoint(method = "GET", path = "/unified/m/r")]
#[derive(Debug, Deserialize)]
pub struct User {
    pub id: &'static str,
    #[serde(default, rename = "n")]
    pub names: Option<&'static str>,
    #[serde(borrow)]
    bytes: &'static [u8],
}

#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>")]
#[derive(Deserialize)]
pub struct Pair(pub std::collections::HashMap<String, &'static str>, pub u8);

async fn calls(account: &Account) {
    let users = User::list().all(account).await;
    let _: Vec<&'static str> = users.unwrap().iter().map(|user| user.id).collect();
    let _ = Pair::get("1").send(account).await.unwrap();
}

fn main() {}

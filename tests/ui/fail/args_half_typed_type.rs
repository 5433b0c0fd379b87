use truto_core::{Account, unified_endpoint};

// The functions accept any argument, so that calls stay without errors.
#[unified_endpoint(method = "GET", path = "/unified/m/r", query = )]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>", query = &)]
#[unified_endpoint(method = "POST", path = "/unified/m/r", body = Vec<)]
#[unified_endpoint(method = "PATCH", path = "/unified/m/r/<id>", query, body = std::collections::HashMap<String,)]
#[derive(serde::Deserialize)]
pub struct User {}

async fn calls(account: &Account, new: &[u8]) {
    let _ = (User::list(&()).send(account).await, User::get(1, new).send(account).await);
    let _ = (User::create(new).send(account).await, User::update(1, &2, new).send(account).await);
    lists::<User>();
}

fn lists<T: truto_core::resource::List>() {}

fn main() {}

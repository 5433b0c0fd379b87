use truto_core::endpoint;

#[endpoint(method = "GET", path = "/proxy/a")]
#[endpoint(method = "GET", path = "/proxy/b", nam = "find")]
#[derive(serde::Deserialize)]
pub struct UnknownKey {}

#[endpoint(method = "GET", path = "/proxy/a/<id>")]
#[endpoint(method = "GET", path = "/prox/b/<id>", name = "find")]
#[derive(serde::Deserialize)]
pub struct WrongPath {}

async fn calls(account: &truto_core::Account) {
    let _ = (UnknownKey::list().send(account).await, UnknownKey::find().send(account).await);
    let _ = (WrongPath::get(1).send(account).await, WrongPath::find(1).send(account).await);
}

fn main() {}

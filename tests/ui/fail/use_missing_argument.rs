use truto_core::unified_endpoint;

#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>")]
#[derive(serde::Deserialize)]
pub struct User {
    pub id: String,
}

async fn calls(client: &truto_core::Client, account: &truto_core::Account) {
    let _ = User::get().send(account).await;
    let _ = client;
}

fn main() {}

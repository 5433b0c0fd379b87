use truto_core::unified_endpoint;

#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>")]
#[derive(serde::Deserialize)]
pub struct User {
    pub id: String,
}

async fn calls(account: &truto_core::Account) -> Result<User, truto_core::Error> {
    User::get("1").send(account)
}

fn main() {}

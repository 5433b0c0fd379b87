use truto_core::{Account, unified_endpoint};

#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>")]
pub struct Record<T> {
    pub value: T,
}

async fn read(account: &Account) {
    let _ = Record::<String>::get("1").send(account).await;
}

fn main() {
    let _ = read;
}

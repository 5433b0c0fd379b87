use truto_core::{RemoteData, unified_endpoint};

#[unified_endpoint(method = "GET", path = "/unified/m/r/{id}")]
#[unified_endpoint(method = "delete", path = "/unified/m/r/<id>")]
#[unified_endpoint(method = "PATCH", path = "/unified/m/r/<id", body = "RemoteData")]
#[unified_endpoint(method = "POST" path = "/unified/m/r", body = RemoteData)]
#[unified_endpoint(method = "GET", url = "/unified/m/r", headers = 1)]
#[unified_endpoint(post = "/unified/m/r/archive")]
#[unified_endpoint(method = "POST", path = "/unified/m/r/merge", name = "mergeAll", safe = false)]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>/x", name = "x", response = RemoteData, body = RemoteData)]
#[unified_endpoint(method = "POST", path = "/unified/m/r/..")]
#[derive(serde::Deserialize)]
pub struct User {
    pub id: String,
}

// The functions exist, so that calls have no errors of their own.
fn main() {
    let body = RemoteData::from(serde_json::Value::Null);
    let _ = User::get("1");
    let _ = User::delete("1");
    let _ = User::update("1", &body);
    let _ = User::create(&body);
    let _ = User::list().limit(1);
    let _ = User::archive();
    let _ = User::merge_all();
    let _ = User::x("1", &body);
}

use truto_core::unified_endpoint;

#[unified_endpoint(method = "PUT", path = "/unified/m/{id}")]
#[unified_endpoint(metod = "GET", path = "/unified/m/r")]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>", body = User)]
#[unified_endpoint(method = "DELETE", path = "/unified/m/r/<id>")]
#[derive(serde::Deserialize)]
pub struct User {
    pub id: String,
}

fn main() {
    // The struct and the sound endpoint are still there.
    let _ = User::delete("1");
    let _: fn(User) -> String = |user| user.id;
}

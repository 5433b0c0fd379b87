// Once, on the struct, whose word the offered fix changes.
#![deny(unreachable_pub)]

mod users {
    use truto_core::unified_endpoint;

    #[unified_endpoint(method = "GET", path = "/unified/m/r")]
    #[unified_endpoint(method = "GET", path = "/unified/m/r/<id>")]
    #[derive(serde::Deserialize)]
    pub struct User;
}

fn main() {
    let _ = (users::User::list(), users::User::get("1"));
}

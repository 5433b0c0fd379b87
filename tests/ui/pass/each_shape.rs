use truto_core::{Deleted, Page, Request, unified_endpoint};

#[unified_endpoint(method = "GET", path = "/unified/e-signature/users")]
#[unified_endpoint(method = "GET", path = "/unified/e-signature/users/<id>")]
#[unified_endpoint(method = "POST", path = "/unified/e-signature/users", body = NewUser)]
#[unified_endpoint(method = "PATCH", path = "/unified/e-signature/users/<id>", body = NewUser)]
#[unified_endpoint(method = "DELETE", path = "/unified/e-signature/users/<id>")]
#[unified_endpoint(method = "POST", path = "/unified/e-signature/users/move-stage")]
#[derive(serde::Deserialize)]
pub struct User {
    pub id: String,
}

#[derive(serde::Serialize)]
pub struct NewUser {
    pub name: String,
}

#[test]
fn compiles() {
    let body = NewUser { name: "n".into() };
    let _: Request<Page<User>> = User::list();
    let _: Request<User> = User::get(7);
    let _: Request<User> = User::create(&body);
    let _: Request<User> = User::update("x", &body);
    let _: Request<Deleted<User>> = User::delete(String::from("x"));
    let _: Request<User> = User::move_stage();
}

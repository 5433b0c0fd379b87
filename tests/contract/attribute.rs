//! The attributes: their keys, the derived functions and what they return.

use serde::{Deserialize, Serialize};
use truto_core::{Deleted, Page, RemoteData, Request, Upload, endpoint as plain, unified_endpoint};

#[unified_endpoint(method = "GET", path = "/unified/e-signature/users", query = ListUsers)]
#[unified_endpoint(method = "GET", path = "/unified/e-signature/users/<id>")]
#[unified_endpoint(method = "POST", path = "/unified/e-signature/users", body = NewUser)]
#[unified_endpoint(method = "PATCH", path = "/unified/e-signature/users/<id>", body = NewUser, doc = "Changes a user.")]
#[unified_endpoint(method = "DELETE", path = "/unified/e-signature/users/<id>")]
#[unified_endpoint(method = "POST", path = "/unified/e-signature/users/send-invite", body = NewUser)]
#[unified_endpoint(method = "POST", path = "/unified/e-signature/users/search", query = ListUsers, response = Page<User>, safe = true)]
#[unified_endpoint(method = "POST", path = "/unified/e-signature/users/<id>/avatar", name = "set_avatar", body = Upload, response = RemoteData)]
#[unified_endpoint(method = "GET", path = "/unified/e-signature/users/<id>/files/<file>", name = "file", response = (), crate = truto_core)]
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
}

#[derive(Debug, Default, Serialize)]
pub(crate) struct ListUsers {
    pub(crate) status: Option<String>,
}

#[derive(Debug, Default, Serialize)]
pub(crate) struct NewUser {
    pub(crate) name: String,
}

/// Tuple structs, unit structs and type parameters are allowed.
#[unified_endpoint(method = "GET", path = "/unified/m/wrapped/<id>")]
#[derive(Debug, Deserialize)]
struct Wrapped(RemoteData);

#[unified_endpoint(method = "DELETE", path = "/unified/m/nothing/<id>")]
#[derive(Debug, Deserialize)]
struct Nothing;

#[unified_endpoint(method = "GET", path = "/unified/m/generic/<id>")]
#[derive(Debug, Deserialize)]
struct Generic<T> {
    value: T,
}

#[plain(method = "GET", path = "/proxy/Contact")]
#[plain(method = "GET", path = "/proxy/Contact/<id>")]
#[plain(method = "DELETE", path = "/proxy/Contact/<id>")]
#[plain(method = "PUT", path = "/custom/contacts/<id>", name = "replace", body = NewUser, response = Contact)]
#[plain(method = "GET", path = "/integrated-account/<id>", name = "account", response = RemoteData)]
#[derive(Debug, Deserialize)]
struct Contact {
    id: String,
}

fn functions_return_what_their_shape_says() {
    let query = ListUsers::default();
    let body = NewUser::default();
    let _: Request<Page<User>> = User::list(&query);
    let _: Request<User> = User::get("1");
    let _: Request<User> = User::get(1);
    let _: Request<User> = User::create(&body);
    let _: Request<User> = User::update("1", &body);
    let _: Request<Deleted<User>> = User::delete("1");
    let _: Request<User> = User::send_invite(&body);
    let _: Request<Page<User>> = User::search(&query);
    let _: Request<RemoteData> = User::set_avatar("1", &Upload::bytes("image/png", "…"));
    let _: Request<()> = User::file("1", 2);
    let _: Request<Wrapped> = Wrapped::get("1");
    let _: Request<Deleted<Nothing>> = Nothing::delete("1");
    let _: Request<Generic<u8>> = Generic::<u8>::get("1");
    let _: Request<Page<Contact>> = Contact::list();
    let _: Request<Contact> = Contact::get("1");
    let _: Request<Deleted<Contact>> = Contact::delete("1");
    let _: Request<Contact> = Contact::replace("1", &body);
    let _: Request<RemoteData> = Contact::account("1");
}

#[test]
fn requests_are_values() {
    let request = User::list(&ListUsers { status: Some("active".into()) });
    assert_eq!(request.path(), "/unified/e-signature/users");
    assert_eq!(request.query_string(), "status=active");
    assert_eq!(User::get("a/b").path(), "/unified/e-signature/users/a%2Fb");
    assert_eq!(User::file(1, "x").path(), "/unified/e-signature/users/1/files/x");
    functions_return_what_their_shape_says();
}

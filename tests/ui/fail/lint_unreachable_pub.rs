// Once, on the struct, whose word the offered fix changes.
#![deny(unreachable_pub)]

mod users {
    use truto_core::unified_endpoint;

    #[unified_endpoint(method = "GET", path = "/unified/m/r", query = Query<'_>)]
    #[unified_endpoint(method = "GET", path = "/unified/m/r/<id>")]
    #[unified_endpoint(method = "POST", path = "/unified/m/r", query = Query<'_>, body = Private)]
    #[unified_endpoint(method = "POST", path = "/unified/m/r/find", body = [u8], response = Vec<Private>)]
    #[derive(serde::Deserialize)]
    pub struct User;

    #[derive(serde::Serialize)]
    pub(crate) struct Query<'a>(pub(crate) [(&'a str, u8); 1]);

    #[derive(serde::Serialize, serde::Deserialize)]
    pub(crate) struct Private;

    pub(crate) fn create() {
        let _ = (User::create(&Query([("a", 1)]), &Private), User::find(&[]));
    }
}

fn main() {
    let _ = (users::User::list(&users::Query([("a", 1)])), users::User::get("1"));
    users::create();
}

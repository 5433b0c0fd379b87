use truto_core::unified_endpoint;

macro_rules! resource {
    ($name:ident, $path:literal, $query:ty) => {
        #[unified_endpoint(method = "GET", path = $path, query = $query)]
        #[derive(serde::Deserialize)]
        pub struct $name {}
    };
}

#[derive(serde::Serialize)]
pub struct Query {}

resource!(User, "/unified/m/users", Query);

#[test]
fn compiles() {
    #[unified_endpoint(method = "GET", path = "/unified/m/r/<id>")]
    #[derive(serde::Deserialize)]
    struct Local {}
    let _ = Local::get("1");
    let _ = User::list(&Query {});
}

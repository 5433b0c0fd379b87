use truto_core::unified_endpoint;

#[unified_endpoint(method = "GET", path = "/unified/<model>/<resource>/{id}")]
#[unified_endpoint(method = "POST" path = "/unified/m/r" query = Query body = Query)]
#[unified_endpoint(method = "PATCH", path = "/unified/m/r/<query>/<body>", name = "patch", response = User, query = Query, body = Query)]
#[derive(serde::Deserialize)]
pub struct User {
    pub id: String,
}

#[derive(serde::Serialize)]
pub struct Query {}

fn main() {
    let _ = User::create(&Query {}, &Query {});
    let _ = User::patch("1", "2", &Query {}, &Query {});
}

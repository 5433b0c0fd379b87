use truto_core::unified_endpoint;

#[unified_endpoint(method = "GET", path = "/api/unified/m/r")]
#[unified_endpoint(method = "GET", path = "/v1/unified/m/r/<id>")]
#[unified_endpoint(method = "DELETE", path = "/crm/contacts/<id>")]
#[derive(serde::Deserialize)]
struct User {}

fn main() {
    let _ = (User::list(), User::get("1"), User::delete("1"));
}

use truto_core::unified_endpoint;

// The bound is shown at the path of the endpoint that is called, not at the outermost one.
#[unified_endpoint(method = "GET", path = "/unified/m/r")]
#[unified_endpoint(method = "DELETE", path = "/unified/m/r/<id>")]
#[derive(serde::Deserialize)]
pub struct User {}

fn main() {
    let _ = User::delete(Some("1"));
}

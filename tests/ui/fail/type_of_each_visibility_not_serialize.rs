use truto_core::unified_endpoint;

#[unified_endpoint(method = "GET", path = "/unified/m/r", query = Query)]
#[unified_endpoint(method = "POST", path = "/unified/m/r", query = Query, body = Body)]
#[derive(serde::Deserialize)]
pub struct User {}

#[unified_endpoint(method = "GET", path = "/unified/m/r", query = Query)]
#[unified_endpoint(method = "POST", path = "/unified/m/r", query = Query, body = Body)]
#[derive(serde::Deserialize)]
struct Private {}

pub struct Query;
pub struct Body;

// Callers add no error.
pub fn calls() {
    let _ = (User::list(&Query), User::create(&Query, &Body));
    let _ = (Private::list(&Query), Private::create(&Query, &Body));
}

fn main() {}

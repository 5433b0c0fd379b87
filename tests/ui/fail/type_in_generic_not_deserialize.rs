use truto_core::unified_endpoint;

// Only the type that is known here can be checked here.
#[unified_endpoint(method = "GET", path = "/unified/m/r")]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>/parts", name = "parts", response = Vec<Part>)]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>/all", name = "all", response = Vec<T>)]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>/own", name = "own", response = Vec<Self>)]
#[derive(serde::Deserialize)]
pub struct Record<T> {
    pub value: T,
}

pub struct Part;

fn main() {}

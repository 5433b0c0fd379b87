use truto_core::resource::List;
use truto_core::unified_endpoint;

#[unified_endpoint(method = "GET", path = "/unified/m/r", query = Query)]
#[derive(serde::Deserialize)]
struct Private {}

#[unified_endpoint(method = "GET", path = "/unified/m/r", query = Query)]
#[derive(serde::Deserialize)]
pub struct Public {}

#[derive(serde::Serialize)]
pub struct Query {}

fn list<T: List<Query = ()>>() {}

fn main() {
    list::<Private>();
    list::<Public>();
}

use truto_core::unified_endpoint;

#[unified_endpoint(method = "GET", path = "/unified/m/r{?limit,cursor}")]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>{?expand*}")]
#[unified_endpoint(method = "PATCH", path = "/unified/m/r/{id}{&expand}")]
#[unified_endpoint(method = "DELETE", path = "/unified/m/r{/id}")]
#[derive(serde::Deserialize)]
pub struct Record {}

fn main() {
    let _ = (Record::list(), Record::get("1"), Record::update("1"), Record::delete("1"));
}

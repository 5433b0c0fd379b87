use truto_core::unified_endpoint;

#[unified_endpoint(method = r"GET", path = r#"/unified/m/r/<id>"#)]
#[derive(serde::Deserialize)]
pub struct Record {}

impl Record {
    pub fn list() {}
}

#[test]
fn compiles() {
    let _ = Record::get("1");
    Record::list();
}

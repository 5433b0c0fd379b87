use truto_core::unified_endpoint;

#[unified_endpoint(
    method = "POST",
    path = "/unified/m/r/<query_id>",
    name = "find",
    response = Self,
    query = std::collections::BTreeMap<String, Vec<(u8, u8)>>,
    body = [u8]
)]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<body>")]
#[derive(serde::Deserialize)]
pub struct Record {}

// Lifetimes that are left out, as in the parameters of a function.
#[unified_endpoint(method = "GET", path = "/unified/m/r", query = [(&str, &str)])]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>", query = Borrowed<'_>)]
#[unified_endpoint(method = "POST", path = "/unified/m/r", body = &str)]
#[unified_endpoint(method = "PATCH", path = "/unified/m/r/<id>", body = Vec<&'static str>)]
#[derive(serde::Deserialize)]
pub struct Brief {}

#[derive(serde::Serialize)]
pub struct Borrowed<'a> {
    pub expand: &'a str,
}

#[test]
fn compiles() {
    let query = std::collections::BTreeMap::new();
    let _ = Record::find("x", &query, &[1, 2]);
    let _ = Record::get("x");
    let text = String::from("x");
    let _ = (Brief::list(&[("a", &text)]), Brief::create(&&*text), Brief::update("x", &vec!["y"]));
    let _ = Brief::get("x", &Borrowed { expand: &text });
    let _ = <Brief as truto_core::resource::Get>::get(&"x", &Borrowed { expand: "y" });
}

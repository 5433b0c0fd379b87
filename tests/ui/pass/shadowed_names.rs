#![allow(dead_code, non_camel_case_types)]

use truto_core::unified_endpoint;

pub struct Result;
pub struct Option;
pub struct String;
pub struct Request;
pub struct Endpoint;
pub mod core {}
pub mod std {}

#[unified_endpoint(method = "GET", path = "/unified/m/r/<endpoint>")]
#[derive(serde::Deserialize)]
pub struct Record {}

#[test]
fn compiles() {
    let _ = Record::get("1");
}

/// Types that are named like the parts of the traits over resources.
pub mod parts_of_traits {
    #[::truto_core::unified_endpoint(method = "GET", path = "/unified/m/r", query = Body)]
    #[::truto_core::unified_endpoint(method = "POST", path = "/unified/m/r", query = Body, body = Declaration)]
    #[derive(::serde::Deserialize)]
    pub struct Query {}

    #[derive(::serde::Serialize)]
    pub struct Body {}

    #[derive(::serde::Serialize)]
    pub struct Declaration {}

    #[test]
    fn compiles() {
        let _ = Query::list(&Body {});
        let _ = Query::create(&Body {}, &Declaration {});
    }
}

#![forbid(
    unreachable_pub,
    unused_imports,
    private_interfaces,
    dead_code,
    missing_docs,
    unsafe_code
)]
#![deny(warnings, clippy::all, clippy::pedantic)]
//! No lint is allowed in generated code that a user may forbid.

use truto_core::{endpoint, unified_endpoint};

/// A record.
#[unified_endpoint(method = "GET", path = "/unified/m/r")]
#[unified_endpoint(method = "POST", path = "/unified/m/r", query = Small, body = Small)]
#[unified_endpoint(method = "POST", path = "/unified/m/r/new")]
#[unified_endpoint(method = "POST", path = "/unified/m/r/default")]
#[unified_endpoint(method = "POST", path = "/unified/m/r/from", name = "from_str", body = Small, response = u8)]
#[endpoint(method = "GET", path = "/proxy/r/<id>")]
#[derive(serde::Deserialize)]
pub struct Record {}

/// A query and body that could be passed by value.
#[derive(Clone, Copy, serde::Serialize)]
pub struct Small {
    /// A flag.
    pub flag: bool,
}

#[unified_endpoint(method = "GET", path = "/unified/m/r", query = Small)]
#[unified_endpoint(method = "POST", path = "/unified/m/r/new", body = Small, response = u8)]
#[unified_endpoint(method = "POST", path = "/unified/m/r/default", body = Small)]
#[derive(serde::Deserialize)]
struct Private {}

/// A function is named like its struct.
#[unified_endpoint(method = "GET", path = "/unified/m/lists")]
#[unified_endpoint(method = "GET", path = "/unified/m/lists/<id>")]
#[derive(serde::Deserialize)]
pub struct List {}

#[test]
fn compiles() {
    let _ = (List::list(), List::get("1"));
    let small = Small { flag: true };
    let _ = (Record::list(), Record::create(&small, &small), Record::new(), Record::default());
    let _ = (Record::from_str(&small), Record::get("1"));
    let _ = (Private::list(&small), Private::new(&small), Private::default(&small));
}

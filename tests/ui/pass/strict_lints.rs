#![deny(warnings, missing_docs, clippy::pedantic, unused_qualifications, unreachable_pub)]
#![forbid(unsafe_code)]
//! Generated code raises no lint.

use truto_core::unified_endpoint;

/// A record.
#[unified_endpoint(method = "GET", path = "/unified/m/r", query = Query)]
#[unified_endpoint(method = "POST", path = "/unified/m/r", body = Query)]
#[unified_endpoint(method = "DELETE", path = "/unified/m/r/<userId>")]
#[derive(serde::Deserialize)]
pub struct Record {
    /// The id.
    pub id: String,
}

/// A query.
#[derive(serde::Serialize)]
pub struct Query {
    /// The status.
    pub status: Option<String>,
}

#[test]
fn compiles() {
    let _ = Record::list(&Query { status: None });
    let _ = Record::create(&Query { status: None });
    let _ = Record::delete("1");
}

//! The record, the account and the bytes that the tests share.

use std::io::Write as _;

use serde::{Deserialize, Serialize};
use truto_core::unified_endpoint;

/// The account of all tests on the wire.
pub const ACCOUNT_ID: &str = "62f44730-dd91-461e-bd6a-aedd9e0ad79d";

/// A record with the five standard endpoints.
#[unified_endpoint(method = "GET", path = "/unified/m/r")]
#[unified_endpoint(method = "GET", path = "/unified/m/r/<id>")]
#[unified_endpoint(method = "POST", path = "/unified/m/r", body = Body)]
#[unified_endpoint(method = "PATCH", path = "/unified/m/r/<id>", body = Body)]
#[unified_endpoint(method = "DELETE", path = "/unified/m/r/<id>")]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Record {
    /// Its id.
    pub id: String,
}

/// The body of a write.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Body {
    /// Any number.
    pub a: u8,
}

/// A body.
pub const BODY: Body = Body { a: 1 };

/// A body that decodes both as a record and as a page, for every endpoint of [`Record`].
pub const OK: &str = r#"{"id":"1","result":[{"id":"1"}]}"#;

/// The key of a write, in a request as the server received it.
#[must_use]
pub fn idempotency_key(request: &str) -> Option<&str> {
    request.lines().find_map(|line| line.strip_prefix("idempotency-key: "))
}

/// The bytes as gzip.
///
/// # Panics
///
/// Never: memory takes all bytes.
#[must_use]
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

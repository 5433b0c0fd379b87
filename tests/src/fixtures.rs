//! The record, the accounts, the runtimes and the bytes that the tests share.

use std::io::Write as _;

use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use truto_core::{Account, ClientBuilder, unified_endpoint};

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

/// The account that the token of a client with these settings identifies.
///
/// # Panics
///
/// If the settings are refused.
#[must_use]
pub fn token_account(builder: ClientBuilder) -> Account {
    builder.build().expect("a client").token_account()
}

/// A runtime that makes progress only within its `block_on`.
///
/// # Panics
///
/// If the system has no resources for it.
#[must_use]
pub fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// A listener on a loopback port, and its address as `host:port`.
///
/// # Panics
///
/// If no port can be opened.
pub async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    (listener, address)
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

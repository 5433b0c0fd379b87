//! What the examples in this crate's documentation share. Hidden, outside semver.

use std::io;

use serde_json::json;

use crate::sandbox::Sandbox;
use crate::{Account, unified_endpoint};

/// A user of the e-signature model.
#[unified_endpoint(method = "GET", path = "/unified/e-signature/users", crate = crate)]
#[unified_endpoint(method = "GET", path = "/unified/e-signature/users/<id>", crate = crate)]
#[unified_endpoint(method = "DELETE", path = "/unified/e-signature/users/<id>", crate = crate)]
#[derive(Debug, serde::Deserialize)]
pub struct User {
    pub id: String,
}

/// A sandbox with the users, and the contacts, `a`, `b` and `c`.
///
/// # Errors
///
/// If it cannot start.
pub async fn sandbox() -> io::Result<(Sandbox, Account)> {
    Ok(filled(Sandbox::start().await?))
}

/// The same for callers without a runtime.
///
/// # Errors
///
/// If it cannot start.
pub fn sandbox_blocking() -> io::Result<(Sandbox, Account)> {
    Ok(filled(Sandbox::start_blocking()?))
}

fn filled(sandbox: Sandbox) -> (Sandbox, Account) {
    for id in ["a", "b", "c"] {
        sandbox.insert("e-signature", "users", json!({"id": id}));
        sandbox.insert("crm", "contacts", json!({"id": id}));
    }
    sandbox.on_download("crm", "files", "download", "text/plain", "hello");
    let account = sandbox.account();
    (sandbox, account)
}

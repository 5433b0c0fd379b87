//! Shared by the examples in our documentation. Hidden, not covered by semver.
#![allow(
    missing_docs,
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    clippy::must_use_candidate
)]

use std::error::Error;
use std::fmt::Display;
use std::io;

use serde_json::json;
use truto_core::{Account, Deleted, Page, Request};

use crate::Sandbox;

/// A user of the e-signature model; written without the attribute, which is an optional feature.
#[derive(Debug, serde::Deserialize)]
pub struct User {
    pub id: String,
}

impl User {
    pub fn list() -> Request<Page<Self>> {
        Request::at("GET", "/unified/e-signature/users", &[])
    }

    pub fn get(id: impl Display) -> Request<Self> {
        Request::at("GET", "/unified/e-signature/users/<id>", &[&id])
    }

    pub fn delete(id: impl Display) -> Request<Deleted<Self>> {
        Request::at("DELETE", "/unified/e-signature/users/<id>", &[&id])
    }
}

/// Runs an example on a sandbox with the users, and the contacts, `a`, `b` and `c`.
pub fn run(example: impl AsyncFnOnce(Sandbox, Account) -> Result<(), Box<dyn Error>>) {
    block_on(async {
        let (sandbox, account) = sandbox().await?;
        example(sandbox, account).await
    });
}

/// Runs an example on a sandbox without records.
pub fn run_empty(example: impl AsyncFnOnce(Sandbox) -> Result<(), Box<dyn Error>>) {
    block_on(async { example(Sandbox::start().await?).await });
}

fn block_on(example: impl Future<Output = Result<(), Box<dyn Error>>>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    if let Err(error) = runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(example)) {
        panic!("{error}");
    }
}

/// The sandbox of [`run`].
pub async fn sandbox() -> io::Result<(Sandbox, Account)> {
    Ok(filled(Sandbox::start().await?))
}

/// The same for callers without a runtime.
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

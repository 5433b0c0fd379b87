//! Sandbox accounts: `/sandbox-integrated-account`.
//!
//! See [Truto's API reference](https://truto.one/docs/api-reference/overview/introduction).

use serde::{Deserialize, Serialize};
use truto_core::{Deleted, Id, OrRaw, Page, endpoint};

use crate::IntegratedAccount;

/// A connected account with test data; writes to it get a 405.
#[endpoint(method = "GET", path = "/sandbox-integrated-account", name = "list", response = Page<Self>, doc = "Lists sandbox accounts.")]
#[endpoint(method = "GET", path = "/sandbox-integrated-account/<id>", name = "get", response = Self, doc = "Gets a sandbox account.")]
#[endpoint(method = "POST", path = "/sandbox-integrated-account", name = "create", body = CreateSandboxIntegratedAccount, response = Self, doc = "Creates a sandbox account.")]
#[endpoint(method = "DELETE", path = "/sandbox-integrated-account/<id>", name = "delete", response = Deleted<Self>, doc = "Deletes a sandbox account.")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SandboxIntegratedAccount {
    /// The id of the record.
    pub id: Id,
    /// The account.
    pub integrated_account: Option<OrRaw<Box<IntegratedAccount>>>,
    /// When it was created.
    pub created_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it was last updated.
    pub updated_at: Option<OrRaw<jiff::Timestamp>>,
}

/// The body of [`SandboxIntegratedAccount::create`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CreateSandboxIntegratedAccount {
    /// The account.
    pub id: Id,
}

impl CreateSandboxIntegratedAccount {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(id: impl Into<Id>) -> Self {
        Self { id: id.into() }
    }
}

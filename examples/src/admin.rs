//! Truto's own routes that nearly every program needs, declared like any other.
//!
//! They are an example rather than a part of `truto-core`: Truto publishes no schema of them, so their
//! fields would be frozen in a public API on thin evidence. Copy what you need and add the fields that you
//! use.

use serde::{Deserialize, Serialize};
use truto_core::{Id, OrRaw, Page, RemoteData, endpoint};

/// A connected account of one of your customers; on the API token alone (`client.token_account()`).
#[endpoint(method = "GET", path = "/integrated-account", name = "list", response = Page<Self>)]
#[endpoint(method = "GET", path = "/integrated-account/<id>", name = "get", response = Self)]
#[endpoint(method = "DELETE", path = "/integrated-account/<id>", name = "delete", response = ())]
#[endpoint(
    method = "GET",
    path = "/integrated-account/<id>/capabilities",
    name = "capabilities",
    query = CapabilityKind,
    response = Capabilities
)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IntegratedAccount {
    /// The id that calls are made with.
    pub id: Id,
    /// Your own name for the customer.
    pub tenant_id: Option<Id>,
    /// Whether it can be called.
    pub status: Option<OrRaw<AccountStatus>>,
    /// Everything else that Truto says of it.
    #[serde(flatten)]
    pub other: std::collections::BTreeMap<String, RemoteData>,
}

/// What state a connected account is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountStatus {
    /// It works.
    Active,
    /// The customer is connecting it.
    Connecting,
    /// Setting it up failed.
    PostInstallError,
    /// What the customer entered was refused.
    ValidationError,
    /// The customer must connect it anew.
    NeedsReauth,
}

/// What a capability is about.
#[derive(Debug, Clone, Serialize)]
pub struct CapabilityKind {
    /// `unified`, say.
    #[serde(rename = "type")]
    pub kind: &'static str,
}

/// What an account can do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Capabilities {
    /// Resources of unified models.
    #[serde(default)]
    pub unified: Vec<Capability>,
}

/// A resource of an account, and what can be done with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Capability {
    /// The model, `crm` say.
    pub model: Option<String>,
    /// The resource, `contacts` say.
    pub resource: String,
    /// `list`, `get` and so on, as an array or joined by commas.
    pub methods: OrRaw<Vec<String>>,
}

impl IntegratedAccount {
    /// Whether calls on it can succeed; one without a status is tried.
    #[must_use]
    pub fn is_callable(&self) -> bool {
        let status = self.status.as_ref();
        status.is_none_or(|status| {
            status.known().is_none_or(|status| *status == AccountStatus::Active)
        })
    }
}

/// A token with which a customer connects an account in the browser, for 7 days.
#[endpoint(method = "POST", path = "/link-token", name = "create", response = Self, body = NewLinkToken)]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct LinkToken {
    /// Handed to the browser.
    pub link_token: String,
}

/// The body of [`LinkToken::create`].
#[derive(Debug, Clone, Serialize)]
pub struct NewLinkToken {
    /// Your own name for the customer.
    pub tenant_id: String,
}

//! Link tokens: `/link-token`.
//!
//! See [Truto's page on link tokens](https://truto.one/docs/api-reference/admin/link-tokens).

use serde::{Deserialize, Serialize};
use truto_core::secrecy::SecretString;
use truto_core::{Id, endpoint};

use crate::Region;

use crate::SecretJson;

/// A token with which a customer connects an account in the browser. It can be used once, within 7 days.
///
/// ```
/// use truto_admin::{ConnectAccount, LinkToken, ReconnectAccount};
///
/// let first = LinkToken::create(&ConnectAccount::new("acme").into());
/// assert_eq!(first.body_bytes(), Some(&br#"{"tenant_id":"acme"}"#[..]));
///
/// let again = ReconnectAccount::new("62f44730-dd91-461e-bd6a-aedd9e0ad79d");
/// assert_eq!(LinkToken::create(&again.into()).path(), "/link-token");
/// ```
#[endpoint(method = "POST", path = "/link-token", name = "create", body = NewLinkToken, response = Self, doc = "Creates a link token, for a new account or one to reconnect.")]
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct LinkToken {
    /// The token for the browser.
    #[serde(serialize_with = "crate::secret::expose_one")]
    pub link_token: SecretString,
}

/// The body of [`LinkToken::create`]. It contains one of two ids, since Truto would ignore one of them
/// if both were sent.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum NewLinkToken {
    /// A new account of a customer.
    Connect(ConnectAccount),
    /// An existing account.
    Reconnect(ReconnectAccount),
}

impl From<ConnectAccount> for NewLinkToken {
    fn from(body: ConnectAccount) -> Self {
        Self::Connect(body)
    }
}

impl From<ReconnectAccount> for NewLinkToken {
    fn from(body: ReconnectAccount) -> Self {
        Self::Reconnect(body)
    }
}

/// A link token for a new account.
#[derive(Debug, Clone, Serialize)]
pub struct ConnectAccount {
    /// Your own name for the customer.
    pub tenant_id: String,
    /// Variables and credentials; they take precedence over the customer's input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<SecretJson>,
    /// Page to send the customer to afterward.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_uri: Option<String>,
    /// OAuth scopes to request; they take precedence over those of models and of the
    /// integration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// Installed unified models whose scopes are requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment_unified_model_id: Option<Vec<String>>,
    /// Keeps the account's variables, which Truto discards by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub persist_previous_context: Option<bool>,
    /// The static gate for its calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truto_static_gate_id: Option<Id>,
    /// Region to store the account's data in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
}

impl ConnectAccount {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(tenant_id: impl Into<String>) -> Self {
        Self {
            tenant_id: tenant_id.into(),
            context: None,
            redirect_uri: None,
            scopes: None,
            environment_unified_model_id: None,
            persist_previous_context: None,
            truto_static_gate_id: None,
            region: None,
        }
    }
}

/// A link token for an account that must be reconnected.
#[derive(Debug, Clone, Serialize)]
pub struct ReconnectAccount {
    /// The account.
    pub integrated_account_id: Id,
    /// Variables and credentials; they take precedence over the customer's input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<SecretJson>,
    /// Page to send the customer to afterward.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_uri: Option<String>,
    /// OAuth scopes to request; they take precedence over those of models and of the
    /// integration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// Installed unified models whose scopes are requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment_unified_model_id: Option<Vec<String>>,
    /// Keeps the account's variables, which Truto discards by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub persist_previous_context: Option<bool>,
    /// The static gate for its calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truto_static_gate_id: Option<Id>,
}

impl ReconnectAccount {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(integrated_account_id: impl Into<Id>) -> Self {
        Self {
            integrated_account_id: integrated_account_id.into(),
            context: None,
            redirect_uri: None,
            scopes: None,
            environment_unified_model_id: None,
            persist_previous_context: None,
            truto_static_gate_id: None,
        }
    }
}

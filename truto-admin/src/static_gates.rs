//! Static gates: `/static-gate`.
//!
//! See [Truto's page on static gates](https://truto.one/docs/api-reference/admin/static-gates).

use serde::{Deserialize, Serialize};
use truto_core::secrecy::SecretString;
use truto_core::{Deleted, Id, OrRaw, Page, Update, endpoint};

/// A static outgoing address; an account is bound to it by the link token's
/// `truto_static_gate_id`.
#[endpoint(method = "GET", path = "/static-gate", name = "list", query = ListStaticGates, response = Page<Self>, doc = "Lists static gates.")]
#[endpoint(method = "GET", path = "/static-gate/<id>", name = "get", response = Self, doc = "Gets a static gate.")]
#[endpoint(method = "POST", path = "/static-gate", name = "create", body = CreateStaticGate, response = Self, doc = "Creates a static gate.")]
#[endpoint(method = "PATCH", path = "/static-gate/<id>", name = "update", body = UpdateStaticGate, response = Self, doc = "Updates a static gate.")]
#[endpoint(method = "DELETE", path = "/static-gate/<id>", name = "delete", response = Deleted<Self>, doc = "Deletes a static gate.")]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StaticGate {
    /// The id of the record.
    pub id: Id,
    /// A human-readable name.
    pub name: Option<String>,
    /// The domain that calls go to.
    pub domain: Option<String>,
    /// The user who created it.
    pub created_by: Option<Id>,
    /// The environment that it belongs to.
    pub environment_id: Option<Id>,
    /// Its token. Truto sends it once, in the response to [`create`](Self::create).
    #[serde(default, serialize_with = "crate::secret::expose", alias = "api_token_secret")]
    pub api_token: Option<SecretString>,
    /// When it was created.
    pub created_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it was last updated.
    pub updated_at: Option<OrRaw<jiff::Timestamp>>,
}

/// Query parameters of [`StaticGate::list`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ListStaticGates {
    /// Only those with this name.
    pub name: Option<String>,
    /// Only those of this user.
    pub created_by: Option<Id>,
    /// Only those of this environment.
    pub environment_id: Option<Id>,
}

/// The body of [`StaticGate::create`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CreateStaticGate {
    /// A human-readable name.
    pub name: String,
    /// The domain that calls go to.
    pub domain: String,
    /// Default: the token's environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment_id: Option<Id>,
}

impl CreateStaticGate {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(name: impl Into<String>, domain: impl Into<String>) -> Self {
        Self { name: name.into(), domain: domain.into(), environment_id: None }
    }
}

/// The body of [`StaticGate::update`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct UpdateStaticGate {
    /// A human-readable name.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub name: Update<String>,
    /// The domain that calls go to.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub domain: Update<String>,
}

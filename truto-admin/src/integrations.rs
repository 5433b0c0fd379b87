//! Integrations: `/integration`.
//!
//! See [Truto's page on integrations](https://truto.one/docs/api-reference/admin/integrations).

use serde::{Deserialize, Serialize};
use truto_core::{Deleted, Id, OrRaw, Page, RemoteData, Update, endpoint};

use crate::{Capabilities, CapabilitiesQuery, Sharing};

use crate::SecretJson;

/// An integration with a provider.
#[endpoint(method = "GET", path = "/integration", name = "list", query = ListIntegrations, response = Page<Self>, doc = "Lists integrations.")]
#[endpoint(method = "GET", path = "/integration/<id>", name = "get", response = Self, doc = "Gets an integration.")]
#[endpoint(method = "POST", path = "/integration", name = "create", body = CreateIntegration, response = Self, doc = "Creates an integration.")]
#[endpoint(method = "PATCH", path = "/integration/<id>", name = "update", body = UpdateIntegration, response = Self, doc = "Updates an integration.")]
#[endpoint(method = "DELETE", path = "/integration/<id>", name = "delete", response = Deleted<Self>, doc = "Deletes an integration.")]
#[endpoint(method = "GET", path = "/integration/<id>/capabilities", name = "capabilities", query = CapabilitiesQuery, response = Capabilities, doc = "Reads the capabilities of an integration; `id` may be its name.")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Integration {
    /// The id of the record.
    pub id: Id,
    /// Its name in routes and filters.
    pub name: Option<String>,
    /// Category, for example `crm`.
    pub category: Option<String>,
    /// True if it is marked as a beta.
    pub is_beta: Option<bool>,
    /// Audience that may use it.
    pub sharing: Option<OrRaw<Sharing>>,
    /// True if it can be installed.
    pub can_install: Option<bool>,
    /// Configuration of calls to the provider; truncated for integrations of other teams.
    pub config: Option<RemoteData>,
    /// The team that owns it.
    pub team_id: Option<Id>,
    /// The team that owns it.
    pub team: Option<RemoteData>,
    /// The environments that it is installed in.
    pub installed_environment: Option<Vec<String>>,
    /// Its version, which an update must send.
    pub version: Option<OrRaw<i64>>,
    /// The OAuth app that is used if you have none of your own.
    pub default_oauth_app_id: Option<Id>,
    /// When it was created.
    pub created_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it was last updated.
    pub updated_at: Option<OrRaw<jiff::Timestamp>>,
}

/// Query parameters of [`Integration::list`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ListIntegrations {
    /// Only the integration with this name.
    pub name: Option<String>,
    /// Only those with this audience.
    pub sharing: Option<Sharing>,
}

/// The body of [`Integration::create`].
#[derive(Debug, Clone, Serialize)]
pub struct CreateIntegration {
    /// Its name in routes and filters.
    pub name: String,
    /// Configuration of calls to the provider; it may contain credentials.
    pub config: SecretJson,
    /// Category, for example `crm`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// True if it is marked as a beta.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_beta: Option<bool>,
    /// Audience that may use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sharing: Option<Sharing>,
}

impl CreateIntegration {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(name: impl Into<String>, config: impl Into<SecretJson>) -> Self {
        Self {
            name: name.into(),
            config: config.into(),
            category: None,
            is_beta: None,
            sharing: None,
        }
    }
}

/// The body of [`Integration::update`].
#[derive(Debug, Clone, Serialize)]
pub struct UpdateIntegration {
    /// The version that was read; an older one is refused.
    pub version: i64,
    /// Its name in routes and filters.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub name: Update<String>,
    /// Configuration of calls to the provider.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub config: Update<SecretJson>,
    /// Category, for example `crm`.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub category: Update<String>,
    /// True if it is marked as a beta.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub is_beta: Update<bool>,
    /// Audience that may use it.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub sharing: Update<Sharing>,
}

impl UpdateIntegration {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(version: i64) -> Self {
        Self {
            version,
            name: Update::Keep,
            config: Update::Keep,
            category: Update::Keep,
            is_beta: Update::Keep,
            sharing: Update::Keep,
        }
    }
}

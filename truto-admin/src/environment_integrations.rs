//! Installed integrations: `/environment-integration`.
//!
//! See [Truto's page on them](https://truto.one/docs/api-reference/admin/environment-integrations).

use serde::{Deserialize, Serialize};
use truto_core::{Deleted, Id, OrRaw, Page, RemoteData, Update, endpoint};

use crate::SecretJson;

/// An integration that is installed in an environment.
///
/// Installing one that is already installed returns the same record. Deleting it revokes all
/// its accounts.
#[endpoint(method = "GET", path = "/environment-integration", name = "list", query = ListEnvironmentIntegrations, response = Page<Self>, doc = "Lists installed integrations.")]
#[endpoint(method = "GET", path = "/environment-integration/<id>", name = "get", response = Self, doc = "Gets an installed integration.")]
#[endpoint(method = "POST", path = "/environment-integration", name = "create", body = CreateEnvironmentIntegration, response = Self, doc = "Installs an integration.")]
#[endpoint(method = "PATCH", path = "/environment-integration/<id>", name = "update", body = UpdateEnvironmentIntegration, response = Self, doc = "Updates an installed integration.")]
#[endpoint(method = "DELETE", path = "/environment-integration/<id>", name = "delete", response = Deleted<Self>, doc = "Uninstalls an integration and revokes all its accounts.")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EnvironmentIntegration {
    /// The id of the record.
    pub id: Id,
    /// The integration.
    pub integration_id: Option<Id>,
    /// The environment that it belongs to.
    pub environment_id: Option<Id>,
    /// True if customers see it.
    pub show_in_catalog: Option<bool>,
    /// True if customers can connect it.
    #[serde(alias = "is_active")]
    pub is_enabled: Option<bool>,
    /// Overrides of the integration's own configuration.
    #[serde(rename = "override")]
    pub overrides: Option<RemoteData>,
    /// The integration itself.
    pub integration: Option<RemoteData>,
    /// When it was created.
    pub created_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it was last updated.
    pub updated_at: Option<OrRaw<jiff::Timestamp>>,
}

/// Query parameters of [`EnvironmentIntegration::list`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ListEnvironmentIntegrations {
    /// Only this integration.
    pub integration_id: Option<Id>,
    /// Only those that customers see (`true`), or only those that they do not (`false`).
    pub show_in_catalog: Option<bool>,
    /// Only those that can be connected (`true`), or only those that cannot (`false`).
    pub is_enabled: Option<bool>,
    /// Only the integration with this name.
    #[serde(rename = "integration.name")]
    pub integration_name: Option<String>,
    /// Only those of this category.
    #[serde(rename = "integration.category")]
    pub integration_category: Option<String>,
}

/// The body of [`EnvironmentIntegration::create`].
#[derive(Debug, Clone, Serialize)]
pub struct CreateEnvironmentIntegration {
    /// The integration.
    pub integration_id: Id,
    /// True if customers can connect it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_enabled: Option<bool>,
    /// Overrides of the integration's own configuration; they may contain secret variables.
    #[serde(rename = "override", skip_serializing_if = "Option::is_none")]
    pub overrides: Option<SecretJson>,
}

impl CreateEnvironmentIntegration {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(integration_id: impl Into<Id>) -> Self {
        Self { integration_id: integration_id.into(), is_enabled: None, overrides: None }
    }
}

/// The body of [`EnvironmentIntegration::update`].
#[derive(Debug, Clone, Default, Serialize)]
pub struct UpdateEnvironmentIntegration {
    /// True if customers see it.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub show_in_catalog: Update<bool>,
    /// True if customers can connect it.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub is_enabled: Update<bool>,
    /// Replaces all overrides; `{}` clears them.
    #[serde(rename = "override", skip_serializing_if = "Update::is_keep")]
    pub overrides: Update<SecretJson>,
}

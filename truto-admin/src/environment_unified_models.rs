//! Installed unified models: `/environment-unified-model`.
//!
//! See [Truto's page on them](https://truto.one/docs/api-reference/admin/environment-unified-models).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use truto_core::{Deleted, Id, OrRaw, Page, RemoteData, Update, endpoint};

/// A unified model that is installed in an environment.
///
/// Its `overrides` change documentation and schemas; calls follow
/// [`ResourceMethod`](crate::ResourceMethod) mappings.
#[endpoint(method = "GET", path = "/environment-unified-model", name = "list", query = ListEnvironmentUnifiedModels, response = Page<Self>, doc = "Lists installed unified models.")]
#[endpoint(method = "GET", path = "/environment-unified-model/<id>", name = "get", response = Self, doc = "Gets an installed unified model.")]
#[endpoint(method = "POST", path = "/environment-unified-model", name = "create", body = CreateEnvironmentUnifiedModel, response = Self, doc = "Installs a unified model; returns the existing record if it is already installed.")]
#[endpoint(method = "PATCH", path = "/environment-unified-model/<id>", name = "update", body = UpdateEnvironmentUnifiedModel, response = Self, doc = "Updates an installed unified model.")]
#[endpoint(method = "DELETE", path = "/environment-unified-model/<id>", name = "delete", response = Deleted<Self>, doc = "Uninstalls a unified model.")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EnvironmentUnifiedModel {
    /// The id of the record.
    pub id: Id,
    /// The model.
    pub unified_model_id: Option<Id>,
    /// The environment that it belongs to.
    pub environment_id: Option<Id>,
    /// Overrides of the model.
    #[serde(rename = "override")]
    pub overrides: Option<RemoteData>,
    /// The model itself.
    pub unified_model: Option<RemoteData>,
    /// When it was created.
    pub created_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it was last updated.
    pub updated_at: Option<OrRaw<jiff::Timestamp>>,
}

/// Query parameters of [`EnvironmentUnifiedModel::list`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ListEnvironmentUnifiedModels {
    /// Only the one with this id.
    pub id: Option<Id>,
    /// Only this model.
    pub unified_model_id: Option<Id>,
    /// Only the model with this name.
    #[serde(rename = "unified_model.name")]
    pub unified_model_name: Option<String>,
    /// Only those of this environment.
    pub environment_id: Option<Id>,
}

/// The body of [`EnvironmentUnifiedModel::create`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CreateEnvironmentUnifiedModel {
    /// The model.
    pub unified_model_id: Id,
    /// Overrides of the model.
    #[serde(rename = "override", skip_serializing_if = "Option::is_none")]
    pub overrides: Option<Value>,
    /// Default: the token's environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment_id: Option<Id>,
}

impl CreateEnvironmentUnifiedModel {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(unified_model_id: impl Into<Id>) -> Self {
        Self { unified_model_id: unified_model_id.into(), overrides: None, environment_id: None }
    }
}

/// The body of [`EnvironmentUnifiedModel::update`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct UpdateEnvironmentUnifiedModel {
    /// Overrides of the model.
    #[serde(rename = "override", skip_serializing_if = "Update::is_keep")]
    pub overrides: Update<Value>,
}

//! Unified models: `/unified-model`.
//!
//! See [Truto's page on unified models](https://truto.one/docs/api-reference/admin/unified-models).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use truto_core::{Deleted, Id, OrRaw, Page, RemoteData, Update, endpoint};

use crate::Sharing;

/// A unified model: its resources, their schemas, methods and mappings.
#[endpoint(method = "GET", path = "/unified-model", name = "list", query = ListUnifiedModels, response = Page<Self>, doc = "Lists unified models.")]
#[endpoint(method = "GET", path = "/unified-model/<id>", name = "get", response = Self, doc = "Gets a unified model.")]
#[endpoint(method = "POST", path = "/unified-model", name = "create", body = CreateUnifiedModel, response = Self, doc = "Creates a unified model.")]
#[endpoint(method = "PATCH", path = "/unified-model/<id>", name = "update", body = UpdateUnifiedModel, response = Self, doc = "Updates a unified model.")]
#[endpoint(method = "DELETE", path = "/unified-model/<id>", name = "delete", response = Deleted<Self>, doc = "Deletes a unified model.")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnifiedModel {
    /// The id of the record.
    pub id: Id,
    /// Its segment in `/unified/<name>/…`.
    pub name: Option<String>,
    /// Category, for example `crm`.
    pub category: Option<String>,
    /// Its purpose.
    pub description: Option<String>,
    /// The team that owns it.
    pub team_id: Option<Id>,
    /// Audience that may use it.
    pub sharing: Option<OrRaw<Sharing>>,
    /// Its resources by name.
    pub resources: Option<OrRaw<BTreeMap<String, UnifiedResource>>>,
    /// Human-readable documentation.
    pub docs: Option<RemoteData>,
    /// Scopes of each integration.
    pub scopes: Option<RemoteData>,
    /// JSONata mappings of inbound webhooks.
    pub webhooks: Option<RemoteData>,
    /// Its version, which an update must send.
    pub version: Option<OrRaw<i64>>,
    /// The environments that it is installed in.
    pub installed_environment: Option<Vec<String>>,
    /// The team that owns it.
    pub team: Option<RemoteData>,
    /// When it was created.
    pub created_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it was last updated.
    pub updated_at: Option<OrRaw<jiff::Timestamp>>,
}

/// A resource of a [`UnifiedModel`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnifiedResource {
    /// Its description.
    pub description: Option<String>,
    /// Its schema, like JSON Schema.
    pub schema: Option<RemoteData>,
    /// Names of its methods, including custom ones.
    pub methods: Option<Vec<String>>,
    /// Mappings by integration and method.
    pub integration_mapping: Option<RemoteData>,
}

/// Query parameters of [`UnifiedModel::list`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ListUnifiedModels {
    /// Only the model with this name.
    pub name: Option<String>,
    /// Only those of this category.
    pub category: Option<String>,
    /// Only those of this version.
    pub version: Option<i64>,
    /// Only those of this team.
    pub team_id: Option<Id>,
}

/// The body of [`UnifiedModel::create`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CreateUnifiedModel {
    /// Its segment in `/unified/<name>/…`.
    pub name: String,
    /// Category.
    pub category: String,
    /// Its resources by name.
    pub resources: Value,
    /// Its purpose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Human-readable documentation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub docs: Option<Value>,
    /// Scopes of each integration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<BTreeMap<String, Vec<String>>>,
    /// JSONata mappings of inbound webhooks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhooks: Option<Value>,
    /// Audience that may use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sharing: Option<Sharing>,
}

impl CreateUnifiedModel {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        category: impl Into<String>,
        resources: impl Into<Value>,
    ) -> Self {
        Self {
            name: name.into(),
            category: category.into(),
            resources: resources.into(),
            description: None,
            docs: None,
            scopes: None,
            webhooks: None,
            sharing: None,
        }
    }
}

/// The body of [`UnifiedModel::update`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UpdateUnifiedModel {
    /// The version that was read; an older one is refused.
    pub version: i64,
    /// Its segment in `/unified/<name>/…`.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub name: Update<String>,
    /// Category.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub category: Update<String>,
    /// Its resources by name.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub resources: Update<Value>,
    /// Its purpose.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub description: Update<String>,
    /// The team that owns it.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub team_id: Update<Id>,
    /// Human-readable documentation.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub docs: Update<Value>,
    /// Scopes of each integration.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub scopes: Update<BTreeMap<String, Vec<String>>>,
    /// JSONata mappings of inbound webhooks.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub webhooks: Update<Value>,
    /// Audience that may use it.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub sharing: Update<Sharing>,
}

impl UpdateUnifiedModel {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(version: i64) -> Self {
        Self {
            version,
            name: Update::Keep,
            category: Update::Keep,
            resources: Update::Keep,
            description: Update::Keep,
            team_id: Update::Keep,
            docs: Update::Keep,
            scopes: Update::Keep,
            webhooks: Update::Keep,
            sharing: Update::Keep,
        }
    }
}

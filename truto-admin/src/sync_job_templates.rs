//! Templates of sync jobs: `/sync-job-template`.
//!
//! See [Truto's page on templates](https://truto.one/docs/api-reference/admin/sync-job-templates).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use truto_core::{Deleted, Id, OrRaw, Page, RemoteData, Update, endpoint};

use crate::Sharing;

/// A template of sync jobs. Only those of your own team can be changed or deleted.
#[endpoint(method = "GET", path = "/sync-job-template", name = "list", query = ListSyncJobTemplates, response = Page<Self>, doc = "Lists templates of sync jobs.")]
#[endpoint(method = "GET", path = "/sync-job-template/<id>", name = "get", response = Self, doc = "Gets a template of sync jobs.")]
#[endpoint(method = "POST", path = "/sync-job-template", name = "create", body = CreateSyncJobTemplate, response = Self, doc = "Creates a template of sync jobs.")]
#[endpoint(method = "PATCH", path = "/sync-job-template/<id>", name = "update", body = UpdateSyncJobTemplate, response = Self, doc = "Updates a template of sync jobs.")]
#[endpoint(method = "DELETE", path = "/sync-job-template/<id>", name = "delete", response = Deleted<Self>, doc = "Deletes a template of sync jobs.")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SyncJobTemplate {
    /// The id of the record.
    pub id: Id,
    /// The integration; absent if the template serves several.
    pub integration_name: Option<String>,
    /// A human-readable name.
    pub label: Option<String>,
    /// Its purpose.
    pub description: Option<String>,
    /// JSON Schema of the arguments.
    pub args_schema: Option<RemoteData>,
    /// Definition of the resources that it reads, transforms and writes.
    pub resources: Option<RemoteData>,
    /// The version of the runtime, 1 to 4.
    pub default_runtime_version: Option<OrRaw<i64>>,
    /// The team that owns it.
    pub team_id: Option<Id>,
    /// Audience that may use it.
    pub sharing: Option<OrRaw<Sharing>>,
    /// When it was created.
    pub created_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it was last updated.
    pub updated_at: Option<OrRaw<jiff::Timestamp>>,
}

/// Query parameters of [`SyncJobTemplate::list`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ListSyncJobTemplates {
    /// Only the one with this id.
    pub id: Option<Id>,
    /// Only those of this integration.
    pub integration_name: Option<String>,
    /// Only those of this team.
    pub team_id: Option<Id>,
    /// Only those with this name.
    pub label: Option<String>,
}

/// The body of [`SyncJobTemplate::create`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CreateSyncJobTemplate {
    /// A human-readable name.
    pub label: String,
    /// The version of the runtime, 1 to 4.
    pub default_runtime_version: i64,
    /// The integration; leave it out for a template that serves several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration_name: Option<String>,
    /// Purpose of the template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// JSON Schema of the arguments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub args_schema: Option<Value>,
    /// A JSONata expression that validates the arguments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub args_validation: Option<String>,
    /// Definition of the resources that it reads, transforms and writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resources: Option<Vec<Value>>,
    /// Audience that may use it; `deny` if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sharing: Option<Sharing>,
}

impl CreateSyncJobTemplate {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(label: impl Into<String>, default_runtime_version: i64) -> Self {
        Self {
            label: label.into(),
            default_runtime_version,
            integration_name: None,
            description: None,
            args_schema: None,
            args_validation: None,
            resources: None,
            sharing: None,
        }
    }
}

/// The body of [`SyncJobTemplate::update`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct UpdateSyncJobTemplate {
    /// A human-readable name.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub label: Update<String>,
    /// The version of the runtime, 1 to 4.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub default_runtime_version: Update<i64>,
    /// The integration; leave it out for a template that serves several.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub integration_name: Update<String>,
    /// Purpose of the template.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub description: Update<String>,
    /// JSON Schema of the arguments.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub args_schema: Update<Value>,
    /// A JSONata expression that validates the arguments.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub args_validation: Update<String>,
    /// Definition of the resources that it reads, transforms and writes.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub resources: Update<Vec<Value>>,
    /// Audience that may use it; `deny` if left out.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub sharing: Update<Sharing>,
}

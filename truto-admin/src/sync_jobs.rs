//! Sync jobs: `/sync-job`.
//!
//! See [Truto's page on sync jobs](https://truto.one/docs/api-reference/admin/sync-jobs).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use truto_core::{Deleted, Id, OrRaw, Page, RemoteData, Update, endpoint};

/// A sync job: defines the data that Truto reads from an account, and its destination.
#[endpoint(method = "GET", path = "/sync-job", name = "list", query = ListSyncJobs, response = Page<Self>, doc = "Lists sync jobs.")]
#[endpoint(method = "GET", path = "/sync-job/<id>", name = "get", response = Self, doc = "Gets a sync job.")]
#[endpoint(method = "POST", path = "/sync-job", name = "create", body = CreateSyncJob, response = Self, doc = "Creates a sync job.")]
#[endpoint(method = "PATCH", path = "/sync-job/<id>", name = "update", body = UpdateSyncJob, response = Self, doc = "Updates a sync job.")]
#[endpoint(method = "DELETE", path = "/sync-job/<id>", name = "delete", response = Deleted<Self>, doc = "Deletes a sync job.")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SyncJob {
    /// The id of the record.
    pub id: Id,
    /// The integration; empty for one that serves several.
    pub integration_name: Option<String>,
    /// A human-readable name.
    pub label: Option<String>,
    /// JSON Schema of the arguments of a run.
    pub args_schema: Option<RemoteData>,
    /// A JSONata expression that validates the arguments.
    pub args_validation: Option<String>,
    /// Runs with the same key do not overlap.
    pub mutex_key: Option<String>,
    /// The namespace of the states of its runs.
    pub state_key: Option<String>,
    /// Definition of the resources that it reads, transforms and writes.
    pub resources: Option<RemoteData>,
    /// The version of the runtime, 1 to 4.
    pub default_runtime_version: Option<OrRaw<i64>>,
    /// The environment that it belongs to.
    pub environment_id: Option<Id>,
    /// When it was created.
    pub created_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it was last updated.
    pub updated_at: Option<OrRaw<jiff::Timestamp>>,
}

/// Query parameters of [`SyncJob::list`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ListSyncJobs {
    /// Only those of this integration.
    pub integration_name: Option<String>,
    /// Only those of this environment.
    pub environment_id: Option<Id>,
}

/// The body of [`SyncJob::create`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CreateSyncJob {
    /// The integration; empty for a job that serves several.
    pub integration_name: String,
    /// A human-readable name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The version of the runtime, 1 to 4. Use 4: by default, Truto uses an older one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_runtime_version: Option<i64>,
    /// JSON Schema of the arguments of a run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub args_schema: Option<Value>,
    /// A JSONata expression that validates the arguments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub args_validation: Option<String>,
    /// Runs with the same key do not overlap.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mutex_key: Option<String>,
    /// The namespace of the states of its runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_key: Option<String>,
    /// Definition of the resources that it reads, transforms and writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resources: Option<Vec<Value>>,
}

impl CreateSyncJob {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(integration_name: impl Into<String>) -> Self {
        Self {
            integration_name: integration_name.into(),
            label: None,
            default_runtime_version: None,
            args_schema: None,
            args_validation: None,
            mutex_key: None,
            state_key: None,
            resources: None,
        }
    }
}

/// The body of [`SyncJob::update`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct UpdateSyncJob {
    /// The integration; empty for a job that serves several.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub integration_name: Update<String>,
    /// A human-readable name.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub label: Update<String>,
    /// The version of the runtime, 1 to 4. Use 4: by default, Truto uses an older one.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub default_runtime_version: Update<i64>,
    /// JSON Schema of the arguments of a run.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub args_schema: Update<Value>,
    /// A JSONata expression that validates the arguments.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub args_validation: Update<String>,
    /// Runs with the same key do not overlap.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub mutex_key: Update<String>,
    /// The namespace of the states of its runs.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub state_key: Update<String>,
    /// Definition of the resources that it reads, transforms and writes.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub resources: Update<Vec<Value>>,
}

//! Daemon jobs: `/daemon-job`.
//!
//! See [Truto's page on daemon jobs](https://truto.one/docs/api-reference/admin/daemon-jobs).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use truto_core::{Deleted, Id, OrRaw, Page, RemoteData, Update, endpoint};

/// Work that daemons can run.
#[endpoint(method = "GET", path = "/daemon-job", name = "list", response = Page<Self>, doc = "Lists daemon jobs.")]
#[endpoint(method = "GET", path = "/daemon-job/<id>", name = "get", response = Self, doc = "Gets a daemon job.")]
#[endpoint(method = "POST", path = "/daemon-job", name = "create", body = CreateDaemonJob, response = Self, doc = "Creates a daemon job.")]
#[endpoint(method = "PATCH", path = "/daemon-job/<id>", name = "update", body = UpdateDaemonJob, response = Self, doc = "Updates a daemon job.")]
#[endpoint(method = "DELETE", path = "/daemon-job/<id>", name = "delete", response = Deleted<Self>, doc = "Deletes a daemon job.")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DaemonJob {
    /// The id of the record.
    pub id: Id,
    /// A human-readable name.
    pub label: Option<String>,
    /// JSON Schema of the arguments of a run.
    pub args_schema: Option<RemoteData>,
    /// A JSONata expression that validates the arguments.
    pub args_validation: Option<String>,
    /// The environment that it belongs to.
    pub environment_id: Option<Id>,
    /// When it was created.
    pub created_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it was last updated.
    pub updated_at: Option<OrRaw<jiff::Timestamp>>,
}

/// The body of [`DaemonJob::create`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CreateDaemonJob {
    /// A human-readable name.
    pub label: String,
    /// JSON Schema of the arguments of a run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub args_schema: Option<Value>,
    /// A JSONata expression that validates the arguments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub args_validation: Option<String>,
}

impl CreateDaemonJob {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), args_schema: None, args_validation: None }
    }
}

/// The body of [`DaemonJob::update`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct UpdateDaemonJob {
    /// A human-readable name.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub label: Update<String>,
    /// JSON Schema of the arguments of a run.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub args_schema: Update<Value>,
    /// A JSONata expression that validates the arguments.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub args_validation: Update<String>,
}

//! Runs of daemon jobs: `/daemon-job-run`.
//!
//! See [Truto's page on daemon job runs](https://truto.one/docs/api-reference/admin/daemon-job-runs).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use truto_core::{Id, OrRaw, Page, RemoteData, Update, endpoint};

/// A run of a daemon job.
///
/// Deleting one stops it; the record is kept, and [`stop`](Self::stop) returns it.
#[endpoint(method = "GET", path = "/daemon-job-run", name = "list", query = ListDaemonJobRuns, response = Page<Self>, doc = "Lists runs of daemon jobs.")]
#[endpoint(method = "GET", path = "/daemon-job-run/<id>", name = "get", response = Self, doc = "Gets a run of a daemon job.")]
#[endpoint(method = "POST", path = "/daemon-job-run", name = "create", body = CreateDaemonJobRun, response = Self, doc = "Starts a run of a daemon job.")]
#[endpoint(method = "PATCH", path = "/daemon-job-run/<id>", name = "update", body = UpdateDaemonJobRun, response = Self, doc = "Reports the state of a run, as a daemon does.")]
#[endpoint(method = "DELETE", path = "/daemon-job-run/<id>", name = "stop", response = Self, doc = "Stops a run of a daemon job.")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DaemonJobRun {
    /// The id of the record.
    pub id: Id,
    /// The job.
    pub daemon_job_id: Option<Id>,
    /// The daemon.
    pub daemon_id: Option<Id>,
    /// The group of daemons.
    pub daemon_group_key: Option<String>,
    /// The state of the run.
    pub status: Option<OrRaw<DaemonJobRunStatus>>,
    /// Its arguments.
    pub args: Option<RemoteData>,
    /// When it started.
    pub started_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it ended.
    pub finished_at: Option<OrRaw<jiff::Timestamp>>,
    /// The environment that it belongs to.
    pub environment_id: Option<Id>,
    /// When it was created.
    pub created_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it was last updated.
    pub updated_at: Option<OrRaw<jiff::Timestamp>>,
}

/// The state of a [`DaemonJobRun`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DaemonJobRunStatus {
    /// It is waiting for a daemon.
    Created,
    /// A daemon is running it.
    Running,
    /// It was completed.
    Completed,
    /// It failed.
    Failed,
    /// It was stopped.
    Stopped,
}

/// Query parameters of [`DaemonJobRun::list`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ListDaemonJobRuns {
    /// Only those of this job.
    pub daemon_job_id: Option<Id>,
    /// Only those in this state.
    pub status: Option<DaemonJobRunStatus>,
}

/// The body of [`DaemonJobRun::create`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CreateDaemonJobRun {
    /// The job.
    pub daemon_job_id: Id,
    /// The daemon.
    pub daemon_id: Id,
    /// Its arguments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub args: Option<Value>,
    /// The group of daemons.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub daemon_group_key: Option<String>,
}

impl CreateDaemonJobRun {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(daemon_job_id: impl Into<Id>, daemon_id: impl Into<Id>) -> Self {
        Self {
            daemon_job_id: daemon_job_id.into(),
            daemon_id: daemon_id.into(),
            args: None,
            daemon_group_key: None,
        }
    }
}

/// The body of [`DaemonJobRun::update`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct UpdateDaemonJobRun {
    /// The state of the run.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub status: Update<DaemonJobRunStatus>,
    /// When it started.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub started_at: Update<jiff::Timestamp>,
    /// When it ended.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub finished_at: Update<jiff::Timestamp>,
}

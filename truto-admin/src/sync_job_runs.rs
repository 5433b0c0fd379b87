//! Runs of sync jobs: `/sync-job-run`.
//!
//! See [Truto's page on runs](https://truto.one/docs/api-reference/admin/sync-job-runs).

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use truto_core::{Account, Error};
use truto_core::{Deleted, Id, OrRaw, Page, RemoteData, Update, endpoint};

/// A run of a sync job.
///
/// The reason for a failure is only in the log: [`LogEntry`](crate::LogEntry) of type
/// `rapid_bridge`.
#[endpoint(method = "GET", path = "/sync-job-run", name = "list", query = ListSyncJobRuns, response = Page<Self>, doc = "Lists runs of sync jobs.")]
#[endpoint(method = "GET", path = "/sync-job-run/<id>", name = "get", response = Self, doc = "Gets a run of a sync job.")]
#[endpoint(method = "POST", path = "/sync-job-run", name = "create", body = CreateSyncJobRun, response = Self, doc = "Starts a run of a sync job.")]
#[endpoint(method = "PATCH", path = "/sync-job-run/<id>", name = "update", body = UpdateSyncJobRun, response = Self, doc = "Reports the state of a run, as a daemon does.")]
#[endpoint(method = "DELETE", path = "/sync-job-run/<id>", name = "stop", response = Deleted<Self>, doc = "Stops a run of a sync job.")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SyncJobRun {
    /// The id of the record.
    pub id: Id,
    /// The job.
    pub sync_job_id: Option<Id>,
    /// The account.
    pub integrated_account_id: Option<Id>,
    /// The state of the run.
    pub status: Option<OrRaw<SyncJobRunStatus>>,
    /// Its arguments.
    pub args: Option<RemoteData>,
    /// Resources that it reads.
    pub resources: Option<RemoteData>,
    /// The daemon.
    pub daemon_id: Option<Id>,
    /// The daemons that receive the records.
    pub daemon_group_key: Option<String>,
    /// The webhook that receives the records.
    pub webhook_id: Option<Id>,
    /// Effect of a failing resource on the run.
    pub error_handling: Option<OrRaw<ErrorHandling>>,
    /// True if it reads everything again.
    pub ignore_previous_run: Option<bool>,
    /// The version of the runtime.
    pub version: Option<OrRaw<i64>>,
    /// Counts by resource.
    pub resource_stats: Option<RemoteData>,
    /// Runs with the same key do not overlap.
    pub mutex_key: Option<String>,
    /// The namespace of its states.
    pub state_key: Option<String>,
    /// The SuperQuery region that receives the records.
    pub super_query: Option<String>,
    /// When it started.
    pub started_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it ended.
    pub finished_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it was created.
    pub created_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it was last updated.
    pub updated_at: Option<OrRaw<jiff::Timestamp>>,
}

/// The state of a [`SyncJobRun`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncJobRunStatus {
    /// It has not begun.
    Created,
    /// It is reading records.
    Running,
    /// It is waiting for the provider's rate limit, and resumes by itself.
    RateLimited,
    /// It was completed.
    Completed,
    /// It failed.
    Failed,
    /// It was stopped.
    Stopped,
}

impl SyncJobRunStatus {
    /// Returns true in a final state.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Stopped)
    }
}

/// Effect of a failing resource on a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorHandling {
    /// The run ends at the first error.
    FailFast,
    /// The run continues with the remaining resources.
    Ignore,
    /// Errors are collected and sent together; requires runtime version 2 or later.
    Batch,
}

impl SyncJobRun {
    /// Returns true if the run has ended, successfully or not. An unknown state counts as not ended.
    #[must_use]
    pub fn is_final(&self) -> bool {
        let status = self.status.as_ref().and_then(OrRaw::known);
        status.is_some_and(|status| status.is_final())
    }

    /// Reads the run every `interval` until it has ended, and returns it.
    ///
    /// It reads at least once, and at most once per second, even if the interval is shorter. The wait
    /// has no time limit: bound the future with `tokio::time::timeout`.
    ///
    /// # Errors
    ///
    /// If a read fails after its retries.
    pub async fn wait(id: &Id, interval: Duration, account: &Account) -> Result<Self, Error> {
        let request = Self::get(id);
        loop {
            let run = request.send(account).await?;
            if run.is_final() {
                return Ok(run);
            }
            tokio::time::sleep(interval.max(Duration::from_secs(1))).await;
        }
    }
}

/// Query parameters of [`SyncJobRun::list`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ListSyncJobRuns {
    /// Only those of this job.
    pub sync_job_id: Option<Id>,
    /// Only those of this account.
    pub integrated_account_id: Option<Id>,
    /// Only those in this state.
    pub status: Option<SyncJobRunStatus>,
}

/// The body of [`SyncJobRun::create`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CreateSyncJobRun {
    /// The job.
    pub sync_job_id: Id,
    /// The account.
    pub integrated_account_id: Id,
    /// Arguments that match the job's schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub args: Option<Value>,
    /// The webhook that receives the records; not together with `daemon_group_key`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook_id: Option<Id>,
    /// The daemons that receive the records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub daemon_group_key: Option<String>,
    /// Effect of a failing resource on the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_handling: Option<ErrorHandling>,
    /// Reads everything again. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ignore_previous_run: Option<bool>,
    /// Resources to read instead of the job's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resources: Option<Vec<Value>>,
    /// The SuperQuery region that receives the records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub super_query: Option<String>,
    /// Starts even if a run with the same `mutex_key` is active.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub force: Option<bool>,
    /// The events that are sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events_to_send: Option<Vec<String>>,
    /// The datastore that receives the records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub datastore_id: Option<Id>,
    /// Runs with the same key do not overlap.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mutex_key: Option<String>,
    /// The namespace of its states.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_key: Option<String>,
}

impl CreateSyncJobRun {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(sync_job_id: impl Into<Id>, integrated_account_id: impl Into<Id>) -> Self {
        Self {
            sync_job_id: sync_job_id.into(),
            integrated_account_id: integrated_account_id.into(),
            args: None,
            webhook_id: None,
            daemon_group_key: None,
            error_handling: None,
            ignore_previous_run: None,
            resources: None,
            super_query: None,
            force: None,
            events_to_send: None,
            datastore_id: None,
            mutex_key: None,
            state_key: None,
        }
    }
}

/// The body of [`SyncJobRun::update`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct UpdateSyncJobRun {
    /// The state of the run.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub status: Update<SyncJobRunStatus>,
    /// When it started.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub started_at: Update<jiff::Timestamp>,
    /// When it ended.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub finished_at: Update<jiff::Timestamp>,
}

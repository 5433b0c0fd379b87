//! Cron triggers of sync jobs: `/sync-job-cron-trigger`.
//!
//! See [Truto's page on cron triggers](https://truto.one/docs/api-reference/admin/sync-job-cron-triggers).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use truto_core::{Deleted, Id, OrRaw, Page, RemoteData, Update, endpoint};

use crate::ErrorHandling;

use crate::Outcome;

/// Starts a sync job at set times.
///
/// A new trigger is idle until [`schedule`](Self::schedule) is called; call it again after a
/// change of the expression.
#[endpoint(method = "GET", path = "/sync-job-cron-trigger", name = "list", query = ListSyncJobCronTriggers, response = Page<Self>, doc = "Lists cron triggers of sync jobs.")]
#[endpoint(method = "GET", path = "/sync-job-cron-trigger/<id>", name = "get", response = Self, doc = "Gets a cron trigger of a sync job.")]
#[endpoint(method = "POST", path = "/sync-job-cron-trigger", name = "create", body = CreateSyncJobCronTrigger, response = Self, doc = "Creates a cron trigger of a sync job.")]
#[endpoint(method = "PATCH", path = "/sync-job-cron-trigger/<id>", name = "update", body = UpdateSyncJobCronTrigger, response = Self, doc = "Updates a cron trigger of a sync job.")]
#[endpoint(method = "DELETE", path = "/sync-job-cron-trigger/<id>", name = "delete", response = Deleted<Self>, doc = "Deletes a cron trigger of a sync job.")]
#[endpoint(method = "POST", path = "/sync-job-cron-trigger/<id>/schedule", name = "schedule", response = Outcome, doc = "Sets the timer of a trigger.")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SyncJobCronTrigger {
    /// The id of the record.
    pub id: Id,
    /// The job.
    pub sync_job_id: Option<Id>,
    /// A cron expression of five fields, in UTC.
    pub cron_expression: Option<String>,
    /// The account.
    pub integrated_account_id: Option<Id>,
    /// Arguments of the runs.
    pub args: Option<RemoteData>,
    /// The daemons that receive the records.
    pub daemon_group_key: Option<String>,
    /// The webhook that receives the records.
    pub webhook_id: Option<Id>,
    /// The SuperQuery region that receives the records.
    pub super_query: Option<String>,
    /// Effect of a failing resource on a run.
    pub error_handling: Option<OrRaw<ErrorHandling>>,
    /// The events that are sent.
    pub events_to_send: Option<Vec<String>>,
    /// Your own data.
    pub meta: Option<RemoteData>,
    /// Resources that the runs read instead of the job's own.
    pub resources: Option<RemoteData>,
    /// The environment that it belongs to.
    pub environment_id: Option<Id>,
    /// When it was created.
    pub created_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it was last updated.
    pub updated_at: Option<OrRaw<jiff::Timestamp>>,
}

/// Query parameters of [`SyncJobCronTrigger::list`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ListSyncJobCronTriggers {
    /// Only those of this account.
    pub integrated_account_id: Option<Id>,
    /// Only those of this job.
    pub sync_job_id: Option<Id>,
}

/// The body of [`SyncJobCronTrigger::create`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CreateSyncJobCronTrigger {
    /// The job.
    pub sync_job_id: Id,
    /// Five fields, in UTC: `0 * * * *` is every hour.
    pub cron_expression: String,
    /// The account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integrated_account_id: Option<Id>,
    /// Arguments of the runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub args: Option<Value>,
    /// The daemons that receive the records; not together with `webhook_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub daemon_group_key: Option<String>,
    /// The webhook that receives the records; not together with `daemon_group_key`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook_id: Option<Id>,
    /// The SuperQuery region that receives the records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub super_query: Option<String>,
    /// Effect of a failing resource on a run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_handling: Option<ErrorHandling>,
    /// The events that are sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events_to_send: Option<Vec<String>>,
    /// Your own data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meta: Option<Value>,
    /// Default: the token's environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment_id: Option<Id>,
}

impl CreateSyncJobCronTrigger {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(sync_job_id: impl Into<Id>, cron_expression: impl Into<String>) -> Self {
        Self {
            sync_job_id: sync_job_id.into(),
            cron_expression: cron_expression.into(),
            integrated_account_id: None,
            args: None,
            daemon_group_key: None,
            webhook_id: None,
            super_query: None,
            error_handling: None,
            events_to_send: None,
            meta: None,
            environment_id: None,
        }
    }
}

/// The body of [`SyncJobCronTrigger::update`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct UpdateSyncJobCronTrigger {
    /// A cron expression of five fields, in UTC.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub cron_expression: Update<String>,
    /// The daemons that receive the records.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub daemon_group_key: Update<String>,
    /// The webhook that receives the records.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub webhook_id: Update<Id>,
    /// The SuperQuery region that receives the records.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub super_query: Update<String>,
    /// Effect of a failing resource on a run.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub error_handling: Update<ErrorHandling>,
    /// The events that are sent.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub events_to_send: Update<Vec<String>>,
    /// Your own data.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub meta: Update<Value>,
}

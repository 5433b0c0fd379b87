//! Cron triggers of daemon jobs: `/daemon-job-cron-trigger`.
//!
//! See [Truto's page on their triggers](https://truto.one/docs/api-reference/admin/daemon-job-cron-triggers).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use truto_core::{Deleted, Id, OrRaw, Page, RemoteData, Update, endpoint};

use crate::Outcome;

/// Starts a daemon job at set times, once [`schedule`](Self::schedule) has been called.
#[endpoint(method = "GET", path = "/daemon-job-cron-trigger", name = "list", query = ListDaemonJobCronTriggers, response = Page<Self>, doc = "Lists cron triggers of daemon jobs.")]
#[endpoint(method = "GET", path = "/daemon-job-cron-trigger/<id>", name = "get", response = Self, doc = "Gets a cron trigger of a daemon job.")]
#[endpoint(method = "POST", path = "/daemon-job-cron-trigger", name = "create", body = CreateDaemonJobCronTrigger, response = Self, doc = "Creates a cron trigger of a daemon job.")]
#[endpoint(method = "PATCH", path = "/daemon-job-cron-trigger/<id>", name = "update", body = UpdateDaemonJobCronTrigger, response = Self, doc = "Updates a cron trigger of a daemon job.")]
#[endpoint(method = "DELETE", path = "/daemon-job-cron-trigger/<id>", name = "delete", response = Deleted<Self>, doc = "Deletes a cron trigger of a daemon job.")]
#[endpoint(method = "POST", path = "/daemon-job-cron-trigger/<id>/schedule", name = "schedule", response = Outcome, doc = "Sets the timer of a trigger.")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DaemonJobCronTrigger {
    /// The id of the record.
    pub id: Id,
    /// The job.
    pub daemon_job_id: Option<Id>,
    /// The daemon.
    pub daemon_id: Option<Id>,
    /// A cron expression of five fields, in UTC.
    pub cron_expression: Option<String>,
    /// Arguments of the runs.
    pub args: Option<RemoteData>,
    /// The group of daemons.
    pub daemon_group_key: Option<String>,
    /// The environment that it belongs to.
    pub environment_id: Option<Id>,
    /// When it was created.
    pub created_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it was last updated.
    pub updated_at: Option<OrRaw<jiff::Timestamp>>,
}

/// Query parameters of [`DaemonJobCronTrigger::list`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ListDaemonJobCronTriggers {
    /// Only those of this job.
    pub daemon_job_id: Option<Id>,
}

/// The body of [`DaemonJobCronTrigger::create`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CreateDaemonJobCronTrigger {
    /// The job.
    pub daemon_job_id: Id,
    /// The daemon.
    pub daemon_id: Id,
    /// A cron expression of five fields, in UTC.
    pub cron_expression: String,
    /// Arguments of the runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub args: Option<Value>,
    /// The group of daemons.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub daemon_group_key: Option<String>,
    /// Default: the token's environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment_id: Option<Id>,
}

impl CreateDaemonJobCronTrigger {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(
        daemon_job_id: impl Into<Id>,
        daemon_id: impl Into<Id>,
        cron_expression: impl Into<String>,
    ) -> Self {
        Self {
            daemon_job_id: daemon_job_id.into(),
            daemon_id: daemon_id.into(),
            cron_expression: cron_expression.into(),
            args: None,
            daemon_group_key: None,
            environment_id: None,
        }
    }
}

/// The body of [`DaemonJobCronTrigger::update`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct UpdateDaemonJobCronTrigger {
    /// A cron expression of five fields, in UTC.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub cron_expression: Update<String>,
    /// The group of daemons.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub daemon_group_key: Update<String>,
}

//! Runs of workflows: `/workflow-run`.
//!
//! See [Truto's page on workflow runs](https://truto.one/docs/api-reference/admin/workflow-runs).

use serde::{Deserialize, Serialize};
use truto_core::{Deleted, Id, OrRaw, Page, RemoteData, endpoint};

/// A run of a workflow. Truto starts runs by itself; a run cannot be created through the API.
#[endpoint(method = "GET", path = "/workflow-run", name = "list", query = ListWorkflowRuns, response = Page<Self>, doc = "Lists runs of workflows.")]
#[endpoint(method = "GET", path = "/workflow-run/<id>", name = "get", response = Self, doc = "Gets a run of a workflow.")]
#[endpoint(method = "DELETE", path = "/workflow-run/<id>", name = "delete", response = Deleted<Self>, doc = "Deletes a run of a workflow.")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkflowRun {
    /// The id of the record.
    pub id: Id,
    /// The workflow.
    pub workflow_id: Option<Id>,
    /// The environment that it belongs to.
    pub environment_id: Option<Id>,
    /// The state of the run.
    pub status: Option<OrRaw<WorkflowRunStatus>>,
    /// Results of its steps.
    pub result: Option<OrRaw<WorkflowRunResult>>,
    /// Number of retries.
    pub retry_attempt: Option<OrRaw<i64>>,
    /// When it started.
    pub started_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it ended.
    pub finished_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it was created.
    pub created_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it was last updated.
    pub updated_at: Option<OrRaw<jiff::Timestamp>>,
}

/// The state of a [`WorkflowRun`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkflowRunStatus {
    /// It has not begun.
    Created,
    /// Its steps are running.
    Running,
    /// It was completed.
    Completed,
    /// It failed.
    Failed,
}

/// Result of a [`WorkflowRun`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkflowRunResult {
    /// True if all steps succeeded.
    pub success: Option<bool>,
    /// The error, if it failed.
    pub error: Option<String>,
    /// Result of each step.
    pub steps: Option<Vec<WorkflowStepResult>>,
}

/// Result of a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkflowStepResult {
    /// `run`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// `run_sync_job`.
    pub action: Option<String>,
    /// True if it succeeded.
    pub success: Option<bool>,
    /// Its output.
    pub result: Option<RemoteData>,
    /// The error, if it failed.
    pub error: Option<String>,
}

/// Query parameters of [`WorkflowRun::list`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ListWorkflowRuns {
    /// Only those of this workflow.
    pub workflow_id: Option<Id>,
    /// Only those of this environment.
    pub environment_id: Option<Id>,
    /// Only those in this state.
    pub status: Option<WorkflowRunStatus>,
}

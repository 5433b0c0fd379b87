//! Workflows: `/workflow`.
//!
//! See [Truto's page on workflows](https://truto.one/docs/api-reference/admin/workflows).

use serde::{Deserialize, Serialize};
use truto_core::{Deleted, Id, OrRaw, Page, RemoteData, Update, endpoint};

/// Steps that Truto runs when an event fires.
#[endpoint(method = "GET", path = "/workflow", name = "list", query = ListWorkflows, response = Page<Self>, doc = "Lists workflows.")]
#[endpoint(method = "GET", path = "/workflow/<id>", name = "get", response = Self, doc = "Gets a workflow.")]
#[endpoint(method = "POST", path = "/workflow", name = "create", body = CreateWorkflow, response = Self, doc = "Creates a workflow.")]
#[endpoint(method = "PATCH", path = "/workflow/<id>", name = "update", body = UpdateWorkflow, response = Self, doc = "Updates a workflow.")]
#[endpoint(method = "DELETE", path = "/workflow/<id>", name = "delete", response = Deleted<Self>, doc = "Deletes a workflow.")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Workflow {
    /// The id of the record.
    pub id: Id,
    /// The environment that it belongs to.
    pub environment_id: Option<Id>,
    /// The event that starts it.
    pub trigger_name: Option<String>,
    /// Its condition and steps.
    pub config: Option<OrRaw<WorkflowConfig>>,
    /// When it was created.
    pub created_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it was last updated.
    pub updated_at: Option<OrRaw<jiff::Timestamp>>,
}

/// Actions of a [`Workflow`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkflowConfig {
    /// A JSONata expression; the workflow runs if it is true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_if: Option<String>,
    /// The steps, run in this order.
    pub steps: Vec<WorkflowStep>,
}

/// One step of a [`Workflow`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkflowStep {
    /// `run`.
    #[serde(rename = "type")]
    pub kind: String,
    /// `run_sync_job`.
    pub action: String,
    /// Arguments of the action as JSON, or a JSONata expression that returns them;
    /// `run_sync_job` needs `sync_job_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config: Option<RemoteData>,
    /// A JSONata expression; the step runs if it is true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_if: Option<String>,
    /// A cron expression of five fields, in UTC; with it, the step creates a trigger instead of a run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cron_expression: Option<String>,
}

/// Query parameters of [`Workflow::list`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ListWorkflows {
    /// Only those that this event starts.
    pub trigger_name: Option<String>,
    /// Only those of this environment.
    pub environment_id: Option<Id>,
}

/// The body of [`Workflow::create`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CreateWorkflow {
    /// The event that starts it; an unknown one gets a 404.
    pub trigger_name: String,
    /// Its condition and steps.
    pub config: WorkflowConfig,
}

impl CreateWorkflow {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(trigger_name: impl Into<String>, config: WorkflowConfig) -> Self {
        Self { trigger_name: trigger_name.into(), config }
    }
}

/// The body of [`Workflow::update`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct UpdateWorkflow {
    /// The event that starts it.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub trigger_name: Update<String>,
    /// Its condition and steps.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub config: Update<WorkflowConfig>,
}

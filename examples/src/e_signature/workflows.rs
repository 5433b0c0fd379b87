use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use truto_core::{RemoteData, unified_endpoint};

use super::open_enum::open_enum;
use super::{DateTime, NamedId, Url};

/// A contract on its way through its stages.
#[unified_endpoint(method = "GET", path = "/unified/e-signature/workflows", query = ListWorkflows)]
#[unified_endpoint(method = "GET", path = "/unified/e-signature/workflows/<id>")]
#[unified_endpoint(method = "POST", path = "/unified/e-signature/workflows", body = CreateWorkflow)]
#[unified_endpoint(
    method = "PATCH",
    path = "/unified/e-signature/workflows/<id>",
    body = UpdateWorkflow
)]
#[unified_endpoint(
    method = "POST",
    path = "/unified/e-signature/workflows/cancel",
    body = CancelWorkflow
)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Workflow {
    /// The workflow's id.
    pub id: String,
    /// The name.
    pub name: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// The kind of workflow.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// The status.
    pub status: Option<WorkflowStatus>,
    /// Who created it.
    pub created_by: Option<NamedId>,
    /// When it was created.
    pub created_at: Option<DateTime>,
    /// When it was last updated.
    pub updated_at: Option<DateTime>,
    /// The stage that it is in.
    pub stage: Option<NamedId>,
    /// Fields that the provider's customer has defined.
    pub custom_fields: Option<Map<String, Value>>,
    /// Links to it.
    pub urls: Option<Vec<Url>>,
    /// The provider's own record.
    pub remote_data: Option<RemoteData>,
}

open_enum! {
    /// The status of a workflow.
    WorkflowStatus {
        /// It is under way.
        Active = "active",
        /// It is not under way.
        Inactive = "inactive",
        /// It has not begun.
        Draft = "draft",
        /// It is not shown.
        Hidden = "hidden",
        /// It was cancelled.
        Cancelled = "cancelled",
        /// It is done.
        Completed = "completed",
        /// It waits.
        Paused = "paused",
    }
}

/// Parameters of [`Workflow::list`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ListWorkflows {
    /// The template that they were made from.
    pub template_id: Option<String>,
    /// The status that they have.
    pub status: Option<WorkflowStatus>,
}

/// The body of [`Workflow::create`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CreateWorkflow {
    /// The template to make it from; Ironclad demands it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template_id: Option<String>,
    /// The template's own fields; Ironclad demands them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_fields: Option<Map<String, Value>>,
    /// Fields for the provider, merged into its call untouched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_data: Option<RemoteData>,
}

/// The body of [`Workflow::update`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct UpdateWorkflow {
    /// The new status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<WorkflowStatus>,
    /// What the model does not name, such as the flag that ends an upload.
    #[serde(flatten)]
    pub fields: Map<String, Value>,
    /// Fields for the provider, merged into its call untouched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_data: Option<RemoteData>,
}

/// The body of [`Workflow::cancel`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CancelWorkflow {
    /// The workflow's id.
    pub id: String,
    /// Why it is cancelled.
    pub message: String,
    /// Fields for the provider, merged into its call untouched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_data: Option<RemoteData>,
}

//! States of sync-job runs: `/sync-job-run-state`.
//!
//! See [Truto's page on run states](https://truto.one/docs/api-reference/admin/sync-job-run-state).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use truto_core::{Deleted, Id, OrRaw, Page, RemoteData, endpoint};

/// A value that sync-job runs keep from one run to the next, in the namespace of a `state_key`.
#[endpoint(method = "GET", path = "/sync-job-run-state", name = "list", query = StateKey, response = Page<Self>, doc = "Lists the states of a namespace.")]
#[endpoint(method = "GET", path = "/sync-job-run-state/<key>", name = "get", query = StateKey, response = Self, doc = "Gets a state.")]
#[endpoint(method = "POST", path = "/sync-job-run-state", name = "create", query = StateKey, body = CreateSyncJobRunState, response = Self, doc = "Creates a state.")]
#[endpoint(method = "PATCH", path = "/sync-job-run-state/<key>", name = "update", query = StateKey, body = UpdateSyncJobRunState, response = Self, doc = "Updates a state.")]
#[endpoint(method = "DELETE", path = "/sync-job-run-state/<key>", name = "delete", query = StateKey, response = Deleted<Self>, doc = "Deletes a state.")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SyncJobRunState {
    /// Its name, unique in the namespace.
    pub key: String,
    /// The value: a string according to the documentation, any JSON in its examples.
    pub value: Option<RemoteData>,
    /// The run that wrote it last.
    pub sync_job_run_id: Option<Id>,
    /// When it was created.
    pub created_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it was last updated.
    pub updated_at: Option<OrRaw<jiff::Timestamp>>,
}

/// The namespace of a state, which every route requires.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StateKey {
    /// The namespace.
    pub state_key: String,
}

impl StateKey {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(state_key: impl Into<String>) -> Self {
        Self { state_key: state_key.into() }
    }
}

/// The body of [`SyncJobRunState::create`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CreateSyncJobRunState {
    /// Its name, unique in the namespace.
    pub key: String,
    /// The value.
    pub value: Value,
}

impl CreateSyncJobRunState {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(key: impl Into<String>, value: impl Into<Value>) -> Self {
        Self { key: key.into(), value: value.into() }
    }
}

/// The body of [`SyncJobRunState::update`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UpdateSyncJobRunState {
    /// The value.
    pub value: Value,
}

impl UpdateSyncJobRunState {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(value: impl Into<Value>) -> Self {
        Self { value: value.into() }
    }
}

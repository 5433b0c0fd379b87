//! Daemons: `/daemon`.
//!
//! See [Truto's page on daemons](https://truto.one/docs/api-reference/admin/daemons).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use truto_core::{Deleted, Id, OrRaw, Page, RemoteData, Update, endpoint};

/// A program of yours that runs jobs for Truto.
#[endpoint(method = "GET", path = "/daemon", name = "list", response = Page<Self>, doc = "Lists daemons.")]
#[endpoint(method = "GET", path = "/daemon/<id>", name = "get", response = Self, doc = "Gets a daemon.")]
#[endpoint(method = "POST", path = "/daemon", name = "create", body = CreateDaemon, response = Self, doc = "Creates a daemon.")]
#[endpoint(method = "PATCH", path = "/daemon/<id>", name = "update", body = UpdateDaemon, response = Self, doc = "Updates a daemon.")]
#[endpoint(method = "DELETE", path = "/daemon/<id>", name = "delete", response = Deleted<Self>, doc = "Deletes a daemon.")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Daemon {
    /// The id of the record.
    pub id: Id,
    /// The environment that it belongs to.
    pub environment_id: Option<Id>,
    /// A human-readable name.
    pub label: Option<String>,
    /// Its state.
    pub status: Option<OrRaw<DaemonStatus>>,
    /// Your own data.
    pub metadata: Option<RemoteData>,
    /// The group that shares the work.
    pub group_key: Option<String>,
    /// When it last reported.
    pub last_active_at: Option<OrRaw<jiff::Timestamp>>,
    /// The lock of the running instance.
    pub lock: Option<String>,
    /// When it was created.
    pub created_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it was last updated.
    pub updated_at: Option<OrRaw<jiff::Timestamp>>,
}

/// The state of a [`Daemon`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DaemonStatus {
    /// It is stopped.
    Stopped,
    /// It is running.
    Active,
    /// It is stopping.
    Stopping,
    /// It is starting.
    Starting,
}

/// The body of [`Daemon::create`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CreateDaemon {
    /// A human-readable name.
    pub label: String,
    /// Its state.
    pub status: DaemonStatus,
    /// The group that shares the work.
    pub group_key: String,
    /// Your own data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Value>,
}

impl CreateDaemon {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(
        label: impl Into<String>,
        status: DaemonStatus,
        group_key: impl Into<String>,
    ) -> Self {
        Self { label: label.into(), status, group_key: group_key.into(), metadata: None }
    }
}

/// The body of [`Daemon::update`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct UpdateDaemon {
    /// A human-readable name.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub label: Update<String>,
    /// Its state.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub status: Update<DaemonStatus>,
    /// The group that shares the work.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub group_key: Update<String>,
    /// Your own data.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub metadata: Update<Value>,
    /// When it last reported.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub last_active_at: Update<jiff::Timestamp>,
    /// The lock of the running instance.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub lock: Update<String>,
}

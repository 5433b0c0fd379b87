//! Environments: `/environment`.
//!
//! See [Truto's page on environments](https://truto.one/docs/api-reference/admin/environments).

use serde::{Deserialize, Serialize};
use truto_core::{Id, OrRaw, Page, Update, endpoint};

/// An environment of the team. Environments are made and deleted in Truto's dashboard only.
#[endpoint(method = "GET", path = "/environment", name = "list", response = Page<Self>, doc = "Lists environments.")]
#[endpoint(method = "GET", path = "/environment/<id>", name = "get", response = Self, doc = "Reads one of the environments.")]
#[endpoint(method = "PATCH", path = "/environment/<id>", name = "update", body = UpdateEnvironment, response = Self, doc = "Changes one of the environments.")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Environment {
    /// The id of the record.
    pub id: Id,
    /// A name for people.
    pub name: Option<String>,
    /// The team that owns it.
    pub team_id: Option<Id>,
    /// When it was created.
    pub created_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it last changed.
    pub updated_at: Option<OrRaw<jiff::Timestamp>>,
}

/// The body of [`Environment::update`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct UpdateEnvironment {
    /// A name for people.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub name: Update<String>,
}

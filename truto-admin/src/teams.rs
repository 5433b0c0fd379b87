//! Teams: `/team`.
//!
//! See [Truto's API reference](https://truto.one/docs/api-reference/overview/introduction).

use serde::{Deserialize, Serialize};
use truto_core::{Id, OrRaw, Page, Update, endpoint};

/// Your team.
#[endpoint(method = "GET", path = "/team", name = "list", response = Page<Self>, doc = "Lists teams.")]
#[endpoint(method = "GET", path = "/team/<id>", name = "get", response = Self, doc = "Reads one of the teams.")]
#[endpoint(method = "PATCH", path = "/team/<id>", name = "update", body = UpdateTeam, response = Self, doc = "Changes one of the teams.")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Team {
    /// The id of the record.
    pub id: Id,
    /// A name for people.
    pub name: Option<String>,
    /// Its mail domain.
    pub domain: Option<String>,
    /// The address of its logo.
    pub logo: Option<String>,
    /// When it was created.
    pub created_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it last changed.
    pub updated_at: Option<OrRaw<jiff::Timestamp>>,
}

/// The body of [`Team::update`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct UpdateTeam {
    /// A name for people.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub name: Update<String>,
    /// The address of its logo.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub logo: Update<String>,
}

//! Users: `/user`.
//!
//! See [Truto's API reference](https://truto.one/docs/api-reference/overview/introduction).

use serde::{Deserialize, Serialize};
use truto_core::{Id, OrRaw, Page, endpoint};

/// A person of your team, who uses the dashboard.
#[endpoint(method = "GET", path = "/user", name = "list", response = Page<Self>, doc = "Lists users.")]
#[endpoint(method = "GET", path = "/user/<id>", name = "get", response = Self, doc = "Reads one of the users.")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// The id of the record.
    pub id: Id,
    /// The person's name.
    pub name: Option<String>,
    /// The person's address.
    pub email: Option<String>,
    /// True if they can sign in.
    pub is_active: Option<bool>,
    /// True for Truto's own staff.
    pub is_staff: Option<bool>,
    /// When they last signed in.
    pub last_login_at: Option<OrRaw<jiff::Timestamp>>,
    /// Their roles.
    pub role: Option<Vec<String>>,
    /// Ids of their teams.
    pub team: Option<Vec<String>>,
    /// Ids of their environments.
    pub environment: Option<Vec<String>>,
    /// When it was created.
    pub created_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it last changed.
    pub updated_at: Option<OrRaw<jiff::Timestamp>>,
}

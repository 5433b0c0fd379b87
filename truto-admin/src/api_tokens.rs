//! API tokens: `/api-token`.
//!
//! See [Truto's page on authentication](https://truto.one/docs/api-reference/overview/authentication).

use serde::{Deserialize, Serialize};
use truto_core::{Id, OrRaw, Page, endpoint};

/// An API token, without the token itself, which only Truto's dashboard shows. No route creates or
/// deletes API tokens.
#[endpoint(method = "GET", path = "/api-token", name = "list", query = ListApiTokens, response = Page<Self>, doc = "Lists API tokens.")]
#[endpoint(method = "GET", path = "/api-token/<id>", name = "get", response = Self, doc = "Gets an API token.")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApiToken {
    /// The id of the record.
    pub id: Id,
    /// A human-readable name.
    pub name: Option<String>,
    /// The environment that it belongs to.
    pub environment_id: Option<Id>,
    /// The user who created it.
    pub created_by: Option<Id>,
    /// When it expires.
    pub expires_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it was created.
    pub created_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it was last updated.
    pub updated_at: Option<OrRaw<jiff::Timestamp>>,
}

/// Query parameters of [`ApiToken::list`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ListApiTokens {
    /// Only those with this name.
    pub name: Option<String>,
    /// Only those of this environment.
    pub environment_id: Option<Id>,
}

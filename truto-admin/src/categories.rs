//! Categories: `/category`.
//!
//! See [Truto's API reference](https://truto.one/docs/api-reference/overview/introduction).

use serde::{Deserialize, Serialize};
use truto_core::{OrRaw, Page, endpoint};

/// A category of integrations.
#[endpoint(method = "GET", path = "/category", name = "list", response = Page<Self>, doc = "Lists the categories.")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Category {
    /// Its name in filters.
    pub name: String,
    /// Its name for people.
    pub label: Option<String>,
    /// When it was created.
    pub created_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it last changed.
    pub updated_at: Option<OrRaw<jiff::Timestamp>>,
}

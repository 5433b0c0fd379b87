//! Webhooks: `/webhook`.
//!
//! See [Truto's page on webhooks](https://truto.one/docs/api-reference/admin/webhooks).

use serde::{Deserialize, Serialize};
use truto_core::secrecy::SecretString;
use truto_core::{Deleted, Id, OrRaw, Page, Update, endpoint};

use crate::Outcome;

/// A webhook of the environment: Truto posts its events there.
///
/// Deliveries are verified and read by `truto_core::webhooks`.
#[endpoint(method = "GET", path = "/webhook", name = "list", query = ListWebhooks, response = Page<Self>, doc = "Lists webhooks.")]
#[endpoint(method = "GET", path = "/webhook/<id>", name = "get", response = Self, doc = "Gets a webhook.")]
#[endpoint(method = "POST", path = "/webhook", name = "create", body = CreateWebhook, response = Self, doc = "Creates a webhook.")]
#[endpoint(method = "PATCH", path = "/webhook/<id>", name = "update", body = UpdateWebhook, response = Self, doc = "Updates a webhook.")]
#[endpoint(method = "DELETE", path = "/webhook/<id>", name = "delete", response = Deleted<Self>, doc = "Deletes a webhook.")]
#[endpoint(method = "POST", path = "/webhook/test", name = "test", body = TestWebhook, response = Outcome, doc = "Sends a test event to a webhook.")]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Webhook {
    /// The id of the record.
    pub id: Id,
    /// URL that events are posted to.
    pub target_url: Option<String>,
    /// True if events are sent.
    pub is_active: Option<bool>,
    /// The events that are sent; all if absent.
    pub event_types: Option<Vec<String>>,
    /// The environment that it belongs to.
    pub environment_id: Option<Id>,
    /// The key of its signatures. Truto sends it only in the response to [`create`](Self::create).
    #[serde(default, serialize_with = "crate::secret::expose")]
    pub secret: Option<SecretString>,
    /// When it was created.
    pub created_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it was last updated.
    pub updated_at: Option<OrRaw<jiff::Timestamp>>,
}

/// Query parameters of [`Webhook::list`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ListWebhooks {
    /// Only active ones (`true`), or only inactive ones (`false`).
    pub is_active: Option<bool>,
    /// Only those of this environment.
    pub environment_id: Option<Id>,
}

/// The body of [`Webhook::create`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CreateWebhook {
    /// URL to post events to; HTTPS.
    pub target_url: String,
    /// Default true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_active: Option<bool>,
    /// Default: all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_types: Option<Vec<String>>,
    /// Default: the token's environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment_id: Option<Id>,
}

impl CreateWebhook {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(target_url: impl Into<String>) -> Self {
        Self {
            target_url: target_url.into(),
            is_active: None,
            event_types: None,
            environment_id: None,
        }
    }
}

/// The body of [`Webhook::update`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct UpdateWebhook {
    /// URL to post events to; HTTPS.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub target_url: Update<String>,
    /// True if events are sent.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub is_active: Update<bool>,
    /// The events that are sent.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub event_types: Update<Vec<String>>,
}

/// The body of [`Webhook::test`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TestWebhook {
    /// The webhook.
    pub id: Id,
}

impl TestWebhook {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(id: impl Into<Id>) -> Self {
        Self { id: id.into() }
    }
}

//! Notification destinations: `/notification-destination`.
//!
//! See [Truto's API reference](https://truto.one/docs/api-reference/overview/introduction).

use serde::{Deserialize, Serialize};
use truto_core::secrecy::SecretString;
use truto_core::{Deleted, Id, OrRaw, Page, Update, endpoint};

use crate::Outcome;
use crate::SecretJson;

/// Destination of Truto's notifications: a Slack channel or email addresses.
#[endpoint(method = "GET", path = "/notification-destination", name = "list", response = Page<Self>, doc = "Lists notification destinations.")]
#[endpoint(method = "GET", path = "/notification-destination/<id>", name = "get", response = Self, doc = "Gets a notification destination.")]
#[endpoint(method = "POST", path = "/notification-destination", name = "create", body = CreateNotificationDestination, response = Self, doc = "Creates a notification destination.")]
#[endpoint(method = "PATCH", path = "/notification-destination/<id>", name = "update", body = UpdateNotificationDestination, response = Self, doc = "Updates a notification destination.")]
#[endpoint(method = "DELETE", path = "/notification-destination/<id>", name = "delete", response = Deleted<Self>, doc = "Deletes a notification destination.")]
#[endpoint(method = "POST", path = "/notification-destination/test", name = "test", body = TestNotificationDestination, response = Outcome, doc = "Sends a test notification.")]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NotificationDestination {
    /// The id of the record.
    pub id: Id,
    /// Slack or email.
    #[serde(rename = "type")]
    pub kind: Option<OrRaw<DestinationKind>>,
    /// A human-readable name.
    pub label: Option<String>,
    /// Its settings; the address of a Slack webhook is a secret.
    pub config: Option<SecretJson>,
    /// True if notifications are sent.
    pub is_active: Option<bool>,
    /// The events that are sent.
    pub event_types: Option<Vec<String>>,
    /// The environment that it belongs to.
    pub environment_id: Option<Id>,
    /// When it was created.
    pub created_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it was last updated.
    pub updated_at: Option<OrRaw<jiff::Timestamp>>,
}

/// The kind of a [`NotificationDestination`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DestinationKind {
    /// A Slack channel.
    Slack,
    /// Email addresses.
    Email,
}

/// Settings for notifications in a Slack channel.
#[derive(Debug, Clone, Serialize)]
pub struct SlackDestination {
    /// The URL of Slack's incoming webhook.
    #[serde(serialize_with = "crate::secret::expose_one")]
    pub webhook_url: SecretString,
    /// Statuses of failed calls that are not reported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ignored_status_codes: Option<Vec<u16>>,
}

impl SlackDestination {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(webhook_url: impl Into<SecretString>) -> Self {
        Self { webhook_url: webhook_url.into(), ignored_status_codes: None }
    }
}

/// Settings for notifications by email.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EmailDestination {
    /// Recipients.
    pub to: Vec<String>,
    /// Recipients of a copy (Cc).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cc: Option<Vec<String>>,
    /// Recipients of a blind copy (Bcc).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bcc: Option<Vec<String>>,
    /// Prefix of each subject line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_prefix: Option<String>,
}

impl EmailDestination {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(to: Vec<String>) -> Self {
        Self { to, cc: None, bcc: None, subject_prefix: None }
    }
}

/// Settings of a [`NotificationDestination`], tagged by its kind.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", content = "config", rename_all = "snake_case")]
pub enum DestinationConfig {
    /// A Slack channel.
    Slack(SlackDestination),
    /// Email addresses.
    Email(EmailDestination),
}

/// The body of [`NotificationDestination::create`].
#[derive(Debug, Clone, Serialize)]
pub struct CreateNotificationDestination {
    /// Its kind and settings.
    #[serde(flatten)]
    pub config: DestinationConfig,
    /// A human-readable name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Default true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_active: Option<bool>,
    /// The events that are sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_types: Option<Vec<String>>,
    /// Default: the token's environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment_id: Option<Id>,
}

impl CreateNotificationDestination {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(config: DestinationConfig) -> Self {
        Self { config, label: None, is_active: None, event_types: None, environment_id: None }
    }
}

/// The body of [`NotificationDestination::update`].
#[derive(Debug, Clone, Default, Serialize)]
pub struct UpdateNotificationDestination {
    /// A human-readable name.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub label: Update<String>,
    /// True if notifications are sent.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub is_active: Update<bool>,
    /// Its settings.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub config: Update<SecretJson>,
}

/// The body of [`NotificationDestination::test`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TestNotificationDestination {
    /// The destination.
    pub id: Id,
}

impl TestNotificationDestination {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(id: impl Into<Id>) -> Self {
        Self { id: id.into() }
    }
}

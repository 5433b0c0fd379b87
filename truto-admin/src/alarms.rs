//! Alarms: `/alarm`.
//!
//! See [Truto's API reference](https://truto.one/docs/api-reference/overview/introduction).

use serde::{Deserialize, Serialize};
use truto_core::{Deleted, Id, OrRaw, Page, RemoteData, Update, endpoint};

/// A timer, for example that of a cron trigger.
#[endpoint(method = "GET", path = "/alarm", name = "list", query = ListAlarms, response = Page<Self>, doc = "Lists alarms.")]
#[endpoint(method = "GET", path = "/alarm/<id>", name = "get", response = Self, doc = "Gets an alarm.")]
#[endpoint(method = "POST", path = "/alarm", name = "create", body = CreateAlarm, response = Self, doc = "Creates an alarm.")]
#[endpoint(method = "PATCH", path = "/alarm/<id>", name = "update", body = UpdateAlarm, response = Self, doc = "Updates an alarm.")]
#[endpoint(method = "DELETE", path = "/alarm/<id>", name = "delete", response = Deleted<Self>, doc = "Deletes an alarm.")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// The id of the record.
    pub id: Id,
    /// Its name.
    pub name: Option<String>,
    /// The environment that it belongs to.
    pub environment_id: Option<Id>,
    /// Its state.
    pub status: Option<String>,
    /// Its settings.
    pub config: Option<RemoteData>,
    /// When it was created.
    pub created_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it was last updated.
    pub updated_at: Option<OrRaw<jiff::Timestamp>>,
}

/// Query parameters of [`Alarm::list`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ListAlarms {
    /// Only those of this type.
    pub alarm_type: Option<String>,
    /// Only those of this record.
    pub entity_id: Option<Id>,
}

/// The body of [`Alarm::create`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CreateAlarm {
    /// Its type.
    pub alarm_type: String,
    /// The record that it belongs to.
    pub entity_id: Id,
    /// A cron expression of five fields, in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cron_expression: Option<String>,
    /// The delay after which it fires.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<f64>,
    /// The time at which it fires.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<jiff::Timestamp>,
}

impl CreateAlarm {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(alarm_type: impl Into<String>, entity_id: impl Into<Id>) -> Self {
        Self {
            alarm_type: alarm_type.into(),
            entity_id: entity_id.into(),
            cron_expression: None,
            duration: None,
            date: None,
        }
    }
}

/// The body of [`Alarm::update`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct UpdateAlarm {
    /// Its type.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub alarm_type: Update<String>,
    /// The record that it belongs to.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub entity_id: Update<Id>,
    /// A cron expression of five fields, in UTC.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub cron_expression: Update<String>,
    /// The delay after which it fires.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub duration: Update<f64>,
    /// The time at which it fires.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub date: Update<jiff::Timestamp>,
}

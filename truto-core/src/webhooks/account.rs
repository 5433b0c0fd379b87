use std::collections::BTreeMap;
use std::fmt;

use super::event::Event;
use super::kind::EventKind;
use crate::json::{RawJson, lenient};
use crate::{Id, RemoteData};

/// An event of an integrated account, from [`Event::account_event`].
///
/// The payload of most of these events is the account; that of `deleted` has only its `id`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccountEvent {
    /// The event's action.
    pub action: AccountAction,
    /// The id of the integrated account.
    pub id: Option<Id>,
    /// Your own id for the tenant, as set when the account was connected.
    pub tenant_id: Option<Id>,
    /// The account's status, such as `active` or `needs_reauth`.
    pub status: Option<String>,
    /// The error that led to the event: its text, or its JSON if it is not a string.
    pub last_error: Option<String>,
}

/// The action of an event of an integrated account.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AccountAction {
    /// `created`: the account was connected; calls may still have to wait for `active`.
    Created,
    /// `updated`: a field of the account changed.
    Updated,
    /// `active`: the account can be used.
    Active,
    /// `reactivated`: the account can be used again after an authentication error.
    Reactivated,
    /// `post_connect_form_submitted`: the user submitted the form that follows connecting.
    PostConnectFormSubmitted,
    /// `post_install_error`: a post-install action of the account failed.
    PostInstallError,
    /// `validation_error`: the credentials could not be validated.
    ValidationError,
    /// `authentication_error`: the provider refuses the credentials; the user must reconnect the
    /// account.
    AuthenticationError,
    /// `forbidden_error`: the provider denied a call because of missing permissions.
    ForbiddenError,
    /// `deleted`: the account was deleted; the payload has only its id.
    Deleted,
    /// Any other action, as named by Truto.
    Other(String),
}

impl AccountAction {
    fn of(action: &str) -> Self {
        match action {
            "created" => Self::Created,
            "updated" => Self::Updated,
            "active" => Self::Active,
            "reactivated" => Self::Reactivated,
            "post_connect_form_submitted" => Self::PostConnectFormSubmitted,
            "post_install_error" => Self::PostInstallError,
            "validation_error" => Self::ValidationError,
            "authentication_error" => Self::AuthenticationError,
            "forbidden_error" => Self::ForbiddenError,
            "deleted" => Self::Deleted,
            other => Self::Other(other.to_owned()),
        }
    }

    /// Truto's name for the action.
    ///
    /// ```
    /// use truto_core::webhooks::AccountAction;
    ///
    /// assert_eq!(AccountAction::Reactivated.as_str(), "reactivated");
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Active => "active",
            Self::Reactivated => "reactivated",
            Self::PostConnectFormSubmitted => "post_connect_form_submitted",
            Self::PostInstallError => "post_install_error",
            Self::ValidationError => "validation_error",
            Self::AuthenticationError => "authentication_error",
            Self::ForbiddenError => "forbidden_error",
            Self::Deleted => "deleted",
            Self::Other(action) => action,
        }
    }
}

impl fmt::Display for AccountAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl AccountEvent {
    pub(super) fn of(event: &Event) -> Self {
        let fields = fields(event.payload.as_ref());
        let text = |key| fields.get(key).and_then(text);
        Self {
            action: AccountAction::of(event.action()),
            id: text("id").map(Id::from),
            tenant_id: text("tenant_id").map(Id::from),
            status: text("status"),
            last_error: text("last_error"),
        }
    }
}

/// The integrated account that an event names.
pub(super) fn account_id(event: &Event) -> Option<Id> {
    let key = match event.kind() {
        // The payload is the account itself.
        EventKind::IntegratedAccount => "id",
        _ => "integrated_account_id",
    };
    let fields = fields(event.payload.as_ref());
    let found = fields.get(key).or_else(|| event.extra.get("integrated_account_id"));
    found.and_then(text).map(Id::from)
}

/// The fields of an object; none for any other value.
fn fields(payload: Option<&RemoteData>) -> BTreeMap<String, RemoteData> {
    let text = payload.map_or("null", RemoteData::get);
    lenient(text, |text| serde_json::from_str(text)).unwrap_or_default()
}

/// A string, the digits of a number, or other JSON unchanged; `None` for null.
fn text(raw: &RemoteData) -> Option<String> {
    let json = RawJson::Text(raw.get().into());
    match json.as_text() {
        Some(text) => Some(text.into_owned()),
        None => Some(raw.get().to_owned()).filter(|text| text != "null"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(name: &str, payload: &str) -> Event {
        let text = format!(r#"{{"event":"{name}","payload":{payload}}}"#);
        serde_json::from_str(&text).expect("an event")
    }

    #[test]
    fn account_events_have_known_and_other_actions() {
        let account = r#"{"id":"a","tenant_id":7,"status":"needs_reauth","last_error":{"code":1}}"#;
        for (action, expected) in [
            ("created", AccountAction::Created),
            ("active", AccountAction::Active),
            ("reactivated", AccountAction::Reactivated),
            ("authentication_error", AccountAction::AuthenticationError),
            ("moved", AccountAction::Other("moved".to_owned())),
        ] {
            let event = event(&format!("integrated_account:{action}"), account);
            let account = event.account_event().expect("an account's event");
            assert_eq!((account.action.as_str(), &account.action), (action, &expected));
            assert_eq!(account.id.as_deref(), Some("a"));
            assert_eq!(account.tenant_id.as_deref(), Some("7"));
            assert_eq!(account.status.as_deref(), Some("needs_reauth"));
            assert_eq!(account.last_error.as_deref(), Some(r#"{"code":1}"#));
        }
        let deleted = event("integrated_account:deleted", r#"{"id":"a"}"#);
        let account = deleted.account_event().expect("an account's event");
        assert_eq!((account.action, account.id.as_deref()), (AccountAction::Deleted, Some("a")));
        assert_eq!(account.status, None);
        assert_eq!(event("record:created", account_payload()).account_event(), None);
    }

    fn account_payload() -> &'static str {
        r#"{"id":"r","integrated_account_id":"a"}"#
    }

    #[test]
    fn finds_the_account_of_an_event() {
        for (name, payload, expected) in [
            ("integrated_account:deleted", r#"{"id":"a"}"#, Some("a")),
            ("record:created", account_payload(), Some("a")),
            ("sync_job_run:failed", r#"{"id":"r","integrated_account_id":7}"#, Some("7")),
            ("record:created", r#"{"id":"r"}"#, None),
            ("integrated_account:created", "[1]", None),
            ("integrated_account:created", "null", None),
        ] {
            assert_eq!(event(name, payload).integrated_account_id(), expected, "{name} {payload}");
        }
        let text = r#"{"event":"record:created","integrated_account_id":"a"}"#;
        let event: Event = serde_json::from_str(text).expect("an event");
        assert_eq!(event.integrated_account_id(), Some("a"));
    }
}

//! Connected accounts: `/integrated-account`.
//!
//! See [Truto's page on integrated accounts](https://truto.one/docs/api-reference/admin/integrated-accounts).

use serde::ser::{self, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use truto_core::{Deleted, Filter, Id, OrRaw, Page, RemoteData, Update, endpoint};

use crate::{AccountStatus, Capabilities, CapabilitiesQuery};

use crate::Outcome;
use crate::SecretJson;

/// A connected account of one of your customers.
///
/// All routes are sent on [`Client::token_account`](truto_core::Client::token_account) with an
/// API token; [`OwnAccount`] has those that an account's own token may call.
#[endpoint(method = "GET", path = "/integrated-account", name = "list", query = ListIntegratedAccounts, response = Page<Self>, doc = "Lists connected accounts.")]
#[endpoint(method = "GET", path = "/integrated-account/<id>", name = "get", response = Self, doc = "Reads one connected account.")]
#[endpoint(method = "POST", path = "/integrated-account", name = "import", body = ImportIntegratedAccount, response = Self, doc = "Imports an account with credentials that you already have.")]
#[endpoint(method = "PATCH", path = "/integrated-account/<id>", name = "update", body = UpdateIntegratedAccount, response = Self, doc = "Changes one connected account.")]
#[endpoint(method = "PATCH", path = "/integrated-account/<id>/credentials", name = "update_credentials", body = UpdateCredentials, response = Self, doc = "Replaces credentials of one connected account.")]
#[endpoint(method = "DELETE", path = "/integrated-account/<id>", name = "delete", response = Deleted<Self>, doc = "Deletes one connected account with all its data.")]
#[endpoint(method = "POST", path = "/integrated-account/refresh-credentials", name = "refresh_credentials", body = AccountReference, response = Outcome, doc = "Renews the OAuth token of an account; Truto does so by itself a minute before it expires.")]
#[endpoint(method = "POST", path = "/integrated-account/run-post-install-actions", name = "run_post_install_actions", body = AccountReference, response = Outcome, doc = "Repeats the steps that follow a connection.")]
#[endpoint(method = "POST", path = "/integrated-account/bulk-delete", name = "bulk_delete", body = BulkDelete, response = Outcome, doc = "Deletes all accounts that a filter matches, in the background; webhooks report the end.")]
#[endpoint(method = "GET", path = "/integrated-account/<id>/capabilities", name = "capabilities", query = CapabilitiesQuery, response = Capabilities, doc = "Reads what an account can do.")]
#[endpoint(method = "GET", path = "/integrated-account/<id>/tools", name = "tools", query = ListTools, response = Page<Tool>, doc = "Lists the tools of an account; deprecated by Truto, whose `capabilities` say the same.")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IntegratedAccount {
    /// The id of the record.
    pub id: Id,
    /// Your own name for the customer; several accounts may share it.
    pub tenant_id: Option<Id>,
    /// The environment it belongs to.
    pub environment_id: Option<Id>,
    /// The installed integration.
    pub environment_integration_id: Option<Id>,
    /// Its variables, without credentials.
    pub context: Option<RemoteData>,
    /// State of the connection: only an active account can be called.
    pub status: Option<OrRaw<AccountStatus>>,
    /// Why setting it up or validating it failed.
    pub last_error: Option<OrRaw<String>>,
    /// Results of the steps of connecting.
    #[serde(alias = "last_action_run_result")]
    pub last_action_result: Option<RemoteData>,
    /// The last call that the provider refused with 403.
    pub last_forbidden_error: Option<OrRaw<ForbiddenError>>,
    /// Authentication method: `oauth2`, `api_key` and so on.
    pub authentication_method: Option<String>,
    /// True for a sandbox account, whose writes are answered with 405.
    pub is_sandbox: Option<bool>,
    /// Region that stores its data.
    pub region: Option<OrRaw<Region>>,
    /// Its own mappings of unified models.
    pub unified_model_override: Option<RemoteData>,
    /// Its own changes of the integration.
    pub integration_override: Option<RemoteData>,
    /// Keys of `context` that are kept in the object store.
    pub object_store_context_fields: Option<Vec<String>>,
    /// The integration, in short.
    pub integration: Option<RemoteData>,
    /// The installed integration, in short.
    pub environment_integration: Option<RemoteData>,
    /// When it was created.
    pub created_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it last changed.
    pub updated_at: Option<OrRaw<jiff::Timestamp>>,
}

/// Region that stores an account's data; fixed when it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Region {
    /// Western North America; the default.
    Wnam,
    /// Eastern North America.
    Enam,
    /// Asia and Pacific.
    Apac,
    /// The European Union.
    Eu,
}

/// A call that the provider refused with 403; the account stays active.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ForbiddenError {
    /// The resource.
    pub resource: Option<String>,
    /// The method.
    pub method: Option<String>,
    /// Scopes that the account lacks.
    pub missing_scopes: Option<Vec<String>>,
    /// When it happened.
    pub occurred_at: Option<OrRaw<jiff::Timestamp>>,
}

impl IntegratedAccount {
    /// Returns true if calls on it can succeed. One without a known status is worth a try.
    #[must_use]
    pub fn is_callable(&self) -> bool {
        let status = self.status.as_ref().and_then(OrRaw::known);
        status.is_none_or(|status| *status == AccountStatus::Active)
    }

    /// Returns true if the customer must reconnect it, with a link token made from [`ReconnectAccount`](crate::ReconnectAccount).
    #[must_use]
    pub fn needs_reauth(&self) -> bool {
        self.status.as_ref().is_some_and(|status| status.is(&AccountStatus::NeedsReauth))
    }
}

/// Query parameters of [`IntegratedAccount::list`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ListIntegratedAccounts {
    /// Only those of a customer.
    pub tenant_id: Option<Id>,
    /// Only those of an environment.
    pub environment_id: Option<Id>,
    /// Only sandbox accounts, or none of them.
    pub is_sandbox: Option<bool>,
    /// Only those in a state.
    pub status: Option<AccountStatus>,
    /// Only those of an integration, `hubspot` say.
    #[serde(rename = "integration.name")]
    pub integration_name: Option<String>,
    /// Only those whose records are kept for SuperQuery in a region.
    #[serde(rename = "features.super_query")]
    pub features_super_query: Option<String>,
    /// Only those that were created then.
    pub created_at: Option<Filter<jiff::Timestamp>>,
    /// Only those that changed then.
    pub updated_at: Option<Filter<jiff::Timestamp>>,
}

/// The body of [`IntegratedAccount::import`].
#[derive(Debug, Clone, Serialize)]
pub struct ImportIntegratedAccount {
    /// Your own name for the customer.
    pub tenant_id: String,
    /// The installed integration.
    pub environment_integration_id: Id,
    /// Variables and credentials; `{"oauth": {"token": {…}}}` for OAuth.
    pub context: SecretJson,
    /// Authentication method: `oauth2`, `api_key` and so on.
    pub authentication_method: String,
    /// Region to store its data in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
}

impl ImportIntegratedAccount {
    /// With what Truto requires; everything else is left out.
    #[must_use]
    pub fn new(
        tenant_id: impl Into<String>,
        environment_integration_id: impl Into<Id>,
        context: impl Into<SecretJson>,
        authentication_method: impl Into<String>,
    ) -> Self {
        Self {
            tenant_id: tenant_id.into(),
            environment_integration_id: environment_integration_id.into(),
            context: context.into(),
            authentication_method: authentication_method.into(),
            region: None,
        }
    }
}

/// The body of [`IntegratedAccount::update`].
#[derive(Debug, Clone, Default, Serialize)]
pub struct UpdateIntegratedAccount {
    /// Your own name for the customer.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub tenant_id: Update<String>,
    /// Variables. Top-level keys are merged, nested values are replaced; credentials stay if
    /// they are not sent.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub context: Update<SecretJson>,
    /// Its state.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub status: Update<AccountStatus>,
    /// Authentication method.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub authentication_method: Update<String>,
    /// Its own mappings: `model.resource.method.{…}`; a method that is `null` is cleared.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub unified_model_override: Update<Value>,
    /// Its own changes of the integration.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub integration_override: Update<SecretJson>,
}

/// The body of [`IntegratedAccount::update_credentials`].
#[derive(Debug, Clone, Serialize)]
pub struct UpdateCredentials {
    /// Credentials only: `oauth.token`, `api_key`, `password` and the like.
    pub context: SecretJson,
}

impl UpdateCredentials {
    /// With what Truto requires; everything else is left out.
    #[must_use]
    pub fn new(context: impl Into<SecretJson>) -> Self {
        Self { context: context.into() }
    }
}

/// A body that names an account.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AccountReference {
    /// The account.
    pub id: Id,
}

impl AccountReference {
    /// With what Truto requires; everything else is left out.
    #[must_use]
    pub fn new(id: impl Into<Id>) -> Self {
        Self { id: id.into() }
    }
}

/// The body of [`IntegratedAccount::bulk_delete`].
///
/// A query without a filter would match every account of the environment, so it is refused before
/// anything is sent:
///
/// ```
/// use serde_json::json;
/// use truto_admin::{BulkDelete, IntegratedAccount};
///
/// let inactive = BulkDelete::new(json!({"status": {"ne": "active"}}));
/// assert!(IntegratedAccount::bulk_delete(&inactive).body_bytes().is_some());
///
/// let everything = BulkDelete::new(json!({}));
/// assert!(IntegratedAccount::bulk_delete(&everything).body_bytes().is_none()); // `send` returns the error
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BulkDelete {
    /// Filters as the list takes them, as JSON: `{"status": {"ne": "active"}}`.
    #[serde(serialize_with = "filtered")]
    pub query: Value,
    /// Only count; `batch_job:dry_run_completed` reports the number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<bool>,
}

impl BulkDelete {
    /// With what Truto requires; everything else is left out.
    #[must_use]
    pub fn new(query: impl Into<Value>) -> Self {
        Self { query: query.into(), dry_run: None }
    }
}

/// Serializes a query of [`BulkDelete`], and refuses one that filters nothing.
fn filtered<S: Serializer>(query: &Value, serializer: S) -> Result<S::Ok, S::Error> {
    if filters_something(query) {
        return query.serialize(serializer);
    }
    Err(ser::Error::custom(
        "`query` has no filter, so it would match every account; \
         to delete them all, write it: `{\"status\": {\"in\": [\"active\", …]}}`",
    ))
}

/// Keys of a list's query that leave out no account.
const NO_FILTERS: [&str; 3] = ["limit", "next_cursor", "sort_by"];

/// Returns true if a JSON query has at least one filter with a value.
///
/// What a server may ignore is no filter: an operator without a value (`{"status": {"in": []}}`), an empty
/// `or`, the size of a page, and `null`, which is what `None` in a serialized struct becomes.
fn filters_something(query: &Value) -> bool {
    let Value::Object(filters) = query else { return false };
    filters.iter().any(|(key, value)| match (key.as_str(), value) {
        ("or", Value::Array(branches)) => {
            !branches.is_empty() && branches.iter().all(filters_something)
        }
        ("or", _) => false,
        (key, _) if NO_FILTERS.contains(&key) => false,
        _ => has_value(value),
    })
}

fn has_value(value: &Value) -> bool {
    match value {
        Value::Object(operators) => operators.values().any(has_value),
        Value::Array(alternatives) => alternatives.iter().any(has_value),
        Value::String(text) => !text.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
        Value::Null => false,
    }
}

/// Query parameters of [`IntegratedAccount::tools`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ListTools {
    /// Kinds or names of methods, joined by commas: `read,write`.
    pub methods: Option<String>,
    /// Only tools with one of these tags, joined by commas.
    pub tags: Option<String>,
    /// Only tools with a description, or without one.
    pub has_description: Option<bool>,
}

/// A tool for language models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// The resource.
    pub resource: Option<String>,
    /// The method.
    pub method: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// JSON Schema of its query.
    pub query_schema: Option<RemoteData>,
    /// JSON Schema of its body.
    pub body_schema: Option<RemoteData>,
    /// Parameters that it needs.
    pub required: Option<Vec<String>>,
    /// Its tags.
    pub tags: Option<Vec<String>>,
}

/// The account that an account token belongs to; for the browser, or less trusted code.
///
/// Sent with a token of [`Client::account_tokens`](truto_core::Client::account_tokens). The
/// shape of the answer is not documented, so it is kept as it comes.
#[endpoint(method = "GET", path = "/integrated-account/me", name = "get", response = RemoteData, doc = "Reads the account of the token.")]
#[endpoint(method = "PATCH", path = "/integrated-account/me", name = "update", body = UpdateOwnAccount, response = RemoteData, doc = "Changes variables of the account of the token.")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnAccount;

/// The body of [`OwnAccount::update`].
#[derive(Debug, Clone, Serialize)]
pub struct UpdateOwnAccount {
    /// Variables; merged at the top.
    pub context: SecretJson,
}

impl UpdateOwnAccount {
    /// With what Truto requires; everything else is left out.
    #[must_use]
    pub fn new(context: impl Into<SecretJson>) -> Self {
        Self { context: context.into() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::filters_something;

    #[test]
    fn a_bulk_deletion_needs_a_filter() {
        for query in [
            json!({"status": {"ne": "active"}}),
            json!({"tenant_id": "acme"}),
            json!({"is_sandbox": false}),
            json!({"tenant_id": {"in": ["", "acme"]}}),
            json!({"or": [{"tenant_id": "a"}, {"tenant_id": "b"}]}),
            json!({"or": [], "tenant_id": "acme"}),
        ] {
            assert!(filters_something(&query), "{query}");
        }
        for query in [
            json!({}),
            json!(null),
            json!([]),
            json!("tenant_id=acme"),
            json!({"status": {}}),
            json!({"status": {"in": []}}),
            json!({"status": {"ne": null}}),
            json!({"tenant_id": null}),
            json!({"limit": 10, "sort_by": "created_at"}),
            json!({"or": {"tenant_id": "acme"}}),
            serde_json::to_value(super::ListIntegratedAccounts::default()).expect("JSON"),
            json!({"tenant_id": ""}),
            json!({"or": []}),
            json!({"or": [{"tenant_id": "a"}, {}]}),
        ] {
            assert!(!filters_something(&query), "{query}");
        }
    }
}

//! Connected accounts: `/integrated-account`.
//!
//! See [Truto's page on integrated accounts](https://truto.one/docs/api-reference/admin/integrated-accounts).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use truto_core::{Deleted, Filter, Id, OrRaw, Page, RemoteData, Update, endpoint};

use crate::{AccountStatus, BulkDelete, Capabilities, CapabilitiesQuery, Outcome, SecretJson};

/// A connected account of one of your customers.
///
/// Call all routes on [`Client::token_account`](truto_core::Client::token_account) of a client with an
/// API token; [`OwnAccount`](crate::OwnAccount) has the routes for an account's own token.
#[endpoint(method = "GET", path = "/integrated-account", name = "list", query = ListIntegratedAccounts, response = Page<Self>, doc = "Lists connected accounts.")]
#[endpoint(method = "GET", path = "/integrated-account/<id>", name = "get", response = Self, doc = "Gets a connected account.")]
#[endpoint(method = "POST", path = "/integrated-account", name = "import", body = ImportIntegratedAccount, response = Self, doc = "Imports an account with credentials that you already have.")]
#[endpoint(method = "PATCH", path = "/integrated-account/<id>", name = "update", body = UpdateIntegratedAccount, response = Self, doc = "Updates a connected account.")]
#[endpoint(method = "PATCH", path = "/integrated-account/<id>/credentials", name = "update_credentials", body = UpdateCredentials, response = Self, doc = "Replaces credentials of a connected account.")]
#[endpoint(method = "DELETE", path = "/integrated-account/<id>", name = "delete", response = Deleted<Self>, doc = "Deletes a connected account with all its data.")]
#[endpoint(method = "POST", path = "/integrated-account/refresh-credentials", name = "refresh_credentials", body = AccountReference, response = Outcome, doc = "Renews the OAuth token of an account; Truto also does so automatically, a minute before it expires.")]
#[endpoint(method = "POST", path = "/integrated-account/run-post-install-actions", name = "run_post_install_actions", body = AccountReference, response = Outcome, doc = "Runs the post-install actions of an account again.")]
#[endpoint(method = "POST", path = "/integrated-account/bulk-delete", name = "bulk_delete", body = BulkDelete, response = Outcome, doc = "Deletes all accounts that a filter matches, in the background; webhooks report its completion.")]
#[endpoint(method = "GET", path = "/integrated-account/<id>/capabilities", name = "capabilities", query = CapabilitiesQuery, response = Capabilities, doc = "Reads the capabilities of an account.")]
#[endpoint(method = "GET", path = "/integrated-account/<id>/tools", name = "tools", query = ListTools, response = Page<Tool>, doc = "Lists the tools of an account; deprecated by Truto in favor of `capabilities`.")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IntegratedAccount {
    /// The id of the record.
    pub id: Id,
    /// Your own name for the customer; several accounts may share it.
    pub tenant_id: Option<Id>,
    /// The environment that it belongs to.
    pub environment_id: Option<Id>,
    /// The installed integration.
    pub environment_integration_id: Option<Id>,
    /// Its variables, without credentials.
    pub context: Option<RemoteData>,
    /// State of the connection: only an active account can be called.
    pub status: Option<OrRaw<AccountStatus>>,
    /// The error of a failed setup or validation.
    pub last_error: Option<OrRaw<String>>,
    /// Results of the connection steps.
    #[serde(alias = "last_action_run_result")]
    pub last_action_result: Option<RemoteData>,
    /// The last call that the provider refused with 403.
    pub last_forbidden_error: Option<OrRaw<ForbiddenError>>,
    /// Authentication method: `oauth2`, `api_key` and so on.
    pub authentication_method: Option<String>,
    /// True for a sandbox account, whose writes get a 405.
    pub is_sandbox: Option<bool>,
    /// Region that stores its data.
    pub region: Option<OrRaw<Region>>,
    /// Its own mappings of unified models.
    pub unified_model_override: Option<RemoteData>,
    /// Its own changes to the integration.
    pub integration_override: Option<RemoteData>,
    /// Keys of `context` that are kept in the object store.
    pub object_store_context_fields: Option<Vec<String>>,
    /// A summary of the integration.
    pub integration: Option<RemoteData>,
    /// A summary of the installed integration.
    pub environment_integration: Option<RemoteData>,
    /// When it was created.
    pub created_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it was last updated.
    pub updated_at: Option<OrRaw<jiff::Timestamp>>,
}

/// The region that stores an account's data; it cannot be changed later.
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
    /// When the call was refused.
    pub occurred_at: Option<OrRaw<jiff::Timestamp>>,
}

impl IntegratedAccount {
    /// Returns true if calls on it can succeed: if it is active, or has no known status.
    #[must_use]
    pub fn is_callable(&self) -> bool {
        let status = self.status.as_ref().and_then(OrRaw::known);
        status.is_none_or(|status| *status == AccountStatus::Active)
    }

    /// Returns true if the customer must reconnect it, with a link token for a
    /// [`ReconnectAccount`](crate::ReconnectAccount).
    #[must_use]
    pub fn needs_reauth(&self) -> bool {
        self.status.as_ref().is_some_and(|status| status.is(&AccountStatus::NeedsReauth))
    }
}

/// Query parameters of [`IntegratedAccount::list`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ListIntegratedAccounts {
    /// Only those of this customer.
    pub tenant_id: Option<Id>,
    /// Only those of this environment.
    pub environment_id: Option<Id>,
    /// Only sandbox accounts (`true`), or only others (`false`).
    pub is_sandbox: Option<bool>,
    /// Only those in this state.
    pub status: Option<AccountStatus>,
    /// Only those of this integration, for example `hubspot`.
    #[serde(rename = "integration.name")]
    pub integration_name: Option<String>,
    /// Only those whose records are kept for SuperQuery in this region.
    #[serde(rename = "features.super_query")]
    pub features_super_query: Option<String>,
    /// Only those created within this range of time.
    pub created_at: Option<Filter<jiff::Timestamp>>,
    /// Only those changed within this range of time.
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
    /// Creates a value with the required fields; all others are left out.
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
    /// Variables. Top-level keys are merged, nested values are replaced. Credentials that are not sent
    /// are kept.
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
    /// Its own changes to the integration.
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
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(context: impl Into<SecretJson>) -> Self {
        Self { context: context.into() }
    }
}

/// A body with the id of an account.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AccountReference {
    /// The account.
    pub id: Id,
}

impl AccountReference {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(id: impl Into<Id>) -> Self {
        Self { id: id.into() }
    }
}

/// Query parameters of [`IntegratedAccount::tools`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ListTools {
    /// Kinds or names of methods, separated by commas: `read,write`.
    pub methods: Option<String>,
    /// Only tools with one of these tags, separated by commas.
    pub tags: Option<String>,
    /// Only tools with a description (`true`), or without one (`false`).
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

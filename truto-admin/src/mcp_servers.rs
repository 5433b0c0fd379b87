//! MCP servers: `/integrated-account/<account>/mcp` and `/mcp/<token>`.
//!
//! See [Truto's page on MCP](https://truto.one/docs/api-reference/admin/mcp).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use truto_core::secrecy::SecretString;
use truto_core::{Deleted, Id, OrRaw, Page, RemoteData, Update, endpoint};

/// An MCP server that offers the tools of one integrated account.
///
/// Its URL contains its token, so the URL is a secret unless the server also requires an API
/// token.
#[endpoint(method = "GET", path = "/integrated-account/<account>/mcp", name = "list", response = Page<Self>, doc = "Lists the MCP servers of an account.")]
#[endpoint(method = "GET", path = "/integrated-account/<account>/mcp/<id>", name = "get", response = Self, doc = "Gets an MCP server of an account.")]
#[endpoint(method = "POST", path = "/integrated-account/<account>/mcp", name = "create", body = CreateMcpServer, response = Self, doc = "Creates an MCP server for an account.")]
#[endpoint(method = "PATCH", path = "/integrated-account/<account>/mcp/<id>", name = "update", body = UpdateMcpServer, response = Self, doc = "Updates an MCP server of an account.")]
#[endpoint(method = "DELETE", path = "/integrated-account/<account>/mcp/<id>", name = "delete", response = Deleted<Self>, doc = "Deletes an MCP server of an account.")]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct McpServer {
    /// The id of the record.
    pub id: Id,
    /// A human-readable name.
    pub name: Option<String>,
    /// The tools that it offers.
    pub config: Option<OrRaw<McpConfig>>,
    /// The account.
    pub integrated_account_id: Option<Id>,
    /// The user who created it.
    pub created_by: Option<Id>,
    /// When it expires; Truto deletes it then.
    pub expires_at: Option<OrRaw<jiff::Timestamp>>,
    /// Its token. Truto sends it once, in the response to [`create`](Self::create).
    #[serde(default, serialize_with = "crate::secret::expose")]
    pub token: Option<SecretString>,
    /// Its URL, which contains the token. Truto sends it once.
    #[serde(default, serialize_with = "crate::secret::expose")]
    pub url: Option<SecretString>,
    /// When it was created.
    pub created_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it was last updated.
    pub updated_at: Option<OrRaw<jiff::Timestamp>>,
}

/// The tools of an [`McpServer`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct McpConfig {
    /// `read`, `write`, `custom`, or names of methods; all if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub methods: Option<Vec<String>>,
    /// Only tools with one of these tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// True if callers also need an API token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_api_token_auth: Option<bool>,
}

/// The body of [`McpServer::create`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CreateMcpServer {
    /// A human-readable name.
    pub name: String,
    /// The tools that it offers; if none matches, Truto responds with 400.
    pub config: McpConfig,
    /// When it expires: at least a minute from now; never if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<jiff::Timestamp>,
}

impl CreateMcpServer {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(name: impl Into<String>, config: McpConfig) -> Self {
        Self { name: name.into(), config, expires_at: None }
    }
}

/// The body of [`McpServer::update`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct UpdateMcpServer {
    /// A human-readable name.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub name: Update<String>,
    /// The tools that it offers.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub config: Update<McpConfig>,
    /// When it expires; if cleared, it never does.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub expires_at: Update<jiff::Timestamp>,
}

/// A JSON-RPC response of an MCP server.
///
/// The token in the path of [`call`](Self::call) is a secret: it is sent, but shown as `<token>`.
#[endpoint(method = "POST", path = "/mcp/<token>", secret = "token", name = "call", body = McpRequest, response = Self, doc = "Calls an MCP server.")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct McpResponse {
    /// The id of the request.
    pub id: Option<RemoteData>,
    /// The result of the method, if it succeeded.
    pub result: Option<RemoteData>,
    /// The error of the method, if it failed.
    pub error: Option<McpError>,
}

/// The error of an [`McpResponse`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct McpError {
    /// JSON-RPC's code.
    pub code: i64,
    /// The description of the error.
    pub message: String,
    /// Further data.
    pub data: Option<RemoteData>,
}

/// The body of [`McpResponse::call`]; the version of MCP is 2024-11-05.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct McpRequest {
    /// `initialize`, `tools/list` or `tools/call`.
    pub method: String,
    /// `2.0`.
    pub jsonrpc: &'static str,
    /// The id that the response repeats; without one, this is a notification, which gets no
    /// response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// Its parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub params: Option<Value>,
}

impl McpRequest {
    /// A request of JSON-RPC 2.0 with the id 1.
    #[must_use]
    pub fn new(method: impl Into<String>) -> Self {
        Self { method: method.into(), jsonrpc: "2.0", id: Some(1), params: None }
    }
}

//! Mappings: `/unified-model-resource-method`.
//!
//! See [Truto's API reference](https://truto.one/docs/api-reference/overview/introduction).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use truto_core::{Deleted, Id, OrRaw, Page, RemoteData, Update, endpoint};

/// Mapping of a unified model's method to an integration.
#[endpoint(method = "GET", path = "/unified-model-resource-method", name = "list", query = ListResourceMethods, response = Page<Self>, doc = "Lists mappings.")]
#[endpoint(method = "GET", path = "/unified-model-resource-method/<id>", name = "get", response = Self, doc = "Gets a mapping.")]
#[endpoint(method = "POST", path = "/unified-model-resource-method", name = "create", body = CreateResourceMethod, response = Self, doc = "Creates a mapping.")]
#[endpoint(method = "PATCH", path = "/unified-model-resource-method/<id>", name = "update", body = UpdateResourceMethod, response = Self, doc = "Updates a mapping.")]
#[endpoint(method = "DELETE", path = "/unified-model-resource-method/<id>", name = "delete", response = Deleted<Self>, doc = "Deletes a mapping.")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResourceMethod {
    /// The id of the record.
    pub id: Id,
    /// The model.
    pub unified_model_id: Option<Id>,
    /// The integration.
    pub integration_name: Option<String>,
    /// The resource.
    pub resource_name: Option<String>,
    /// The method.
    pub method_name: Option<String>,
    /// The mapping.
    pub config: Option<RemoteData>,
    /// Its version.
    pub version: Option<OrRaw<i64>>,
    /// When it was created.
    pub created_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it was last updated.
    pub updated_at: Option<OrRaw<jiff::Timestamp>>,
}

/// Query parameters of [`ResourceMethod::list`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ListResourceMethods {
    /// Only those of this model.
    pub unified_model_id: Option<Id>,
    /// Only those of this integration.
    pub integration_name: Option<String>,
    /// Only those of this resource.
    pub resource_name: Option<String>,
    /// Only those of this method.
    pub method_name: Option<String>,
    /// Only those of this version.
    pub version: Option<i64>,
}

/// The body of [`ResourceMethod::create`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CreateResourceMethod {
    /// The model.
    pub unified_model_id: Id,
    /// The integration.
    pub integration_name: String,
    /// The resource.
    pub resource_name: String,
    /// The method.
    pub method_name: String,
    /// The mapping.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config: Option<Value>,
}

impl CreateResourceMethod {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(
        unified_model_id: impl Into<Id>,
        integration_name: impl Into<String>,
        resource_name: impl Into<String>,
        method_name: impl Into<String>,
    ) -> Self {
        Self {
            unified_model_id: unified_model_id.into(),
            integration_name: integration_name.into(),
            resource_name: resource_name.into(),
            method_name: method_name.into(),
            config: None,
        }
    }
}

/// The body of [`ResourceMethod::update`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct UpdateResourceMethod {
    /// The mapping; merged deeply, and `null` removes a key.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub config: Update<Value>,
    /// The version that was read.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub version: Update<i64>,
}

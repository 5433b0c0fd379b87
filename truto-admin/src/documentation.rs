//! Documentation: `/documentation`.
//!
//! See [Truto's API reference](https://truto.one/docs/api-reference/overview/introduction).

use serde::{Deserialize, Serialize};
use truto_core::{Deleted, Id, OrRaw, Page, Update, endpoint};

/// A text about an integration or a unified model.
#[endpoint(method = "GET", path = "/documentation", name = "list", query = ListDocumentation, response = Page<Self>, doc = "Lists documentation texts.")]
#[endpoint(method = "GET", path = "/documentation/<id>", name = "get", response = Self, doc = "Gets a documentation text.")]
#[endpoint(method = "POST", path = "/documentation", name = "create", body = CreateDocumentation, response = Self, doc = "Creates a documentation text.")]
#[endpoint(method = "PATCH", path = "/documentation/<id>", name = "update", body = UpdateDocumentation, response = Self, doc = "Updates a documentation text.")]
#[endpoint(method = "DELETE", path = "/documentation/<id>", name = "delete", response = Deleted<Self>, doc = "Deletes a documentation text.")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Documentation {
    /// The id of the record.
    pub id: Id,
    /// The documented subject.
    pub entity_id: Option<Id>,
    /// The text.
    pub content: Option<String>,
    /// The kind of the documented subject.
    pub entity_type: Option<OrRaw<DocumentedEntity>>,
    /// The kind of text.
    #[serde(rename = "type")]
    pub kind: Option<OrRaw<DocumentationKind>>,
    /// The authentication method that it is about.
    pub authentication_method: Option<String>,
    /// The method that it is about.
    pub method: Option<String>,
    /// The resource that it is about.
    pub resource: Option<String>,
    /// The integration that it is about.
    pub integration_name: Option<String>,
    /// When it was created.
    pub created_at: Option<OrRaw<jiff::Timestamp>>,
    /// When it was last updated.
    pub updated_at: Option<OrRaw<jiff::Timestamp>>,
}

/// The kind of record that a [`Documentation`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentedEntity {
    /// An integration.
    Integration,
    /// A unified model.
    UnifiedModel,
    /// An installed integration.
    EnvironmentIntegration,
    /// An installed unified model.
    EnvironmentUnifiedModel,
}

/// The kind of a [`Documentation`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentationKind {
    /// A readme.
    Readme,
    /// A note.
    Note,
    /// A guide for customers.
    EndUserGuide,
    /// A description.
    Description,
    /// A schema of a query.
    QuerySchema,
    /// A schema of a body.
    BodySchema,
    /// A schema of a response.
    ResponseSchema,
}

/// Query parameters of [`Documentation::list`]; Truto requires one of them.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ListDocumentation {
    /// Texts of an integration.
    pub integration_id: Option<Id>,
    /// Texts of an installed integration.
    pub environment_integration_id: Option<Id>,
    /// Texts of a unified model.
    pub unified_model_id: Option<Id>,
    /// Texts of an installed unified model.
    pub environment_unified_model_id: Option<Id>,
}

/// The body of [`Documentation::create`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CreateDocumentation {
    /// The documented subject.
    pub entity_id: Id,
    /// The text.
    pub content: String,
    /// The kind of the documented subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity_type: Option<DocumentedEntity>,
    /// The kind of text.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<DocumentationKind>,
    /// The authentication method that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authentication_method: Option<String>,
    /// The method that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The resource that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// The integration that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration_name: Option<String>,
}

impl CreateDocumentation {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(entity_id: impl Into<Id>, content: impl Into<String>) -> Self {
        Self {
            entity_id: entity_id.into(),
            content: content.into(),
            entity_type: None,
            kind: None,
            authentication_method: None,
            method: None,
            resource: None,
            integration_name: None,
        }
    }
}

/// The body of [`Documentation::update`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct UpdateDocumentation {
    /// The text.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub content: Update<String>,
    /// The kind of the documented subject.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub entity_type: Update<DocumentedEntity>,
    /// The kind of text.
    #[serde(rename = "type", skip_serializing_if = "Update::is_keep")]
    pub kind: Update<DocumentationKind>,
    /// The authentication method that it is about.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub authentication_method: Update<String>,
    /// The method that it is about.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub method: Update<String>,
    /// The resource that it is about.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub resource: Update<String>,
    /// The integration that it is about.
    #[serde(skip_serializing_if = "Update::is_keep")]
    pub integration_name: Update<String>,
}

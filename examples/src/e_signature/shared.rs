//! Nested types that several resources have.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use truto_core::RemoteData;

use super::open_enum::open_enum;

/// An email address.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Email {
    /// The address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The kind of address.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Whether it is the primary one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_primary: Option<bool>,
}

/// A link.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Url {
    /// The address.
    pub url: Option<String>,
    /// What is behind it.
    #[serde(rename = "type")]
    pub kind: Option<UrlKind>,
}

open_enum! {
    /// What is behind a link.
    UrlKind {
        /// A page to look at.
        View = "view",
        /// A page to change it.
        Edit = "edit",
        /// A page that everybody can look at.
        PublicView = "public_view",
    }
}

/// A reference to another record, which may have a name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NamedId {
    /// The record's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The record's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A reference to another record of some kind.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TypedId {
    /// The record's id.
    pub id: Option<String>,
    /// The kind of record.
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// A person, such as who created a record.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// The person's id.
    pub id: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// Email addresses.
    pub emails: Option<Vec<Email>>,
}

/// Parameters of [`Field::list`](super::Field::list) and [`FieldGroup::list`](super::FieldGroup::list).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntityFilter {
    /// What to list fields of; the integrations accept templates only.
    pub entity_type: EntityType,
    /// The id of the template or workflow.
    pub entity_id: String,
}

open_enum! {
    /// What has fields.
    EntityType {
        /// A template.
        Template = "template",
        /// A workflow.
        Workflow = "workflow",
    }
}

/// Parameters of a download.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Download {
    /// The file's address, one of its `urls`.
    pub file_url: String,
}

/// A body of fields that the model does not name, for the provider.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Passthrough {
    /// What the method takes besides.
    #[serde(flatten)]
    pub fields: Map<String, Value>,
    /// Fields for the provider, merged into its call untouched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_data: Option<RemoteData>,
}

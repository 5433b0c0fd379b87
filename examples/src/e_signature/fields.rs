use serde::{Deserialize, Serialize};
use truto_core::{RemoteData, unified_endpoint};

use super::open_enum::open_enum;
use super::{DateTime, EntityFilter, EntityType, NamedId, Url};

/// A field of a template or workflow.
#[unified_endpoint(method = "GET", path = "/unified/e-signature/fields", query = EntityFilter)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// The field's id.
    pub id: String,
    /// The name.
    pub name: Option<String>,
    /// The label.
    pub label: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// The type of its values.
    #[serde(rename = "type")]
    pub kind: Option<FieldKind>,
    /// Whether it is hidden.
    pub is_hidden: Option<bool>,
    /// Whether its values are unique.
    pub is_unique: Option<bool>,
    /// Whether it must be filled in.
    pub is_required: Option<bool>,
    /// Whether it can be changed.
    pub is_editable: Option<bool>,
    /// The values to choose from.
    pub options: Option<Vec<FieldOption>>,
    /// Whether a user has defined it.
    pub is_user_defined: Option<bool>,
    /// What it is a field of.
    pub entity_type: Option<EntityType>,
    /// The groups that it belongs to.
    pub field_groups: Option<Vec<NamedId>>,
    /// When it was created.
    pub created_at: Option<DateTime>,
    /// When it was last updated.
    pub updated_at: Option<DateTime>,
    /// Links to it.
    pub urls: Option<Vec<Url>>,
    /// The provider's own record.
    pub remote_data: Option<RemoteData>,
}

/// A value to choose from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FieldOption {
    /// The label.
    pub label: Option<String>,
    /// The value.
    pub value: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// Whether it is hidden.
    pub is_hidden: Option<bool>,
}

open_enum! {
    /// The type of a field's values.
    FieldKind {
        /// A short text.
        String = "string",
        /// A long text.
        Text = "text",
        /// A formatted text.
        RichText = "rich_text",
        /// A number.
        Number = "number",
        /// True or false.
        Boolean = "boolean",
        /// A day.
        Date = "date",
        /// A point in time.
        DateTime = "datetime",
        /// A time of day.
        Time = "time",
        /// One of the options.
        Enum = "enum",
        /// A list.
        Array = "array",
        /// A file.
        File = "file",
        /// A postal address.
        Address = "address",
    }
}

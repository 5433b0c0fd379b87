//! Every shape that the attributes expand, as a crate with strict lints declares it.
// This lint forbids the form that `unreachable_pub` asks for.
#![allow(clippy::redundant_pub_crate)]

use truto_core::{ByteStream, Upload, endpoint, unified_endpoint};

/// Every row of the derivation table.
#[unified_endpoint(method = "GET", path = "/unified/crm/contacts", query = Filter)]
#[unified_endpoint(method = "GET", path = "/unified/crm/contacts/<id>")]
#[unified_endpoint(method = "POST", path = "/unified/crm/contacts", query = Filter, body = Change)]
#[unified_endpoint(method = "PATCH", path = "/unified/crm/contacts/<id>", body = Change)]
#[unified_endpoint(method = "DELETE", path = "/unified/crm/contacts/<contactId>")]
#[unified_endpoint(method = "POST", path = "/unified/crm/contacts/send-now", response = ())]
#[unified_endpoint(
    method = "GET",
    path = "/unified/crm/contacts/<type>/parts/<gen>",
    name = "parts",
    response = Vec<Part>
)]
#[unified_endpoint(
    method = "POST",
    path = "/unified/crm/contacts/download",
    query = Filter,
    response = ByteStream,
    safe = true,
    doc = "Downloads the picture."
)]
#[unified_endpoint(
    method = "POST",
    path = "/unified/crm/contacts/upload",
    body = Upload,
    crate = truto_core
)]
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Contact {
    /// The id.
    pub id: String,
}

/// Other routes.
#[endpoint(method = "GET", path = "/integrated-account", name = "list", response = truto_core::Page<Self>)]
#[endpoint(method = "PUT", path = "/custom/<path>", name = "put", response = serde_json::Value)]
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct IntegratedAccount(
    /// The id.
    pub String,
);

/// One type for many.
#[unified_endpoint(method = "GET", path = "/unified/crm/records")]
#[unified_endpoint(method = "GET", path = "/unified/crm/records/<id>")]
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Record<T>
where
    T: Clone,
{
    /// The difference.
    pub value: T,
}

/// Gone soon.
#[deprecated = "use `Contact`"]
#[unified_endpoint(method = "GET", path = "/unified/crm/people")]
#[unified_endpoint(method = "GET", path = "/unified/crm/people/<id>")]
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Person {
    /// The id.
    pub id: String,
}

/// A part.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Part {
    /// The id.
    pub id: String,
}

/// Query parameters.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Filter {
    /// The status.
    pub status: Option<String>,
}

/// A body.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Change {
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A model of the crate's own.
mod inner {
    /// The id as it is.
    #[truto_core::unified_endpoint(method = "GET", path = "/unified/crm/tags/<id>")]
    #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
    pub(super) struct Tag {
        /// The id.
        pub(super) id: String,
    }

    /// Place of a tag.
    pub(super) fn path(id: &str) -> String {
        Tag::get(id).path().to_owned()
    }
}

/// Uses what the crate keeps to itself.
#[must_use]
pub fn tag(id: &str) -> String {
    inner::path(&inner::Tag { id: id.to_owned() }.id)
}

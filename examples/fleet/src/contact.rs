//! The resource that is copied.

use serde::{Deserialize, Serialize};
use truto_core::{Id, OrRaw, RemoteData, unified_endpoint};

/// A contact. The fields that the program reads are typed; `remote_data` is the provider's own record.
#[unified_endpoint(method = "GET", path = "/unified/crm/contacts")]
#[unified_endpoint(method = "GET", path = "/unified/crm/contacts/<id>")]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Contact {
    /// The id of the record.
    pub id: Id,
    /// The full name.
    pub name: Option<String>,
    /// When it last changed; incremental runs depend on it.
    pub updated_at: Option<OrRaw<jiff::Timestamp>>,
    /// The provider's own record.
    pub remote_data: Option<RemoteData>,
}

/// A record that can be copied: it has an id, and a time of its last change if its provider states one.
pub trait Synced: truto_core::resource::ListAll + Serialize {
    /// The id of the record.
    fn id(&self) -> &str;
    /// The time of its last change.
    fn updated_at(&self) -> Option<jiff::Timestamp>;
}

impl Synced for Contact {
    fn id(&self) -> &str {
        &self.id
    }

    fn updated_at(&self) -> Option<jiff::Timestamp> {
        self.updated_at.as_ref()?.known().copied()
    }
}

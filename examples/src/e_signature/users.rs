use serde::{Deserialize, Serialize};
use truto_core::{RemoteData, unified_endpoint};

use super::open_enum::open_enum;
use super::{DateTime, Email, NamedId, Phone, Url};

/// A person who uses the e-signature product.
#[unified_endpoint(method = "GET", path = "/unified/e-signature/users", query = ListUsers)]
#[unified_endpoint(method = "GET", path = "/unified/e-signature/users/<id>")]
#[unified_endpoint(method = "DELETE", path = "/unified/e-signature/users/<id>")]
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct User {
    /// The unique identifier.
    pub id: String,
    /// The address of a picture.
    pub avatar: Option<String>,
    /// When the user was created.
    pub created_at: Option<DateTime>,
    /// The user's email addresses.
    pub emails: Option<Vec<Email>>,
    /// The first name.
    pub first_name: Option<String>,
    /// The groups that the user belongs to.
    pub groups: Option<Vec<Group>>,
    /// The languages that the user speaks.
    pub languages: Option<Vec<String>>,
    /// The last name.
    pub last_name: Option<String>,
    /// The full name.
    pub name: Option<String>,
    /// The organizations that the user belongs to.
    pub organizations: Option<Vec<NamedId>>,
    /// The user's phone numbers.
    pub phones: Option<Vec<Phone>>,
    /// The provider's own record.
    pub remote_data: Option<RemoteData>,
    /// The user's roles.
    pub roles: Option<Vec<Role>>,
    /// Whether the user is active.
    pub status: Option<UserStatus>,
    /// The user's time zone.
    pub timezone: Option<String>,
    /// The job title.
    pub title: Option<String>,
    /// When the user was last updated.
    pub updated_at: Option<DateTime>,
    /// Links to the user.
    pub urls: Option<Vec<Url>>,
    /// The login name.
    pub username: Option<String>,
    /// The workspace that the user belongs to.
    pub workspace: Option<Group>,
}

/// A group or workspace within an organization.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Group {
    /// The group's id.
    pub id: Option<String>,
    /// The group's name.
    pub name: Option<String>,
    /// The organization that it belongs to.
    pub organization: Option<String>,
}

/// A role, and where the user has it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Role {
    /// The role's id.
    pub id: Option<String>,
    /// The role's name.
    pub name: Option<String>,
    /// The group in which the user has it.
    pub group: Option<String>,
    /// The organization in which the user has it.
    pub organization: Option<String>,
    /// The workspace in which the user has it.
    pub workspace: Option<String>,
}

open_enum! {
    /// Whether a user is active.
    UserStatus {
        /// The user can sign in.
        Active = "active",
        /// The user cannot sign in.
        Inactive = "inactive",
        /// The user was deleted.
        Deleted = "deleted",
        /// The user has not accepted the invitation yet.
        Invited = "invited",
    }
}

/// Parameters of [`User::list`].
#[derive(Debug, Clone, Default, Serialize)]
pub struct ListUsers {
    /// The group whose users to list.
    pub group: Option<GroupFilter>,
}

/// A group by its id or kind.
#[derive(Debug, Clone, Default, Serialize)]
pub struct GroupFilter {
    /// The group's id.
    pub id: Option<String>,
    /// `signing_group` or `user_group`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

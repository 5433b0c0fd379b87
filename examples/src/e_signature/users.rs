use serde::{Deserialize, Serialize};
use truto_core::{RemoteData, unified_endpoint};

use super::open_enum::open_enum;
use super::{DateTime, Email, NamedId, Url};

/// A person who uses the e-signature product.
#[unified_endpoint(method = "GET", path = "/unified/e-signature/users", query = ListUsers)]
#[unified_endpoint(method = "GET", path = "/unified/e-signature/users/<id>")]
#[unified_endpoint(method = "DELETE", path = "/unified/e-signature/users/<id>")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// The user's id.
    pub id: String,
    /// The first name.
    pub first_name: Option<String>,
    /// The last name.
    pub last_name: Option<String>,
    /// The job title.
    pub title: Option<String>,
    /// The full name.
    pub name: Option<String>,
    /// The login name.
    pub username: Option<String>,
    /// Email addresses.
    pub emails: Option<Vec<Email>>,
    /// Phone numbers.
    pub phones: Option<Vec<Phone>>,
    /// Whether the user is active.
    pub status: Option<UserStatus>,
    /// Roles.
    pub roles: Option<Vec<Role>>,
    /// The groups that the user belongs to.
    pub groups: Option<Vec<Membership>>,
    /// The organizations that the user belongs to.
    pub organizations: Option<Vec<NamedId>>,
    /// The workspace that the user belongs to.
    pub workspace: Option<Membership>,
    /// The languages that the user speaks.
    pub languages: Option<Vec<String>>,
    /// The time zone.
    pub timezone: Option<String>,
    /// The address of a picture.
    pub avatar: Option<String>,
    /// Links to it.
    pub urls: Option<Vec<Url>>,
    /// When it was created.
    pub created_at: Option<DateTime>,
    /// When it was last updated.
    pub updated_at: Option<DateTime>,
    /// The provider's own record.
    pub remote_data: Option<RemoteData>,
}

/// A role, and where the user has it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Role {
    /// The role's id.
    pub id: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The group in which the user has it.
    pub group: Option<String>,
    /// The organization in which the user has it.
    pub organization: Option<String>,
    /// The workspace in which the user has it.
    pub workspace: Option<String>,
}

/// A group or workspace within an organization.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Membership {
    /// The id.
    pub id: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The organization that it belongs to.
    pub organization: Option<String>,
}

/// A phone number.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Phone {
    /// The number.
    pub number: Option<String>,
    /// The extension.
    pub extension: Option<String>,
    /// The kind of number.
    #[serde(rename = "type")]
    pub kind: Option<String>,
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
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ListUsers {
    /// The group whose users to list; `DocuSign` demands it.
    pub group: Option<GroupFilter>,
}

/// A group by its id and kind.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GroupFilter {
    /// The group's id.
    pub id: Option<String>,
    /// The kind of group.
    #[serde(rename = "type")]
    pub kind: Option<GroupKind>,
}

open_enum! {
    /// The kinds of groups.
    GroupKind {
        /// People of whom any one can sign.
        SigningGroup = "signing_group",
        /// Users with the same rights.
        UserGroup = "user_group",
    }
}

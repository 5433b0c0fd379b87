//! A user of 20 fields: with the provider's record as text and as a value, with plain and with tolerant types.

use std::hint::black_box;

use bytes::Bytes;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use truto_core::{ByteStream, OrRaw, Page, RemoteData, Upload, unified_endpoint};

macro_rules! user {
    ($(#[$doc:meta])* $name:ident, $remote_data:ty, $status:ty, $text:ty, $date:ty) => {
        $(#[$doc])*
        #[unified_endpoint(method = "GET", path = "/unified/e-signature/users")]
        #[unified_endpoint(method = "DELETE", path = "/unified/e-signature/users/<id>")]
        #[unified_endpoint(
            method = "POST",
            path = "/unified/e-signature/users/download",
            query = Size,
            response = ByteStream
        )]
        #[unified_endpoint(
            method = "POST",
            path = "/unified/e-signature/users/upload",
            body = Upload,
            response = ()
        )]
        #[derive(Debug, Clone, Deserialize)]
        #[allow(missing_docs, reason = "the fields of e-signature users")]
        pub struct $name {
            pub id: String,
            pub first_name: Option<String>,
            pub last_name: Option<String>,
            pub title: Option<String>,
            pub name: Option<$text>,
            pub username: Option<String>,
            pub emails: Option<Vec<Email>>,
            pub phones: Option<Vec<Phone>>,
            pub status: Option<$status>,
            pub roles: Option<Vec<Named>>,
            pub groups: Option<Vec<Named>>,
            pub organizations: Option<Vec<Named>>,
            pub workspace: Option<Named>,
            pub languages: Option<Vec<String>>,
            pub timezone: Option<String>,
            pub avatar: Option<String>,
            pub urls: Option<Vec<Url>>,
            pub created_at: Option<$date>,
            pub updated_at: Option<$date>,
            pub remote_data: Option<$remote_data>,
        }
    };
}

user! {
    /// Keeps the provider's record as text.
    User, RemoteData, String, String, String
}

user! {
    /// Parses the provider's record.
    ParsedUser, Value, String, String, String
}

user! {
    /// Fails on an unknown status, and on a date that is not a date.
    TypedUser, RemoteData, Status, String, Timestamp
}

user! {
    /// Keeps values of another type as JSON.
    TolerantUser, RemoteData, OrRaw<Status>, OrRaw<String>, OrRaw<Timestamp>
}

/// States of a user.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "named as on the wire")]
pub enum Status {
    Active,
    Inactive,
    Pending,
}

/// Decodes a page and counts its records, 0 if it cannot be decoded.
#[must_use]
pub fn decode(how: &str, page: &Bytes) -> usize {
    fn ours<T: DeserializeOwned>(page: &Bytes) -> usize {
        truto_core::__private::decode::<Page<T>>(page.clone())
            .map_or(0, |page| black_box(page).result.len())
    }
    match how {
        "ours" => ours::<User>(page),
        "ours-parsed" => ours::<ParsedUser>(page),
        "ours-typed" => ours::<TypedUser>(page),
        "ours-tolerant" => ours::<TolerantUser>(page),
        _ => serde_json::from_slice::<Page<ParsedUser>>(page)
            .map_or(0, |page| black_box(page).result.len()),
    }
}

/// Amount to send.
#[derive(Debug, Serialize)]
pub struct Size {
    /// In megabytes.
    pub megabytes: u64,
}

/// The query of the call, for serializers that take a struct.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "named as on the wire")]
pub struct Parameters {
    pub integrated_account_id: &'static str,
    pub truto_exclude_fields: [&'static str; 2],
    pub truto_ignore_remote_data: bool,
    pub remote_query: Reason,
}

/// Parameters for the provider.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "named as on the wire")]
pub struct Reason {
    pub reason: &'static str,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            integrated_account_id: "62f44730-dd91-461e-bd6a-aedd9e0ad79d",
            truto_exclude_fields: ["avatar", "urls"],
            truto_ignore_remote_data: true,
            remote_query: Reason { reason: "left the company" },
        }
    }
}

/// An email address.
#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs, reason = "named as on the wire")]
pub struct Email {
    pub email: Option<String>,
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub is_primary: Option<bool>,
}

/// A phone number.
#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs, reason = "named as on the wire")]
pub struct Phone {
    pub number: Option<String>,
    pub extension: Option<String>,
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// A reference.
#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs, reason = "named as on the wire")]
pub struct Named {
    pub id: Option<String>,
    pub name: Option<String>,
    pub organization: Option<String>,
}

/// A link.
#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs, reason = "named as on the wire")]
pub struct Url {
    pub url: Option<String>,
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// About 2.1 KB, 0.9 of them the provider's own record; the id comes first, as in Truto's samples.
const RECORD: &str = concat!(
    r#"{"id":"@ID@","first_name":"Ada","last_name":"Lovelace","title":"Countess of Lovelace","#,
    r#""name":"Ada Lovelace","username":"ada.lovelace","#,
    r#""emails":[{"email":"ada@example.com","type":"work","is_primary":true},{"email":"ada.lovelace@example.org","type":"home","is_primary":false}],"#,
    r#""phones":[{"number":"+44 20 7946 0000","extension":"12","type":"work"}],"status":"active","#,
    r#""roles":[{"id":"r1","name":"Administrator"},{"id":"r2","name":"Signer"}],"#,
    r#""groups":[{"id":"g1","name":"Engines","organization":"o1"}],"#,
    r#""organizations":[{"id":"o1","name":"Analytical Society"}],"#,
    r#""workspace":{"id":"w1","name":"London","organization":"o1"},"languages":["en","fr"],"#,
    r#""timezone":"Europe/London","avatar":"https://example.com/avatars/ada.png","#,
    r#""urls":[{"url":"https://example.com/users/ada","type":"view"}],"#,
    r#""created_at":"2024-12-10T09:30:00Z","updated_at":"2026-11-24T12:00:00.123Z","#,
    r#""remote_data":{"#,
    r#""userId":"@ID@","userName":"Ada Lovelace","email":"ada@example.com","userType":"CompanyUser","#,
    r#""isAdmin":"True","userStatus":"Active","uri":"/users/00000000-0000-0000-0000-000000000000","#,
    r#""loginStatus":"not_logged_in","passwordExpiration":"never","sendActivationEmail":"false","#,
    r#""createdDateTime":"2024-12-10T09:30:00.0000000Z","permissionProfileId":"12345678","#,
    r#""permissionProfileName":"Account Administrator","jobTitle":"Countess of Lovelace","#,
    r#""userSettings":[{"name":"canSendEnvelope","value":"true"},{"name":"allowRecipientLanguageSelection","value":"false"},{"name":"canManageAccount","value":"account_administrator"},{"name":"apiAccountWideAccess","value":"false"}],"#,
    r#""workAddress":{"street1":"12 St James's Square","city":"London","country":"GB","postalCode":"SW1Y 4JH"}"#,
    r#","groupList":[{"groupId":"10000001","groupName":"Administrators","groupType":"adminGroup"},"#,
    r#"{"groupId":"10000002","groupName":"Everyone","groupType":"everyoneGroup"},"#,
    r#"{"groupId":"10000003","groupName":"Engines","permissionProfileId":"12345678"}],"#,
    r#""customSettings":[{"name":"locale","value":"en_GB"},{"name":"theme","value":"dark"}],"#,
    r#""homeAddress":{"street1":"Ockham Park","city":"Ripley","country":"GB","postalCode":"GU23 6NQ"}}}"#,
);

/// A user as JSON text.
#[must_use]
pub fn record(number: usize) -> String {
    RECORD.replace("@ID@", &format!("{number:08}"))
}

/// A page of users as JSON text.
#[must_use]
pub fn page(users: usize, next_cursor: Option<&str>) -> String {
    let all: Vec<String> = (0..users).map(record).collect();
    let (all, next) = (all.join(","), serde_json::to_string(&next_cursor).unwrap_or_default());
    format!(r#"{{"result":[{all}],"next_cursor":{next},"result_count":{users}}}"#)
}

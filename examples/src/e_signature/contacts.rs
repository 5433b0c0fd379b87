use serde::{Deserialize, Serialize};
use truto_core::{RemoteData, unified_endpoint};

use super::{DateTime, NamedId};

/// A person in the address book.
#[unified_endpoint(method = "GET", path = "/unified/e-signature/contacts")]
#[unified_endpoint(method = "GET", path = "/unified/e-signature/contacts/<id>")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// The contact's id.
    pub id: String,
    /// The first name.
    pub first_name: Option<String>,
    /// The last name.
    pub last_name: Option<String>,
    /// The full name.
    pub name: Option<String>,
    /// The job title.
    pub title: Option<String>,
    /// The company that the contact belongs to.
    pub account: Option<NamedId>,
    /// Postal addresses.
    pub addresses: Option<Vec<Address>>,
    /// Email addresses.
    pub email_addresses: Option<Vec<ContactEmail>>,
    /// Phone numbers.
    pub phone_numbers: Option<Vec<ContactPhone>>,
    /// Tags.
    pub tags: Option<Vec<NamedId>>,
    /// When something last happened to it.
    pub last_activity_at: Option<DateTime>,
    /// When it was created.
    pub created_at: Option<DateTime>,
    /// When it was last updated.
    pub updated_at: Option<DateTime>,
    /// The provider's own record.
    pub remote_data: Option<RemoteData>,
}

/// A postal address.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Address {
    /// The address's id.
    pub id: Option<String>,
    /// The first line of the street.
    pub street_1: Option<String>,
    /// The second line of the street.
    pub street_2: Option<String>,
    /// The city.
    pub city: Option<String>,
    /// The state or province.
    pub state: Option<String>,
    /// The postal code.
    pub postal_code: Option<String>,
    /// The country.
    pub country: Option<String>,
    /// The kind of address.
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// An email address of a contact.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ContactEmail {
    /// The id of the address.
    pub id: Option<String>,
    /// The address.
    pub email: Option<String>,
    /// The kind of address.
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// A phone number of a contact.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ContactPhone {
    /// The id of the number.
    pub id: Option<String>,
    /// The number.
    pub number: Option<String>,
    /// The extension.
    pub extension: Option<String>,
    /// The kind of number.
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

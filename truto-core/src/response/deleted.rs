use std::borrow::Cow;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::decode::probe::{names_key, reads_any};
use super::decode::{self, Failure};
use super::remote_data::RemoteData;
use crate::json::{JsonKind, ObjectReader, RawJson, repair};

/// The response to a DELETE: the deleted object, its id alone, or nothing.
///
/// Truto's documentation and SDKs show all three, and none of them is an error: the record is deleted. For
/// any other JSON, look at [`raw`](Self::raw), since it may report a refusal.
///
/// | response | [`id`](Self::id) | [`resource`](Self::resource) |
/// | --- | --- | --- |
/// | the object | its id | the object |
/// | `{"id": …}` | the id | `None` |
/// | 204, an empty body, `null` or `{}` | `None` | `None` |
/// | other JSON, such as `{"success":false}` | `None` | `None`; the body is in [`raw`](Self::raw) |
///
/// An object without an `id` counts as the deleted object only if the type reads one of its keys. JSON that
/// is not an object, such as `true`, is the resource if the type accepts it, as `Value` does. A record
/// inside `{"result": …}` is unwrapped. If an object with an `id` does not fit the type, its JSON is in
/// [`raw`](Self::raw), and [`id`](Self::id) still returns the id.
///
/// ```
/// # truto_sandbox::__doc::run(async |_sandbox, account| {
/// # use truto_sandbox::__doc::User;
/// let deleted = User::delete("a").send(&account).await?;
/// assert_eq!(deleted.id(), Some("a"));
/// # Ok(())
/// # })
/// ```
///
/// See [the delete method of users](https://truto.one/docs/api-reference/unified-e-signature-api/users/delete).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Deleted<T> {
    id: Option<String>,
    resource: Option<T>,
    raw: Option<RemoteData>,
}

impl<T> Deleted<T> {
    /// The id in the response. A number is returned as its digits.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The deleted object, if the response contains more than the id.
    #[must_use]
    pub fn resource(&self) -> Option<&T> {
        self.resource.as_ref()
    }

    /// The deleted object, if the response contains more than the id.
    #[must_use]
    pub fn into_resource(self) -> Option<T> {
        self.resource
    }

    /// The body, if it is JSON but not the record, for example `{"success":true}`.
    #[must_use]
    pub fn raw(&self) -> Option<&RemoteData> {
        self.raw.as_ref()
    }
}

impl<T: DeserializeOwned> Deleted<T> {
    /// Reads a successful response whose body is JSON or empty: the record if it is one, else its id.
    pub(crate) fn read(text: &str) -> Result<Self, Failure> {
        if decode::is_blank(text) {
            return Ok(Self::default());
        }
        match decode::only_result(text) {
            Some(result) if !names_key::<T>("result") => Self::read_record(result),
            _ => Self::read_record(text),
        }
    }

    fn read_record(text: &str) -> Result<Self, Failure> {
        let RecordKeys { id, has_more } = RecordKeys::of(text);
        // An object is the record if it has an id or a key that the type reads; `{"success":true}`
        // would decode as a struct of options, too.
        if has_more && (id.is_some() || reads_any::<T>(&names(text))) {
            if let Ok(resource) = decode::json(text) {
                return Ok(Self { id, resource: Some(resource), raw: None });
            }
        }
        let body: RemoteData = decode::json(text)?;
        if has_more || id.is_some() {
            return Ok(Self { id, resource: None, raw: has_more.then_some(body) });
        }
        // Compared without white space, since a server may indent its JSON.
        let compact: String = body.get().split_ascii_whitespace().collect();
        if matches!(&*compact, "null" | "{}" | r#"{"id":null}"#) {
            return Ok(Self::default());
        }
        // Not an object, or only an unusable id.
        let resource = if body.kind() == JsonKind::Object { None } else { decode::json(text).ok() };
        let raw = if resource.is_none() { Some(body) } else { None };
        Ok(Self { id, resource, raw })
    }
}

/// The keys of a deleted record that matter whatever its type.
#[derive(Debug, Default)]
struct RecordKeys {
    id: Option<String>,
    /// True if there are other keys.
    has_more: bool,
}

impl RecordKeys {
    fn of(text: &str) -> Self {
        let (keys, is_readable) = Self::read(text);
        if is_readable {
            return keys;
        }
        // Repairing reads every byte, so only unreadable text is repaired.
        match repair(text) {
            Cow::Owned(repaired) => Self::read(&repaired).0,
            Cow::Borrowed(_) => keys,
        }
    }

    /// Reads until both are known; false if the text is not a JSON object up to there.
    fn read(text: &str) -> (Self, bool) {
        let mut keys = Self::default();
        let mut object = ObjectReader::new(text);
        while let Some(key) = object.next_key() {
            if key != "id" {
                keys.has_more = true;
                if keys.id.is_some() {
                    return (keys, true);
                }
            }
            let Some(value) = object.value::<RawJson<'_>>() else {
                return (keys, false);
            };
            if key == "id" {
                keys.id = value.as_text().map(Cow::into_owned);
                if keys.has_more && keys.id.is_some() {
                    return (keys, true);
                }
            }
        }
        (keys, object.is_complete())
    }
}

/// The keys of an object, as far as they can be read.
fn names(text: &str) -> Vec<Cow<'_, str>> {
    let mut object = ObjectReader::new(text);
    let mut names = Vec::new();
    while let Some(name) = object.next_key() {
        names.push(name);
        if object.value::<IgnoredAny>().is_none() {
            break;
        }
    }
    names
}

impl<T> Deleted<T> {
    /// Creates the response to a deletion that returned the record, for tests.
    ///
    /// ```
    /// use truto_core::Deleted;
    ///
    /// let deleted = Deleted::from_resource("7", "the record");
    /// assert_eq!(deleted.id(), Some("7"));
    /// assert_eq!(deleted.resource(), Some(&"the record"));
    /// assert_eq!(Deleted::<()>::from_id("7").id(), Some("7"));
    /// ```
    #[must_use]
    pub fn from_resource(id: impl Into<String>, resource: T) -> Self {
        Self { id: Some(id.into()), resource: Some(resource), raw: None }
    }

    /// Creates the response to a deletion that returned only the id, for tests.
    #[must_use]
    pub fn from_id(id: impl Into<String>) -> Self {
        Self { id: Some(id.into()), ..Self::default() }
    }
}

impl<T: Serialize> Serialize for Deleted<T> {
    /// Serializes as `{"id": …, "resource": …, "raw": …}`, without `None`s.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(id) = &self.id {
            map.serialize_entry("id", id)?;
        }
        if let Some(resource) = &self.resource {
            map.serialize_entry("resource", resource)?;
        }
        if let Some(raw) = &self.raw {
            map.serialize_entry("raw", raw)?;
        }
        map.end()
    }
}

impl<T> Default for Deleted<T> {
    fn default() -> Self {
        Self { id: None, resource: None, raw: None }
    }
}

#[cfg(test)]
mod tests;

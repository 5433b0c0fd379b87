use std::borrow::Cow;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::decode::probe::{names_key, reads_any};
use super::decode::{self, Failure};
use super::remote_data::RemoteData;
use crate::json::{JsonKind, ObjectReader, RawJson, repair};

/// The response to a DELETE: the deleted object, its id alone, or nothing.
///
/// Truto's documentation and SDKs show all three, and none of them is an error: the record is deleted.
///
/// | response | [`id`](Self::id) | [`resource`](Self::resource) |
/// | --- | --- | --- |
/// | the object | its id | the object |
/// | `{"id": …}` | the id | `None` |
/// | 204, an empty body, `null` or `{}` | `None` | `None` |
/// | other JSON, such as `{"success":false}` | `None` | `None`; the body is in [`raw`](Self::raw) |
///
/// An object without an `id` counts as the deleted object only if the type reads one of its keys. A
/// record inside `{"result": …}` is unwrapped.
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
        // The white space of a server that indents its JSON does not make a record of it.
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
        // Repairing looks at every byte, so that only a text that cannot be read is repaired.
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
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct User {
        id: String,
        name: Option<String>,
    }

    fn read(text: &str) -> (Option<String>, Option<User>) {
        let deleted = Deleted::<User>::read(text).expect(text);
        (deleted.id().map(str::to_owned), deleted.into_resource())
    }

    #[test]
    fn reads_all_three_responses() {
        let id = || Some("7".to_owned());
        let user = |name: Option<&str>| Some(User { id: "7".into(), name: name.map(Into::into) });
        for (text, expected) in [
            (r#"{"id":"7","name":"n"}"#, (id(), user(Some("n")))),
            (r#"{"name":"n","id":"7"}"#, (id(), user(Some("n")))),
            (r#"{"id":"7","name":null}"#, (id(), user(None))),
            (r#"{"id":"7","unknown":1}"#, (id(), user(None))),
            (r#"{"id":"7","deleted":true}"#, (id(), user(None))),
            (r#"{"id":"7"}"#, (id(), None)),
            (r#" { "id" : 7 } "#, (id(), None)),
            (r#"{"id":null}"#, (None, None)),
            ("{}", (None, None)),
            ("null", (None, None)),
            ("{ }", (None, None)),
            ("{\n  \"id\": null\n}\n", (None, None)),
            ("", (None, None)),
            ("\r\n", (None, None)),
        ] {
            assert_eq!(read(text), expected, "{text}");
            assert_eq!(Deleted::<User>::read(text).expect(text).raw(), None, "{text}");
        }
    }

    #[test]
    fn any_other_json_is_a_success() {
        for (text, id) in [
            (r#"{"id":"7","name":1}"#, Some("7")),
            (r#"{"id":7,"name":["x"]}"#, Some("7")),
            (r#"{"ok":true}"#, None),
            (r#"{"success":true}"#, None),
            ("7", None),
            ("[]", None),
            (r#"[{"id":"7"}]"#, None),
            (r#"{"id":"7","name":"cut \ud83d","x":1e999}"#, Some("7")),
        ] {
            let deleted = Deleted::<User>::read(text).expect(text);
            assert_eq!(deleted.id(), id, "{text}");
            if !text.contains("ud83d") {
                assert_eq!(deleted.raw().expect(text).get(), text);
                assert_eq!(deleted.into_resource(), None, "{text}");
            }
        }
    }

    #[test]
    fn a_refusal_is_not_decoded_as_a_record() {
        #[derive(Debug, PartialEq, Deserialize)]
        struct Options {
            id: Option<String>,
            name: Option<String>,
        }
        #[derive(Debug, Deserialize)]
        struct Flat {
            #[serde(flatten)]
            inner: Options,
        }
        let locked = r#"{"success":false,"error":"locked"}"#;
        for text in [locked, r#"{"result":{"success":false}}"#, r#"{"result":true}"#] {
            let deleted = Deleted::<Options>::read(text).expect(text);
            assert_eq!((deleted.id(), deleted.resource()), (None, None), "{text}");
            let raw = deleted.raw().expect(text).get();
            assert!(text.contains(raw), "{raw}");
        }
        assert_eq!(Deleted::<Flat>::read(locked).expect("200").raw().expect("raw").get(), locked);
        let other = Deleted::<Flat>::read(r#"{"name":"n"}"#).expect("200");
        assert_eq!(other.resource().expect("a record").inner.name.as_deref(), Some("n"));
        let value = Deleted::<serde_json::Value>::read(locked).expect("200");
        assert_eq!(value.resource().expect("any JSON")["error"], "locked");
    }

    #[test]
    fn the_result_of_an_envelope_is_read() {
        for (text, name) in [
            (r#"{"result":{"id":"7"}}"#, None),
            (r#"{"result":{"id":"7","name":"n"},"next_cursor":null}"#, Some("n")),
        ] {
            let deleted = Deleted::<User>::read(text).expect(text);
            assert_eq!(deleted.id(), Some("7"), "{text}");
            let found = deleted.resource().map(|user| user.name.as_deref());
            assert_eq!(found, name.map(Some), "{text}");
        }
        assert_eq!(Deleted::<User>::read(r#"{"result":null}"#).expect("200"), Deleted::default());
    }

    #[test]
    fn a_body_that_is_not_json_is_an_error() {
        for text in ["<html>", "OK", r#"{"id":"7""#, r#"{"id":"7"} x"#] {
            assert!(Deleted::<User>::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn deletions_can_be_made_for_tests() {
        let bare = Deleted::<User>::from_id("7");
        assert_eq!((bare.id(), bare.resource()), (Some("7"), None));
        let whole = Deleted::from_resource("7", 1);
        assert_eq!((whole.id(), whole.resource()), (Some("7"), Some(&1)));
        assert_eq!(whole.into_resource(), Some(1));
    }
}

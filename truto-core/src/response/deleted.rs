use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::decode::{self, Failure};
use super::id::Id;
use super::remote_data::RemoteData;
use crate::json_text::{PlainText, repair};

/// The response to a DELETE: the deleted object, its id alone, or nothing.
///
/// Truto's sources show all three, and none of them is an error: the record is gone.
///
/// | response | [`id`](Self::id) | [`resource`](Self::resource) |
/// | --- | --- | --- |
/// | the object | its id | the object |
/// | `{"id": …}` | the id | `None` |
/// | 204, an empty body, `null` or `{}` | `None` | `None` |
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

    /// The deleted object, if the response holds more than the id.
    #[must_use]
    pub fn resource(&self) -> Option<&T> {
        self.resource.as_ref()
    }

    /// The deleted object, if the response holds more than the id.
    #[must_use]
    pub fn into_resource(self) -> Option<T> {
        self.resource
    }

    /// The body, where it is JSON but not the record: `{"success":true}`, say.
    #[must_use]
    pub fn raw(&self) -> Option<&RemoteData> {
        self.raw.as_ref()
    }
}

impl<T: DeserializeOwned> Deleted<T> {
    /// A success with JSON or nothing in its body: the record if it is one, else its id.
    pub(crate) fn read(text: &str) -> Result<Self, Failure> {
        if decode::is_blank(text) {
            return Ok(Self::default());
        }
        let Glance { id, more } = Glance::of(text);
        // The usual response: nothing else has to be read.
        if more {
            if let Ok(resource) = decode::json(text) {
                return Ok(Self { id, resource: Some(resource), raw: None });
            }
        }
        let body: RemoteData = decode::json(text)?;
        let nothing = matches!(body.get().trim(), "null" | "{}" | r#"{"id":null}"#);
        // An id alone says nothing of the record, whatever its type makes of it.
        let resource = match more || nothing || id.is_some() {
            true => None,
            false => decode::json(text).ok(),
        };
        let raw = (!nothing && resource.is_none() && (more || id.is_none())).then_some(body);
        Ok(Self { id, resource, raw })
    }
}

/// What the keys of a deleted record say, whatever its type.
#[derive(Debug, Default)]
struct Glance {
    id: Option<String>,
    /// Whether there is more than the id.
    more: bool,
}

impl Glance {
    fn of(text: &str) -> Self {
        let (glance, read) = Self::read(text);
        if read.is_none() {
            if let Cow::Owned(repaired) = repair(text) {
                return Self::read(&repaired).0;
            }
        }
        glance
    }

    /// Reads up to the key that decides; `None` if the text is not an object in JSON up to there.
    fn read(text: &str) -> (Self, Option<()>) {
        let mut glance = Self::default();
        let read = glance.read_keys(&mut Unread(text));
        (glance, read)
    }

    fn read_keys(&mut self, json: &mut Unread<'_>) -> Option<()> {
        let mut id_met = false;
        json.skip("{")?;
        if json.skip("}").is_some() {
            return Some(());
        }
        loop {
            let PlainText(key) = json.value()?;
            json.skip(":")?;
            let is_id = key == "id";
            if is_id {
                id_met = true;
                self.id = json.id();
            }
            if !is_id || self.id.is_none() {
                json.value::<IgnoredAny>()?;
            }
            self.more |= !is_id;
            if json.skip(",").is_none() {
                return json.skip("}");
            }
            self.more = true;
            if id_met {
                return Some(());
            }
        }
    }
}

/// The rest of a JSON text, of which only the beginning is asked for.
struct Unread<'a>(&'a str);

impl<'a> Unread<'a> {
    fn value<T: Deserialize<'a>>(&mut self) -> Option<T> {
        let mut values = serde_json::Deserializer::from_str(self.0).into_iter();
        let value = values.next()?.ok()?;
        self.0 = self.0.get(values.byte_offset()..)?;
        Some(value)
    }

    /// A text or a number.
    fn id(&mut self) -> Option<String> {
        match self.value() {
            Some(PlainText(text)) => Some(text.into_owned()),
            None => self.value::<Id>().map(Into::into),
        }
    }

    fn skip(&mut self, token: &str) -> Option<()> {
        self.0 = self.0.trim_ascii_start().strip_prefix(token)?;
        Some(())
    }
}

impl<T> Deleted<T> {
    /// A deletion of which the server returned the record, for tests.
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

    /// A deletion of which the server returned the id alone, for tests.
    #[must_use]
    pub fn from_id(id: impl Into<String>) -> Self {
        Self { id: Some(id.into()), ..Self::default() }
    }
}

impl<T> Default for Deleted<T> {
    fn default() -> Self {
        Self { id: None, resource: None, raw: None }
    }
}

#[cfg(test)]
mod tests {
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
    fn all_three_responses() {
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
            ("", (None, None)),
            ("\r\n", (None, None)),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn any_other_json_is_a_success_all_the_same() {
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
    fn what_is_not_json_is_an_error() {
        for text in ["<html>", "OK", r#"{"id":"7""#, r#"{"id":"7"} x"#] {
            assert!(Deleted::<User>::read(text).is_err(), "{text}");
        }
    }
}

use std::fmt;

use serde::de::{DeserializeOwned, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::decode::{self, Failure};

/// What a delete answered: the deleted object, its id alone, or nothing.
///
/// Truto's sources show all three, and none of them is an error: the record is gone.
///
/// | answer | [`id`](Self::id) | [`resource`](Self::resource) |
/// | --- | --- | --- |
/// | the object | its id | the object |
/// | `{"id": …}` | the id | `None` |
/// | 204, an empty body, `null` or `{}` | `None` | `None` |
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use truto_core::{sandbox::Sandbox, unified_endpoint};
/// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users")]
/// # #[unified_endpoint(method = "GET", path = "/unified/e-signature/users/<id>")]
/// # #[unified_endpoint(method = "DELETE", path = "/unified/e-signature/users/<id>")]
/// # #[derive(Debug, serde::Deserialize)]
/// # struct User { id: String }
/// # let sandbox = Sandbox::start().await?;
/// # for id in ["a", "b", "c"] {
/// #     sandbox.insert("e-signature", "users", serde_json::json!({"id": id}));
/// # }
/// # let account = sandbox.account();
/// let deleted = User::delete("a").send(&account).await?;
/// assert_eq!(deleted.id(), Some("a"));
/// # Ok(())
/// # }
/// ```
///
/// See [the delete method of users](https://truto.one/docs/api-reference/unified-e-signature-api/users/delete).
#[derive(Debug, Clone, PartialEq)]
pub struct Deleted<T> {
    id: Option<String>,
    resource: Option<T>,
}

impl<T> Deleted<T> {
    /// The id that the answer names. A number is given as its digits.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The deleted object, if the answer holds more than the id.
    #[must_use]
    pub fn resource(&self) -> Option<&T> {
        self.resource.as_ref()
    }

    /// The deleted object, if the answer holds more than the id.
    #[must_use]
    pub fn into_resource(self) -> Option<T> {
        self.resource
    }
}

impl<T: DeserializeOwned> Deleted<T> {
    pub(crate) fn read(text: &str) -> Result<Self, Failure> {
        let glance = Glance::at(text);
        let resource = if glance.is_whole_answer || decode::is_blank(text) {
            None
        } else {
            decode::json::<Option<T>>(text)?
        };
        Ok(Self {
            id: glance.id,
            resource,
        })
    }
}

/// What a look at the top-level keys tells, which stops at the id if more follows.
#[derive(Default)]
struct Glance {
    id: Option<String>,
    /// The answer is an object with no other key than the id.
    is_whole_answer: bool,
}

impl Glance {
    fn at(text: &str) -> Self {
        let mut glance = Self::default();
        let mut json = serde_json::Deserializer::from_str(text);
        // An error comes from our own early stop, or is found again, and told, by the full decode.
        let whole = json
            .deserialize_map(GlanceVisitor(&mut glance))
            .is_ok_and(|only_id| only_id && json.end().is_ok());
        glance.is_whole_answer = whole;
        glance
    }
}

struct GlanceVisitor<'a>(&'a mut Glance);

impl<'de> Visitor<'de> for GlanceVisitor<'_> {
    /// Whether there was no other key than the id.
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let mut only_id = true;
        while let Some(key) = map.next_key::<Key>()? {
            if let Key::Id = key {
                self.0.id = map.next_value::<Id>()?.into_text();
            } else if self.0.id.is_some() {
                // All is known; the deserializer ends with an error, since the object does not.
                return Ok(false);
            } else {
                map.next_value::<IgnoredAny>()?;
                only_id = false;
            }
        }
        Ok(only_id)
    }
}

#[derive(serde::Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Key {
    Id,
    #[serde(other)]
    Other,
}

/// Ids are strings in all of Truto's schemas, but a provider's number may come through.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Id {
    Text(String),
    Number(serde_json::Number),
    Other(IgnoredAny),
}

impl Id {
    fn into_text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(number) => Some(number.to_string()),
            Self::Other(IgnoredAny) => None,
        }
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
    fn all_three_answers() {
        let id = || Some("7".to_owned());
        let user = |name: Option<&str>| {
            Some(User {
                id: "7".into(),
                name: name.map(Into::into),
            })
        };
        for (text, expected) in [
            (r#"{"id":"7","name":"n"}"#, (id(), user(Some("n")))),
            (r#"{"name":"n","id":"7"}"#, (id(), user(Some("n")))),
            (r#"{"id":"7","name":null}"#, (id(), user(None))),
            (r#"{"id":"7","unknown":1}"#, (id(), user(None))),
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
    fn anything_else_is_an_error() {
        for text in [
            "<html>",
            "7",
            "[]",
            r#"{"id":"7","name":1}"#,
            r#"{"id":"7"} x"#,
            r#"{"ok":true}"#,
        ] {
            assert!(Deleted::<User>::read(text).is_err(), "{text}");
        }
    }
}

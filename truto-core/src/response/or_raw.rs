use std::fmt;
use std::hash::{Hash, Hasher};

use serde::de::{DeserializeOwned, Deserializer};
use serde::{Deserialize, Serialize, Serializer};

use super::decode::{self, probe};
use super::record::FromObject;
use super::remote_data::RemoteData;
use crate::json::{RawJson, lenient};

/// A value of the expected type, or the JSON received instead.
///
/// Where Truto has no mapping, it passes the provider's own value through, so any field may contain any
/// JSON. As a field (`status: Option<OrRaw<Status>>`) or as a record
/// ([`Request::or_raw`](crate::Request::or_raw)), this type keeps a value that does not fit, so that the
/// rest of the response can be decoded. A known value serializes as its type does, and other JSON as it
/// was received.
///
/// ```
/// # fn main() -> Result<(), serde_json::Error> {
/// use truto_core::OrRaw;
///
/// #[derive(Debug, PartialEq, serde::Deserialize)]
/// #[serde(rename_all = "snake_case")]
/// enum Status {
///     Active,
///     Inactive,
/// }
///
/// #[derive(serde::Deserialize)]
/// struct User {
///     status: Option<OrRaw<Status>>,
/// }
///
/// let users: Vec<User> = serde_json::from_str(r#"[{"status":"active"},{"status":"on leave"}]"#)?;
/// assert!(matches!(users[0].status, Some(OrRaw::Known(Status::Active))));
/// let odd = users[1].status.as_ref().and_then(OrRaw::raw).expect("another word");
/// assert_eq!(odd.get(), r#""on leave""#);
/// # Ok(())
/// # }
/// ```
///
/// A generic model needs a bound: `#[serde(bound = "T: serde::de::DeserializeOwned")]`.
///
/// See [Truto's guide to unified models](https://truto.one/docs/guides/unified-apis/creating-unified-apis).
#[derive(Clone)]
pub enum OrRaw<T> {
    /// A value of the expected type.
    Known(T),
    /// Any other JSON, unchanged.
    Raw(RemoteData),
}

impl<T> OrRaw<T> {
    /// The value, if it is of the expected type.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Raw(_) => None,
        }
    }

    /// Returns true if it is equal to `value`.
    pub fn is(&self, value: &T) -> bool
    where
        T: PartialEq,
    {
        self.known() == Some(value)
    }

    /// The value, or the JSON received instead.
    ///
    /// # Errors
    ///
    /// The JSON, if it is not of the expected type.
    pub fn into_known(self) -> Result<T, RemoteData> {
        match self {
            Self::Known(value) => Ok(value),
            Self::Raw(raw) => Err(raw),
        }
    }

    /// The received JSON, if it is not of the expected type.
    pub fn raw(&self) -> Option<&RemoteData> {
        match self {
            Self::Known(_) => None,
            Self::Raw(raw) => Some(raw),
        }
    }
}

impl<T: DeserializeOwned> OrRaw<T> {
    /// The reason why the value is not of the expected type: the place and the JSON types, never the value
    /// itself. `None` for a value of the expected type.
    ///
    /// Computed on each call.
    ///
    /// ```
    /// # fn main() -> Result<(), serde_json::Error> {
    /// use truto_core::OrRaw;
    ///
    /// let size: OrRaw<u64> = serde_json::from_str(r#""12 kB""#)?;
    /// assert_eq!(size.explain().as_deref(), Some("expected u64, found a string"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn explain(&self) -> Option<String> {
        let raw = self.raw()?;
        Some(match decode::json::<T>(raw.get()) {
            Ok(_) => "it fits the type on its own".to_owned(),
            Err(failure) => {
                let top = failure.message.strip_suffix(" at the top of the response");
                top.unwrap_or(&failure.message).to_owned()
            }
        })
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for OrRaw<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match RawJson::deserialize(deserializer) {
            Ok(RawJson::Text(text)) => match lenient(&text, read) {
                Ok(value) => Self::Known(value),
                Err(_) => Self::Raw(RemoteData::from_text(text.into_owned())),
            },
            Ok(RawJson::Buffered(value)) => match T::deserialize(FromObject(&value)) {
                Ok(value) => Self::Known(value),
                Err(_) => Self::Raw(value.into()),
            },
            Err(error) => {
                // `RawJson` reads any JSON: this is a broken text, or a probe, which has no value.
                probe::enter::<T>();
                return Err(error);
            }
        })
    }
}

fn read<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
    // Without `end()`: the text is one whole value of a larger JSON text.
    T::deserialize(FromObject(&mut serde_json::Deserializer::from_str(text)))
}

impl<T: Serialize> Serialize for OrRaw<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(value) => value.serialize(serializer),
            Self::Raw(raw) => raw.serialize(serializer),
        }
    }
}

impl<T> From<T> for OrRaw<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

impl<T: PartialEq> PartialEq for OrRaw<T> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Known(one), Self::Known(other)) => one == other,
            (Self::Raw(one), Self::Raw(other)) => one == other,
            _ => false,
        }
    }
}

impl<T: Eq> Eq for OrRaw<T> {}

impl<T: Hash> Hash for OrRaw<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            Self::Known(value) => value.hash(state),
            Self::Raw(raw) => raw.hash(state),
        }
    }
}

impl<T: Default> Default for OrRaw<T> {
    /// The type's own default.
    fn default() -> Self {
        Self::Known(T::default())
    }
}

impl<T: PartialEq> PartialEq<T> for OrRaw<T> {
    fn eq(&self, other: &T) -> bool {
        self.is(other)
    }
}

impl<T: fmt::Debug> fmt::Debug for OrRaw<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(value) => f.debug_tuple("Known").field(value).finish(),
            // The provider's record contains personal data.
            Self::Raw(raw) => {
                let (kind, length) = (raw.kind(), raw.get().len());
                write!(f, "Raw({kind}, {length} bytes)")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::testing::in_containers;

    #[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
    #[serde(rename_all = "snake_case")]
    enum Status {
        Active,
    }

    #[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
    struct Group {
        id: Option<String>,
    }

    fn read<T: DeserializeOwned>(text: &str) -> OrRaw<T> {
        serde_json::from_str(text).expect(text)
    }

    #[test]
    fn a_value_that_does_not_fit_is_kept_as_json() {
        assert!(read::<Status>(r#""active""#).is(&Status::Active));
        assert_eq!(read::<Status>(r#" "active" "#), Status::Active);
        for text in [r#""unknown word""#, "7", "null", "true", r#"{"a":[1e999]}"#, r#"["active"]"#]
        {
            let value = read::<Status>(text);
            assert_eq!(value.raw().expect(text).get(), text);
            assert_eq!(serde_json::to_string(&value).expect("JSON"), text);
        }
        assert!(!read::<Status>(r#""odd""#).is(&Status::Active));
        assert_eq!(read::<u64>("12"), 12);
        assert!(read::<u64>("12") != 13 && !read::<u64>("12").is(&13));
        assert!(read::<u64>("-12").raw().is_some());
    }

    #[test]
    fn a_struct_is_not_an_array() {
        assert!(read::<Group>(r#"["x"]"#).raw().is_some());
        assert!(read::<Option<Group>>(r#"["x"]"#).raw().is_some());
        assert!(read::<Group>(r#"{"id":"x"}"#).known().is_some());
        assert!(read::<(u8, u8)>("[1,2]").known().is_some());
    }

    #[test]
    fn a_lone_surrogate_is_repaired_in_a_known_value() {
        assert_eq!(read::<String>(r#""cut \ud83d""#), "cut \u{fffd}".to_owned());
    }

    #[test]
    fn or_raw_works_in_flattened_tagged_and_untagged_types() {
        #[derive(Debug, PartialEq, Deserialize)]
        struct Inner {
            status: Option<OrRaw<Status>>,
            #[serde(default)]
            more: BTreeMap<String, OrRaw<u8>>,
        }
        let text = r#"{"kind":"A","status":"odd","more":{"a":1,"b":"x"}}"#;
        let plain: Inner = serde_json::from_str(text).expect("plain");
        assert!(plain.status.as_ref().is_some_and(|status| status.raw().is_some()));
        assert_eq!(plain.more["a"], 1);
        for inner in in_containers::<Inner>(text) {
            assert_eq!(inner, plain);
        }
    }

    #[test]
    fn neither_debug_nor_explain_shows_a_value() {
        let odd = read::<Group>(r#"{"id":["private"]}"#);
        assert_eq!(format!("{odd:?}"), "Raw(an object, 18 bytes)");
        let why = odd.explain().expect("a reason");
        assert_eq!(why, "expected a string, found an array at `id`");
        assert_eq!(read::<u8>("1").explain(), None);
        assert_eq!(format!("{:?}", read::<u8>("1")), "Known(1)");
    }

    #[test]
    fn known_and_raw_values_have_different_hashes() {
        use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};
        let hash =
            |value: &OrRaw<u8>| BuildHasherDefault::<DefaultHasher>::default().hash_one(value);
        let values: [OrRaw<u8>; 4] = ["1", "2", "\"1\"", "\"2\""].map(read);
        let hashes: std::collections::BTreeSet<u64> = values.iter().map(hash).collect();
        assert_eq!(hashes.len(), 4);
        for (at, one) in values.iter().enumerate() {
            for (other_at, other) in values.iter().enumerate() {
                assert_eq!(one == other, at == other_at, "{one:?} {other:?}");
            }
        }
        assert_eq!(hash(&read("1")), hash(&OrRaw::Known(1)));
    }
}

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::decode;
use crate::Error;
use crate::error::Kind;
use crate::json::{JsonKind, PlainValue, RAW_VALUE, RawJson};

/// The provider's own record, kept as the JSON text that was received.
///
/// Use it for `remote_data` in a model: it is not parsed until you ask for it, keeps numbers of any size
/// and the order of keys, and can be sent back in a body.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use truto_core::RemoteData;
///
/// #[derive(serde::Deserialize)]
/// struct User {
///     id: String,
///     remote_data: Option<RemoteData>,
/// }
///
/// let user: User = serde_json::from_str(r#"{"id":"1","remote_data":{"big":12345678901234567890123}}"#)?;
/// let remote = user.remote_data.expect("remote data");
/// assert_eq!(remote.get(), r#"{"big":12345678901234567890123}"#);
///
/// #[derive(serde::Deserialize)]
/// struct Provider {
///     big: f64,
/// }
/// assert!(remote.parse::<Provider>()?.big > 1e22);
/// # assert_eq!(user.id, "1");
/// # Ok(())
/// # }
/// ```
///
/// See [Truto's introduction](https://truto.one/docs/api-reference/overview/introduction).
#[derive(Clone)]
pub struct RemoteData(Box<RawValue>);

impl RemoteData {
    /// Creates remote data to send, from anything that serializes to JSON.
    ///
    /// # Errors
    ///
    /// [`Error::is_invalid_request`] if the value cannot be serialized to JSON.
    pub fn new<T: Serialize + ?Sized>(value: &T) -> Result<Self, Error> {
        serde_json::value::to_raw_value(value).map(Self).map_err(|error| {
            Error::invalid(format!("the remote data cannot be serialized to JSON: {error}"))
        })
    }

    /// The JSON text, unchanged.
    #[must_use]
    pub fn get(&self) -> &str {
        self.0.get()
    }

    /// Decodes the text into your own type.
    ///
    /// # Errors
    ///
    /// [`Error::is_decode`] if a field does not fit; the message gives its place.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, Error> {
        decode::json(self.get()).map_err(|failure| {
            Error::new(Kind::Decode {
                message: format!("remote data: {}", failure.message),
                status: None,
                excerpt: String::new(),
            })
        })
    }

    /// Decodes the text into a [`Value`]. Integers beyond 64 bits and long fractions lose digits.
    ///
    /// # Errors
    ///
    /// [`Error::is_decode`] if a [`Value`] cannot hold it, because it is nested deeper than 128 levels
    /// or contains a number out of range for `f64`. [`get`](Self::get) still returns the text.
    pub fn to_value(&self) -> Result<Value, Error> {
        self.parse()
    }

    /// Text that is known to be JSON.
    pub(super) fn from_text(text: String) -> Self {
        match RawValue::from_string(text) {
            Ok(raw) => Self(raw),
            // It came from a JSON parser, so this cannot happen.
            Err(_) => Self(RawValue::NULL.to_owned()),
        }
    }

    /// The JSON type of the value, for messages that must not show it.
    pub(super) fn kind(&self) -> JsonKind {
        JsonKind::of_text(self.get())
    }
}

impl From<Value> for RemoteData {
    fn from(value: Value) -> Self {
        match serde_json::value::to_raw_value(&value) {
            Ok(raw) => Self(raw),
            // A value always has a text; its keys are strings.
            Err(_) => Self(RawValue::NULL.to_owned()),
        }
    }
}

impl Default for RemoteData {
    /// `null`.
    fn default() -> Self {
        Self(RawValue::NULL.to_owned())
    }
}

impl From<Box<RawValue>> for RemoteData {
    fn from(raw: Box<RawValue>) -> Self {
        Self(raw)
    }
}

impl From<RemoteData> for Box<RawValue> {
    fn from(remote: RemoteData) -> Self {
        remote.0
    }
}

impl From<RemoteData> for Value {
    /// Like [`RemoteData::to_value`], except that JSON which a [`Value`] cannot hold becomes a string
    /// with its text.
    fn from(remote: RemoteData) -> Self {
        RawJson::Text(remote.get().into()).into_value()
    }
}

impl fmt::Debug for RemoteData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The provider's record contains personal data; `get` returns it.
        write!(f, "RemoteData({}, {} bytes)", self.kind(), self.get().len())
    }
}

impl PartialEq for RemoteData {
    /// Compares the texts.
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl Eq for RemoteData {}

impl std::hash::Hash for RemoteData {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.get().hash(state);
    }
}

impl<'de> Deserialize<'de> for RemoteData {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(RAW_VALUE, RemoteVisitor)
    }
}

struct RemoteVisitor;

impl<'de> Visitor<'de> for RemoteVisitor {
    type Value = RemoteData;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    // From text, which is kept without being parsed again.
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RemoteData, A::Error> {
        Box::<RawValue>::deserialize(MapAccessDeserializer::new(map)).map(RemoteData)
    }

    // From the buffer of a flattened, tagged or untagged type.
    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<RemoteData, D::Error> {
        PlainValue.deserialize(inner).map(Into::into)
    }
}

impl Serialize for RemoteData {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Flattened, in_containers};

    #[test]
    fn numbers_beyond_every_type_are_kept_and_never_panic() {
        let remote: RemoteData = serde_json::from_str("1e999").expect("raw JSON");
        assert_eq!(remote.get(), "1e999");
        assert!(remote.parse::<f64>().is_err_and(|error| error.is_decode()));
        assert!(remote.to_value().is_err_and(|error| error.is_decode()));
        assert_eq!(Value::from(remote.clone()), Value::from("1e999"));
        assert_eq!(RemoteData::from(Box::<RawValue>::from(remote.clone())), remote);
        assert_eq!(RemoteData::default().get(), "null");
    }

    #[test]
    fn remote_data_works_in_flattened_tagged_and_untagged_types() {
        #[derive(Deserialize)]
        struct Inner {
            remote_data: RemoteData,
        }
        type More = Flattened<std::collections::BTreeMap<String, RemoteData>>;
        let text = r#"{"kind":"A","remote_data":{"a":[1,"x",null]},"odd":{"b":true}}"#;
        for inner in in_containers::<Inner>(text) {
            assert_eq!(inner.remote_data.get(), r#"{"a":[1,"x",null]}"#);
            assert_eq!(inner.remote_data.kind(), JsonKind::Object);
        }
        for more in in_containers::<More>(text) {
            assert_eq!(more.inner["odd"].get(), r#"{"b":true}"#);
        }
    }

    #[test]
    fn refuses_deserializers_of_other_formats() {
        use serde::de::IntoDeserializer as _;
        let number: serde::de::value::U32Deserializer<serde::de::value::Error> =
            7_u32.into_deserializer();
        let error = RemoteData::deserialize(number).expect_err("a number");
        assert_eq!(error.to_string(), "invalid type: integer `7`, expected any JSON value");
    }

    #[test]
    fn remote_data_is_hashed_by_its_text_and_debug_hides_it() {
        let [one, same, other] =
            ["[1]", "[1]", "[2]"].map(|text| serde_json::from_str::<RemoteData>(text).expect(text));
        assert!(one == same && one != other);
        let set: std::collections::HashSet<RemoteData> = [one.clone(), same, other].into();
        assert_eq!(set.len(), 2);
        let hash = |remote: &RemoteData| {
            use std::hash::BuildHasher as _;
            std::hash::BuildHasherDefault::<std::hash::DefaultHasher>::default().hash_one(remote)
        };
        assert_ne!(hash(&one), hash(&RemoteData::default()));
        assert_eq!(format!("{one:?}"), "RemoteData(an array, 3 bytes)");
    }
}

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::decode;
use crate::Error;
use crate::error::Kind;

/// The provider's own record, kept as the JSON text it came as.
///
/// The type for `remote_data` in a model: it costs no parsing until asked for, keeps numbers of any
/// size and the order of keys, and can be sent back in a body.
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
/// let remote = user.remote_data.expect("it came");
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
    /// Makes remote data to send, from anything that can be JSON.
    ///
    /// # Errors
    ///
    /// [`Error::is_invalid_request`] if the value cannot be written as JSON.
    pub fn new<T: Serialize + ?Sized>(value: &T) -> Result<Self, Error> {
        serde_json::value::to_raw_value(value)
            .map(Self)
            .map_err(|error| Error::invalid(format!("the remote data cannot be JSON: {error}")))
    }

    /// The JSON text, as it came.
    #[must_use]
    pub fn get(&self) -> &str {
        self.0.get()
    }

    /// Decodes the text into a type of your own.
    ///
    /// # Errors
    ///
    /// [`Error::is_decode`] with the place of the field that does not fit.
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
    #[must_use]
    pub fn to_value(&self) -> Value {
        // A raw value has been checked as JSON, but for numbers out of `f64`'s range.
        serde_json::from_str(self.get()).unwrap_or_else(|_| Value::String(self.get().to_owned()))
    }
}

impl fmt::Debug for RemoteData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RemoteData").field(&self.0).finish()
    }
}

impl PartialEq for RemoteData {
    /// Compares the texts.
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<'de> Deserialize<'de> for RemoteData {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(deserializer).map(Self)
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

    #[test]
    fn numbers_beyond_every_type_are_kept_and_never_panic() {
        let remote: RemoteData = serde_json::from_str("1e999").expect("raw JSON");
        assert_eq!(remote.get(), "1e999");
        assert!(remote.parse::<f64>().is_err_and(|error| error.is_decode()));
        assert_eq!(remote.to_value(), "1e999");
    }
}

//! Values that are sent and received but never shown.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use truto_core::secrecy::{ExposeSecret, SecretString};

/// JSON that contains credentials: it is sent unchanged, and `Debug` never shows it.
///
/// ```
/// use serde_json::json;
/// use truto_admin::SecretJson;
///
/// let context = SecretJson::from(json!({"api_key": "s3cret"}));
/// assert_eq!(format!("{context:?}"), "SecretJson([REDACTED])");
/// assert_eq!(context.expose()["api_key"], "s3cret");
/// ```
#[derive(Clone)]
pub struct SecretJson(Value);

impl SecretJson {
    /// The JSON itself.
    #[must_use]
    pub fn expose(&self) -> &Value {
        &self.0
    }
}

impl From<Value> for SecretJson {
    fn from(value: Value) -> Self {
        Self(value)
    }
}

impl fmt::Debug for SecretJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretJson([REDACTED])")
    }
}

impl Serialize for SecretJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SecretJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self)
    }
}

/// Serializes an optional secret: `secrecy` leaves that to explicit code.
#[allow(clippy::ref_option)] // serde passes a reference to the field
pub(crate) fn expose<S: Serializer>(
    secret: &Option<SecretString>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(ExposeSecret::expose_secret).serialize(serializer)
}

/// Serializes a secret.
pub(crate) fn expose_one<S: Serializer>(
    secret: &SecretString,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    secret.expose_secret().serialize(serializer)
}

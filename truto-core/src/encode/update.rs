//! A field of a partial update: unchanged, cleared, or set.

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Error as _, Serialize, Serializer};

/// A field of a partial update: unchanged, cleared (`null`), or set to a value.
///
/// ```
/// use truto_core::Update;
///
/// #[derive(Default, serde::Serialize)]
/// struct UpdateUser {
///     #[serde(skip_serializing_if = "Update::is_keep")]
///     title: Update<String>,
///     #[serde(skip_serializing_if = "Update::is_keep")]
///     name: Update<String>,
///     #[serde(skip_serializing_if = "Update::is_keep")]
///     phone: Update<String>,
/// }
///
/// let change = UpdateUser {
///     title: Update::Clear,
///     name: "Ada".to_owned().into(),
///     ..UpdateUser::default()
/// };
/// assert_eq!(serde_json::to_string(&change)?, r#"{"title":null,"name":"Ada"}"#);
/// # Ok::<_, serde_json::Error>(())
/// ```
///
/// Without `skip_serializing_if`, serializing a field that should be unchanged fails, and the request is
/// refused before anything is sent, so that no `null` is sent by accident.
///
/// ```
/// # use truto_core::Update;
/// #[derive(Default, serde::Serialize)]
/// struct Forgotten {
///     title: Update<String>,
/// }
///
/// let error = serde_json::to_string(&Forgotten::default()).expect_err("a field to leave out");
/// assert!(error.to_string().contains("skip_serializing_if"));
/// ```
///
/// See [Truto's update methods](https://truto.one/docs/api-reference/overview/introduction).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Update<T> {
    /// The field is not sent and stays unchanged.
    #[default]
    Keep,
    /// The field is sent as `null`.
    Clear,
    /// The field is sent with this value.
    Set(T),
}

impl<T> Update<T> {
    /// Returns true if the field is not sent; for `skip_serializing_if`.
    pub fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// Returns true if the field is sent as `null`.
    pub fn is_clear(&self) -> bool {
        matches!(self, Self::Clear)
    }

    /// Returns true if the field is sent with a value.
    pub fn is_set(&self) -> bool {
        matches!(self, Self::Set(_))
    }

    /// The value to set, if there is one.
    pub fn as_set(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Keep | Self::Clear => None,
        }
    }
}

impl<T> From<T> for Update<T> {
    fn from(value: T) -> Self {
        Self::Set(value)
    }
}

impl<T> From<Option<Option<T>>> for Update<T> {
    /// `None` keeps and `Some(None)` clears, as in other libraries.
    fn from(value: Option<Option<T>>) -> Self {
        match value {
            None => Self::Keep,
            Some(None) => Self::Clear,
            Some(Some(value)) => Self::Set(value),
        }
    }
}

impl<T> From<Update<T>> for Option<Option<T>> {
    fn from(update: Update<T>) -> Self {
        match update {
            Update::Keep => None,
            Update::Clear => Some(None),
            Update::Set(value) => Some(Some(value)),
        }
    }
}

impl<T: Serialize> Serialize for Update<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Set(value) => value.serialize(serializer),
            Self::Clear => serializer.serialize_none(),
            Self::Keep => Err(S::Error::custom(
                "`Update::Keep` needs `#[serde(skip_serializing_if = \"Update::is_keep\")]`",
            )),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Update<T> {
    /// `null` clears; a field that is missing is [`Keep`](Self::Keep) with `#[serde(default)]`.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Option::deserialize(deserializer)? {
            Some(value) => Self::Set(value),
            None => Self::Clear,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn converts_from_and_into_nested_options() {
        for (option, update) in
            [(None, Update::Keep), (Some(None), Update::Clear), (Some(Some(7)), Update::Set(7))]
        {
            assert_eq!(Update::from(option), update);
            assert_eq!(Option::<Option<i32>>::from(update), option);
            assert_eq!(
                (update.is_keep(), update.is_clear()),
                (option.is_none(), option == Some(None))
            );
            assert_eq!(
                (update.is_set(), update.as_set()),
                (option.flatten().is_some(), option.flatten().as_ref())
            );
        }
    }

    #[test]
    fn null_clears_and_a_missing_field_is_kept() {
        #[derive(Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default)]
        struct Change {
            #[serde(skip_serializing_if = "Update::is_keep")]
            name: Update<String>,
        }
        for (json, name) in [
            ("{}", Update::Keep),
            (r#"{"name":null}"#, Update::Clear),
            (r#"{"name":"Ada"}"#, Update::Set("Ada".to_owned())),
        ] {
            let change: Change = serde_json::from_str(json).expect(json);
            assert_eq!(change, Change { name });
            assert_eq!(serde_json::to_string(&change).expect("a body"), json);
        }
        assert!(serde_json::to_string(&Update::<u8>::Keep).is_err());
    }

    #[test]
    fn a_value_converts_to_set() {
        assert_eq!(Update::from(7), Update::Set(7));
    }
}

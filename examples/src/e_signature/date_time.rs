use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A point in time, or the text of a provider that writes dates in another way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum DateTime {
    /// An RFC 3339 date-time.
    Timestamp(Timestamp),
    /// Any other text, as it came.
    Text(String),
}

impl DateTime {
    /// The point in time, if the provider wrote one.
    #[must_use]
    pub fn timestamp(&self) -> Option<Timestamp> {
        match self {
            Self::Timestamp(timestamp) => Some(*timestamp),
            Self::Text(_) => None,
        }
    }
}

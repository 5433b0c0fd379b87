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

impl From<Timestamp> for DateTime {
    fn from(timestamp: Timestamp) -> Self {
        Self::Timestamp(timestamp)
    }
}

/// A point in time to look for, or a range: `created_at=…` or `created_at[gt]=…&created_at[lte]=…`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum DateFilter {
    /// Exactly then.
    At(DateTime),
    /// Within bounds, each of which may be missing.
    Range {
        /// Later than this.
        gt: Option<DateTime>,
        /// This or later.
        gte: Option<DateTime>,
        /// Earlier than this.
        lt: Option<DateTime>,
        /// This or earlier.
        lte: Option<DateTime>,
    },
}

impl DateFilter {
    /// Everything from a point in time on.
    #[must_use]
    pub fn since(start: Timestamp) -> Self {
        Self::Range {
            gt: None,
            gte: Some(start.into()),
            lt: None,
            lte: None,
        }
    }
}

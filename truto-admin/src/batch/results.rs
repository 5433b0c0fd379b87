//! Result of a batch.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use truto_core::{Page, endpoint};

use super::{Batch, Part};

/// Records and errors of each part of a [`Batch`].
///
/// Truto's response is keyed by the part's resource or by its name; both are read. If several parts have
/// the same resource and the response is keyed by it, their records cannot be distinguished:
/// [`PartError::Ambiguous`].
#[endpoint(method = "POST", path = "/batch-request", name = "send", body = Batch, response = Self, doc = "Sends a batch.")]
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct BatchResults {
    #[serde(default, deserialize_with = "or_none")]
    result: BTreeMap<String, OneOrMany>,
    #[serde(default, deserialize_with = "or_none")]
    errors: BTreeMap<String, OneOrMany>,
    /// Resources of several parts.
    #[serde(skip)]
    shared: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    Many(Vec<Value>),
    One(Value),
}

/// Reads null as missing: the calls of the batch were made, and an error would lose their results.
fn or_none<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, OneOrMany>, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

impl OneOrMany {
    fn values(&self) -> &[Value] {
        match self {
            Self::Many(values) => values,
            Self::One(Value::Null) => &[],
            Self::One(value) => std::slice::from_ref(value),
        }
    }
}

/// The reason why a part has no results.
#[derive(Debug)]
#[non_exhaustive]
pub enum PartError {
    /// Truto or the provider reported errors.
    Reported(Vec<Value>),
    /// A record does not fit the type of the part.
    Decode(serde_json::Error),
    /// The response does not contain the part or, for [`one`](BatchResults::one), contains no record of it.
    Missing,
    /// The response has records for a resource that several parts have.
    Ambiguous,
}

impl fmt::Display for PartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reported(errors) => {
                let first = errors.first().and_then(|error| error["message"].as_str());
                write!(f, "the part failed: {}", first.unwrap_or("no message"))
            }
            Self::Decode(error) => {
                // Its text may quote a value; the place is enough.
                write!(f, "a record of the part does not fit its type ({:?})", error.classify())
            }
            Self::Missing => f.write_str("the response does not contain the part"),
            Self::Ambiguous => {
                f.write_str("the response has one list for several parts of the same resource")
            }
        }
    }
}

impl std::error::Error for PartError {}

impl BatchResults {
    /// The records of a list. Truto has read all its pages.
    ///
    /// # Errors
    ///
    /// If the part failed.
    pub fn list<T: DeserializeOwned>(&self, part: &Part<Page<T>>) -> Result<Vec<T>, PartError> {
        self.records(part)
    }

    /// The record of any other call.
    ///
    /// # Errors
    ///
    /// If the part failed, or returned no record.
    pub fn one<T: DeserializeOwned>(&self, part: &Part<T>) -> Result<T, PartError> {
        self.records(part)?.into_iter().next().ok_or(PartError::Missing)
    }

    fn records<O, T: DeserializeOwned>(&self, part: &Part<O>) -> Result<Vec<T>, PartError> {
        // Errors first: a part of several calls may have records as well, but not all of them.
        let errors = self.find(&self.errors, part)?.map(OneOrMany::values).unwrap_or_default();
        if !errors.is_empty() {
            return Err(PartError::Reported(errors.to_vec()));
        }
        let records = self.find(&self.result, part)?.ok_or(PartError::Missing)?.values();
        records.iter().map(|one| T::deserialize(one).map_err(PartError::Decode)).collect()
    }

    fn find<'a, O>(
        &self,
        answers: &'a BTreeMap<String, OneOrMany>,
        part: &Part<O>,
    ) -> Result<Option<&'a OneOrMany>, PartError> {
        if let Some(found) = answers.get(&part.name) {
            return Ok(Some(found));
        }
        match answers.get(&part.resource) {
            Some(_) if self.shared.contains(&part.resource) => Err(PartError::Ambiguous),
            found => Ok(found),
        }
    }

    /// Records which resources several parts of the batch have.
    pub(super) fn of(mut self, batch: &Batch) -> Self {
        let mut resources: Vec<&str> = batch.resources.iter().map(|call| &*call.resource).collect();
        resources.sort_unstable();
        let shared = resources.windows(2).filter(|pair| pair[0] == pair[1]);
        self.shared = shared.map(|pair| pair[0].to_owned()).collect();
        self
    }
}

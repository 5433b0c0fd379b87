//! Several calls in one request: `POST /batch-request`, whose parts are ordinary request values.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use truto_core::{Account, Error, Page, Request, endpoint};

/// Calls on one account that Truto makes for us.
#[derive(Debug, Serialize)]
pub struct Batch {
    integrated_account_id: String,
    resources: Vec<Call>,
}

#[derive(Debug, Serialize)]
struct Call {
    name: String,
    resource: String,
    method: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    depends_on: Vec<String>,
}

/// A call of a batch, by which its results are read: its type is what the call returns by itself.
pub struct Part<O> {
    name: String,
    output: PhantomData<fn() -> O>,
}

/// A request that has no place in a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotForABatch(String);

impl fmt::Display for NotForABatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotForABatch {}

impl Batch {
    /// No calls yet, on the account with this id.
    #[must_use]
    pub fn new(integrated_account_id: impl Into<String>) -> Self {
        Self { integrated_account_id: integrated_account_id.into(), resources: Vec::new() }
    }

    /// Adds a call. Its name, by which others may depend on it, is one that no other part has.
    ///
    /// # Errors
    ///
    /// If the route is neither below `/unified/` nor below `/proxy/`, the body is not JSON, or the name is
    /// taken.
    pub fn add<O>(&mut self, name: &str, request: &Request<O>) -> Result<Part<O>, NotForABatch> {
        self.add_after(name, request, &[])
    }

    /// Adds a call that waits for others.
    ///
    /// # Errors
    ///
    /// As [`add`](Self::add), and if there is no part of such a name yet.
    pub fn add_after<O>(
        &mut self,
        name: &str,
        request: &Request<O>,
        others: &[&str],
    ) -> Result<Part<O>, NotForABatch> {
        let is_known = |name: &str| self.resources.iter().any(|call| call.name == name);
        if is_known(name) {
            return Err(NotForABatch(format!("there are two parts called `{name}`")));
        }
        if let Some(other) = others.iter().find(|other| !is_known(other)) {
            return Err(NotForABatch(format!("no part is called `{other}`")));
        }
        let mut call = Call::of(name, request)?;
        call.depends_on = others.iter().map(|other| (*other).to_owned()).collect();
        self.resources.push(call);
        Ok(Part { name: name.to_owned(), output: PhantomData })
    }

    /// Sends the batch, on the API token alone (`client.token_account()`).
    ///
    /// # Errors
    ///
    /// If the batch as a whole fails; a part that fails does not fail the others.
    pub async fn send(&self, account: &Account) -> Result<Results, Error> {
        Results::of(self).send(account).await
    }
}

impl Call {
    fn of<O>(name: &str, request: &Request<O>) -> Result<Self, NotForABatch> {
        let segments: Vec<String> = request.path().split('/').skip(1).map(decoded).collect();
        let (resource, rest) = match segments.as_slice() {
            [unified, model, resource, rest @ ..] if unified == "unified" => {
                (format!("{model}/{resource}"), rest)
            }
            [proxy, resource, rest @ ..] if proxy == "proxy" => (resource.clone(), rest),
            _ => {
                let path = request.path();
                return Err(NotForABatch(format!("`{path}` cannot be a part of a batch")));
            }
        };
        let (method, id) = match (request.method().as_str(), rest) {
            ("GET", []) => ("list", None),
            ("GET", [id]) => ("get", Some(id)),
            ("POST", []) => ("create", None),
            ("POST", [method]) => (method.as_str(), None),
            ("PATCH", [id]) => ("update", Some(id)),
            ("DELETE", [id]) => ("delete", Some(id)),
            (method, _) => {
                let path = request.path();
                return Err(NotForABatch(format!("`{method} {path}` cannot be a part of a batch")));
            }
        };
        let query = request.query_string();
        let query = match query.is_empty() {
            true => None,
            false => serde_qs::from_str(&query)
                .map_err(|error| NotForABatch(format!("the query of `{name}`: {error}")))?,
        };
        let body = match request.body_bytes() {
            None => None,
            Some(body) => serde_json::from_slice(body)
                .map_err(|_| NotForABatch(format!("the body of `{name}` is not JSON")))?,
        };
        Ok(Self {
            name: name.to_owned(),
            resource,
            method: method.to_owned(),
            id: id.cloned(),
            query,
            body,
            depends_on: Vec::new(),
        })
    }
}

fn decoded(segment: &str) -> String {
    percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

/// What came of each part.
#[endpoint(method = "POST", path = "/batch-request", name = "of", response = Self, body = Batch)]
#[derive(Debug, Deserialize)]
pub struct Results {
    #[serde(default)]
    result: BTreeMap<String, Vec<Value>>,
    #[serde(default)]
    errors: BTreeMap<String, Vec<Value>>,
}

/// Why a part failed.
#[derive(Debug)]
pub enum PartError {
    /// What Truto, or the provider, reports of it.
    Reported(Vec<Value>),
    /// Its records are not of the type.
    Decode(serde_json::Error),
    /// It returned nothing.
    Missing,
}

impl fmt::Display for PartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reported(errors) => {
                let first = errors.first().and_then(|error| error["message"].as_str());
                f.write_str(first.unwrap_or("it failed without a message"))
            }
            Self::Decode(error) => write!(f, "its records are not of the type: {error}"),
            Self::Missing => f.write_str("it returned nothing"),
        }
    }
}

impl std::error::Error for PartError {}

impl Results {
    /// All records of a list; a batch iterates the pages by itself.
    ///
    /// # Errors
    ///
    /// If the part failed.
    pub fn list<T: DeserializeOwned>(&self, part: &Part<Page<T>>) -> Result<Vec<T>, PartError> {
        self.records(&part.name)
    }

    /// The record of any other call.
    ///
    /// # Errors
    ///
    /// If the part failed.
    pub fn one<T: DeserializeOwned>(&self, part: &Part<T>) -> Result<T, PartError> {
        self.records(&part.name)?.pop().ok_or(PartError::Missing)
    }

    fn records<T: DeserializeOwned>(&self, name: &str) -> Result<Vec<T>, PartError> {
        if let Some(errors) = self.errors.get(name).filter(|errors| !errors.is_empty()) {
            return Err(PartError::Reported(errors.clone()));
        }
        let records = self.result.get(name).ok_or(PartError::Missing)?.iter();
        let records = records.map(|record| T::deserialize(record).map_err(PartError::Decode));
        records.collect()
    }
}

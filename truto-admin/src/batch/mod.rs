//! Several calls on one account in one request: `/batch-request`.
//!
//! The parts of a [`Batch`] are ordinary request values, and the result of each part has the type of its
//! request. Truto reads all pages of a list.
//!
//! Truto expands `{{…}}` in the strings of a part, where all data of the account is in scope, including
//! its credentials. Untrusted text must never contain such braces, so `{{` in an id, a query, a body, a
//! name or a route is refused. Only [`Part::reference`] (a field of an earlier part's record) and
//! [`Batch::arg`] (an argument of the batch) write `{{…}}`. The expressions of [`NewPart::loop_on`] and
//! [`Recurse`] are your program's own and, except for references, are sent unchanged: never put untrusted
//! text into them.
//!
//! A part uses the route, the query and the JSON body of its request. The request's own headers,
//! timeouts and retries do not apply; those of the batch do.
//!
//! See [Truto's page on batch requests](https://truto.one/docs/api-reference/admin/batch-requests).

mod call;
mod reference;
mod results;

use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;
use serde_json::Value;
use truto_core::{Account, Error, Id, Request};

use self::call::Call;
pub use self::call::{Recurse, RecurseConfig};
pub use self::reference::Reference;
use self::reference::References;
pub use self::results::{BatchResults, PartError};

/// Several calls on one account in one request; it needs a client with an API token.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use truto_admin::Batch;
/// use truto_core::{Id, unified_endpoint};
///
/// #[unified_endpoint(method = "GET", path = "/unified/crm/contacts")]
/// #[derive(Deserialize)]
/// struct Contact {
///     id: Id,
/// }
///
/// #[unified_endpoint(method = "GET", path = "/unified/crm/notes", query = ListNotes)]
/// #[derive(Deserialize)]
/// struct Note {
///     id: Id,
/// }
///
/// #[derive(Serialize)]
/// struct ListNotes {
///     contact_id: String,
/// }
///
/// let mut batch = Batch::new("62f44730-dd91-461e-bd6a-aedd9e0ad79d");
/// let contacts = batch.part("contacts", &Contact::list()).add()?;
/// // One call for each contact's notes, after the contacts have been read.
/// let of_contact = ListNotes { contact_id: contacts.reference("id")?.to_string() };
/// let notes = batch.part("notes", &Note::list(&of_contact)).add()?;
/// # let _ = notes;
/// # Ok::<_, truto_admin::BatchError>(())
/// ```
#[derive(Serialize)]
pub struct Batch {
    integrated_account_id: Id,
    resources: Vec<Call>,
    #[serde(skip_serializing_if = "Option::is_none")]
    args: Option<Value>,
    #[serde(skip)]
    references: References,
}

/// A part of a batch; pass it to [`BatchResults`] to read its results. `O` is the output type
/// of its request.
pub struct Part<O> {
    name: String,
    resource: String,
    references: References,
    output: PhantomData<fn() -> O>,
}

/// The reason why a request cannot be a part of a batch. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchError(String);

/// Shows neither the contents of bodies nor arguments, like the `Debug` of a request.
impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.resources.iter().map(|call| &*call.name).collect();
        f.debug_struct("Batch").field("parts", &names).finish_non_exhaustive()
    }
}

impl fmt::Display for BatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BatchError {}

impl Batch {
    /// Creates a batch without parts, on the account with this id.
    #[must_use]
    pub fn new(integrated_account_id: impl Into<Id>) -> Self {
        Self {
            integrated_account_id: integrated_account_id.into(),
            resources: Vec::new(),
            args: None,
            references: References::new(),
        }
    }

    /// Sets the arguments of the batch. Parts refer to them with [`arg`](Self::arg), and
    /// [`NewPart::loop_on`] with a path such as `args.ids`.
    ///
    /// # Errors
    ///
    /// If a string in them contains `{{`, or a reference to a part or an argument.
    pub fn args(mut self, args: Value) -> Result<Self, BatchError> {
        let mut expanded = args.clone();
        self.references.expand_json(&mut expanded)?;
        if expanded != args {
            return Err(BatchError(
                "the arguments of a batch cannot contain a reference".to_owned(),
            ));
        }
        self.args = Some(args);
        Ok(self)
    }

    /// Refers to an argument of the batch, for an id, a query or a body of a part.
    ///
    /// The reference displays and serializes as a marker, which this batch replaces with
    /// `{{args.<path>}}`.
    ///
    /// ```
    /// use serde_json::{Value, json};
    /// use truto_admin::Batch;
    /// use truto_core::Request;
    ///
    /// let mut batch = Batch::new("62f44730-dd91-461e-bd6a-aedd9e0ad79d").args(json!({"id": "7"}))?;
    /// let contact = Request::<Value>::at("GET", "/unified/crm/contacts/<id>", &[&batch.arg("id")?]);
    /// batch.part("contact", &contact).add()?;
    /// assert_eq!(serde_json::to_value(&batch).unwrap()["resources"][0]["id"], "{{args.id}}");
    /// # Ok::<_, truto_admin::BatchError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If `path` does not consist of names and dots, such as `since` or `filters.owner`.
    pub fn arg(&self, path: &str) -> Result<Reference, BatchError> {
        self.references.to_field("", path)
    }

    /// Creates a named part; [`NewPart::add`] adds it.
    pub fn part<O>(&mut self, name: &str, request: &Request<O>) -> NewPart<'_, O> {
        let call = Call::new(name, request, &self.references);
        NewPart { batch: self, call, output: PhantomData }
    }

    /// Sends the batch. `account` is [`Client::token_account`](truto_core::Client::token_account) of a
    /// client with an API token.
    ///
    /// # Errors
    ///
    /// If the batch as a whole fails. A part that fails does not fail the others; see
    /// [`BatchResults`].
    pub async fn send(&self, account: &Account) -> Result<BatchResults, Error> {
        Ok(self.request().send(account).await?.of(self))
    }

    /// The batch as a request value, to inspect or test it. To send it, use [`send`](Self::send): the
    /// results of the bare request do not record which parts share a resource.
    pub fn request(&self) -> Request<BatchResults> {
        BatchResults::send(self)
    }
}

/// A part that can be added to a batch.
#[must_use = "a part does nothing until it is added"]
pub struct NewPart<'a, O> {
    batch: &'a mut Batch,
    call: Result<Call, BatchError>,
    output: PhantomData<fn() -> O>,
}

impl<O> NewPart<'_, O> {
    /// Runs the part after `parent`. A [`Reference`] in the request implies this.
    ///
    /// Truto documents one parent per part.
    pub fn after<P>(mut self, parent: &Part<P>) -> Self {
        self.call = self.call.and_then(|call| call.after(&parent.resource));
        self
    }

    /// Calls the part once for each element of an array, given by a path such as `args.ids` or a
    /// [`Reference`].
    ///
    /// The path is sent unchanged, except for references.
    pub fn loop_on(mut self, path: impl Into<String>) -> Self {
        let (path, references) = (path.into(), self.batch.references);
        self.call = self.call.and_then(|call| call.loop_on(&path, &references));
        self
    }

    /// Calls the part again with its own results, for trees of records.
    ///
    /// The expressions are sent unchanged, except for references.
    pub fn recurse(mut self, recurse: Recurse) -> Self {
        let references = self.batch.references;
        self.call = self.call.and_then(|call| call.recurse(recurse, &references));
        self
    }

    /// Sets whether the records of a provider's own resource are returned. Default true; use `false`
    /// for a part that is only referred to. Records of unified resources are always returned.
    pub fn persist(mut self, persist: bool) -> Self {
        if let Ok(call) = &mut self.call {
            call.persist = persist;
        }
        self
    }

    /// Adds the part to the batch.
    ///
    /// # Errors
    ///
    /// If the request could not be sent on its own, the route is neither under `/unified/` nor under
    /// `/proxy/`, the body is not JSON, a string contains `{{`, the name is taken or is another part's
    /// resource, there is more than one parent, or several parts have the parent's resource (Truto
    /// identifies a parent by its resource).
    pub fn add(self) -> Result<Part<O>, BatchError> {
        let call = self.call?;
        let others = &self.batch.resources;
        if others.iter().any(|other| other.name == call.name) {
            return Err(BatchError(format!("two parts are named `{}`", call.name)));
        }
        // Results come by name or by resource, so neither may be mistaken for the other.
        let is_mistaken = |other: &&Call| {
            other.resource != call.resource
                && (other.name == call.resource || other.resource == call.name)
        };
        if let Some(other) = others.iter().find(is_mistaken) {
            return Err(BatchError(format!(
                "`{}` and `{}`: the name of one part is the resource of the other",
                other.name, call.name
            )));
        }
        if let Some(parent) = &call.depends_on {
            let parents = others.iter().filter(|other| other.resource == *parent).count();
            if parents != 1 {
                return Err(BatchError(format!(
                    "`{}` depends on `{parent}`, which is the resource of {parents} parts; \
                     Truto names a parent by its resource",
                    call.name
                )));
            }
        }
        let used = |other: &Call| other.depends_on.as_ref() == Some(&call.resource);
        if others.iter().any(used) {
            return Err(BatchError(format!(
                "a part depends on `{}`, so no second part can have that resource",
                call.resource
            )));
        }
        let part = Part {
            name: call.name.clone(),
            resource: call.resource.clone(),
            references: self.batch.references,
            output: PhantomData,
        };
        self.batch.resources.push(call);
        Ok(part)
    }
}

impl<O> Part<O> {
    /// Refers to a field of this part's records, for an id, a query or a body of a later part.
    ///
    /// The reference displays and serializes as a marker, which this batch replaces with
    /// `{{resources.<model>.<resource>.<field>}}`.
    ///
    /// # Errors
    ///
    /// If `field` does not consist of names and dots, such as `id` or `owner.id`.
    pub fn reference(&self, field: &str) -> Result<Reference, BatchError> {
        self.references.to_field(&self.resource, field)
    }
}

impl<O> fmt::Debug for Part<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Part").field("name", &self.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

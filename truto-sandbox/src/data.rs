//! The records and accounts that a test sets up.

use std::io;

use serde_json::Value;

use super::store::Location;
use super::{ACCOUNT_ID, Sandbox};
use truto_core::Account;

impl Sandbox {
    /// Stores a record of the sandbox's own account. A record without an `id` gets one; one with a known
    /// `id` replaces the old record.
    ///
    /// Once a test has inserted or [declared](Self::declare) a resource, all other resources respond
    /// with 404, which reveals typos in paths. `proxy` and `custom` count as models: a record of
    /// `/proxy/Contact` is inserted as `("proxy", "Contact", …)`.
    ///
    /// ```
    /// # truto_sandbox::__doc::run_empty(async |sandbox| {
    /// # use serde_json::{Value, json};
    /// # use truto_core::{ByteStream, Request, StatusCode};
    /// # use truto_sandbox::{Fault, Sandbox};
    /// sandbox.insert("crm", "contacts", json!({"id": "1", "name": "Ada"}));
    /// let contact = Request::<Value>::unified("GET", "crm", "contacts", "1");
    /// assert_eq!(contact.send(&sandbox.account()).await?["name"], "Ada");
    /// # Ok(())
    /// # })
    /// ```
    pub fn insert(&self, model: &str, resource: &str, record: Value) {
        self.put(ACCOUNT_ID, model, resource, record);
    }

    /// Stores a record of another account; see [`insert`](Self::insert).
    pub fn insert_for(&self, account: &Account, model: &str, resource: &str, record: Value) {
        let account = account.id().unwrap_or(ACCOUNT_ID).to_ascii_lowercase();
        self.put(&account, model, resource, record);
    }

    fn put(&self, account: &str, model: &str, resource: &str, record: Value) {
        let location = Location { account, model, resource };
        self.with(|state| {
            state.store.declare(model, resource);
            state.store.insert(location, record);
        });
    }

    /// Stores `count` records, each created from its number.
    ///
    /// ```
    /// # truto_sandbox::__doc::run_empty(async |sandbox| {
    /// # use serde_json::{Value, json};
    /// # use truto_core::{Page, Request};
    /// sandbox.seed("crm", "contacts", 60, |number| json!({"id": number.to_string()}));
    /// let contacts = Request::<Page<Value>>::unified("GET", "crm", "contacts", None);
    /// assert_eq!(contacts.all(&sandbox.account()).await?.len(), 60);
    /// # Ok(())
    /// # })
    /// ```
    pub fn seed(&self, model: &str, resource: &str, count: usize, record: impl Fn(usize) -> Value) {
        for number in 0..count {
            self.insert(model, resource, record(number));
        }
    }

    /// Stores the records of a JSON value, `{"<model>": {"<resource>": [record, …]}}`, and returns their
    /// number.
    ///
    /// ```
    /// # truto_sandbox::__doc::run_empty(async |sandbox| {
    /// # use serde_json::json;
    /// let file = r#"{"crm": {"contacts": [{"id": "1"}, {"id": "2"}]}}"#;
    /// assert_eq!(sandbox.load(&serde_json::from_str(file)?)?, 2);
    /// assert_eq!(sandbox.records("crm", "contacts"), [json!({"id": "1"}), json!({"id": "2"})]);
    /// # Ok(())
    /// # })
    /// ```
    ///
    /// # Errors
    ///
    /// If the value has a different shape. Nothing is stored then.
    pub fn load(&self, records: &Value) -> io::Result<usize> {
        // An error instead of a panic: the value may come from a file, as in `examples/sandbox.rs`.
        let wrong = |what: String| io::Error::new(io::ErrorKind::InvalidData, what);
        let mut found = Vec::new();
        let Some(models) = records.as_object() else {
            return Err(wrong("the records must be in an object whose keys are models".to_owned()));
        };
        for (model, resources) in models {
            let Some(resources) = resources.as_object() else {
                return Err(wrong(format!("`{model}` must be an object whose keys are resources")));
            };
            for (resource, records) in resources {
                match records.as_array() {
                    Some(records) if records.iter().all(Value::is_object) => {
                        found.push((model, resource, records));
                    }
                    _ => {
                        return Err(wrong(format!(
                            "`{model}.{resource}` is not an array of objects"
                        )));
                    }
                }
            }
        }
        // All records are checked by now, so that a mistake loads none of them.
        let mut count = 0;
        for (model, resource, records) in found {
            self.declare(model, resource);
            for record in records {
                self.insert(model, resource, record.clone());
                count += 1;
            }
        }
        Ok(count)
    }

    /// Declares that a resource exists, without records; see [`insert`](Self::insert).
    pub fn declare(&self, model: &str, resource: &str) {
        self.with(|state| {
            state.store.declare(model, resource);
        });
    }

    /// Allows all filters by fields that no record has, and ignores them.
    ///
    /// Lists are filtered by the fields of their records (`status=…`, `group[id]=…`,
    /// `created_at[gte]=…`); a record without the field passes. Once a resource has had a record, a filter
    /// by a field that none of its records has gets a 400, which reveals typos, unless it is allowed here
    /// or by [`allow_filter`](Self::allow_filter): some providers accept parameters that are not fields.
    ///
    /// ```
    /// # truto_sandbox::__doc::run(async |sandbox, account| {
    /// # use truto_sandbox::__doc::User;
    /// let list = User::list().query(&serde_json::json!({"shoe_size": 42}));
    /// assert!(list.send(&account).await.is_err());
    /// sandbox.allow_unknown_filters();
    /// assert_eq!(list.send(&account).await?.result.len(), 3);
    /// # Ok(())
    /// # })
    /// ```
    pub fn allow_unknown_filters(&self) {
        self.with(|state| state.store.allow_unknown_filters = true);
    }

    /// Allows one filter by a field that no record has, and ignores it.
    ///
    /// ```
    /// # truto_sandbox::__doc::run_empty(async |sandbox| {
    /// # use serde_json::{Value, json};
    /// # use truto_core::{Page, Request};
    /// sandbox.insert("crm", "contacts", json!({"id": "1", "status": "active"}));
    /// let owned = Request::<Page<Value>>::unified("GET", "crm", "contacts", None)
    ///     .query(&json!({"owner": "7"}));
    /// assert!(owned.send(&sandbox.account()).await.is_err());
    ///
    /// sandbox.allow_filter("crm", "contacts", "owner");
    /// assert_eq!(owned.send(&sandbox.account()).await?.result.len(), 1);
    /// # Ok(())
    /// # })
    /// ```
    pub fn allow_filter(&self, model: &str, resource: &str, name: &str) {
        self.with(|state| {
            let known = state.store.resource(model, resource);
            known.filters.insert(name.to_owned());
        });
    }

    /// The stored records of the sandbox's own account, in the order of insertion.
    #[must_use]
    pub fn records(&self, model: &str, resource: &str) -> Vec<Value> {
        self.records_of(&self.account(), model, resource)
    }

    /// The stored records of another account; see [`records`](Self::records).
    #[must_use]
    pub fn records_of(&self, account: &Account, model: &str, resource: &str) -> Vec<Value> {
        let account = account.id().unwrap_or(ACCOUNT_ID).to_ascii_lowercase();
        let location = Location { account: &account, model, resource };
        self.with(|state| {
            let records = state.store.records(location).into_iter();
            records
                .flat_map(|records| records.after(0))
                .map(|(_, record)| Value::Object(record.clone()))
                .collect()
        })
    }

    /// Returns another account of [`client`](Self::client), with separate records; the same name returns
    /// the same account.
    ///
    /// ```
    /// # truto_sandbox::__doc::run_empty(async |sandbox| {
    /// # use serde_json::{Value, json};
    /// # use truto_core::{Page, Request};
    /// let (acme, globex) = (sandbox.account_named("acme"), sandbox.account_named("globex"));
    /// sandbox.insert_for(&acme, "crm", "contacts", json!({"id": "1"}));
    ///
    /// let contacts = Request::<Page<Value>>::unified("GET", "crm", "contacts", None);
    /// assert_eq!(contacts.clone().all(&acme).await?.len(), 1);
    /// assert_eq!(contacts.all(&globex).await?.len(), 0);
    /// # Ok(())
    /// # })
    /// ```
    ///
    /// # Panics
    ///
    /// Never in practice: it would panic only if the account's id were not a UUID, and the
    /// sandbox creates a valid one.
    #[must_use]
    pub fn account_named(&self, name: &str) -> Account {
        let id = self.with(|state| {
            state.account_named(name).unwrap_or_else(|| {
                let id = uuid::Uuid::new_v4().hyphenated().to_string();
                state.add_account(&id, name);
                id
            })
        });
        let account = self.client.account(id);
        let account = account.expect("a UUID is an account's id");
        account.labeled(name)
    }
}

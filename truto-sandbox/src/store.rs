//! The records of all accounts, and the known resources.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value, json};

/// The location of records: `proxy` and `custom` count as models.
#[derive(Debug, Clone, Copy)]
pub(super) struct Location<'a> {
    pub(super) account: &'a str,
    pub(super) model: &'a str,
    pub(super) resource: &'a str,
}

/// The records of one resource, in the order of insertion.
#[derive(Default, Clone)]
pub(super) struct Records {
    by_number: BTreeMap<u64, Map<String, Value>>,
    numbers: HashMap<String, u64>,
    last: u64,
}

impl Records {
    /// Stores a record; one with a known id replaces the old one in its place.
    pub(super) fn put(&mut self, record: Map<String, Value>) {
        // Numbers are never used again, so a cursor stays valid while records come and go.
        let number = *self.numbers.entry(id(&record)).or_insert_with(|| {
            self.last += 1;
            self.last
        });
        self.by_number.insert(number, record);
    }

    pub(super) fn get(&self, id: &str) -> Option<&Map<String, Value>> {
        self.by_number.get(self.numbers.get(id)?)
    }

    pub(super) fn remove(&mut self, id: &str) -> Option<Map<String, Value>> {
        let number = self.numbers.remove(id)?;
        self.by_number.remove(&number)
    }

    /// The records after a number, with their numbers.
    pub(super) fn after(&self, number: u64) -> impl Iterator<Item = (u64, &Map<String, Value>)> {
        // Saturates, since a cursor may name any number.
        self.by_number.range(number.saturating_add(1)..).map(|(number, record)| (*number, record))
    }
}

/// Facts of a resource that all accounts share.
#[derive(Default)]
pub(super) struct Resource {
    /// The fields that some record had, with the JSON type of their first value.
    pub(super) fields: BTreeMap<String, &'static str>,
    /// Filters that are accepted although no record has the field.
    pub(super) filters: BTreeSet<String>,
    /// Custom methods.
    pub(super) methods: BTreeSet<String>,
}

#[derive(Default)]
pub(super) struct Store {
    records: HashMap<(String, String, String), Records>,
    resources: BTreeMap<(String, String), Resource>,
    /// Set once the test declares resources; until then every resource exists.
    has_declarations: bool,
    /// Ignores filters by fields that no record has.
    pub(super) allow_unknown_filters: bool,
    next_id: u64,
}

impl Store {
    /// The facts of a resource, which exists from now on.
    pub(super) fn resource(&mut self, model: &str, resource: &str) -> &mut Resource {
        let key = (model.to_owned(), resource.to_owned());
        // Not tied to an account: a model has the same resources for every account.
        self.resources.entry(key).or_default()
    }

    pub(super) fn known(&self, model: &str, resource: &str) -> Option<&Resource> {
        self.resources.get(&(model.to_owned(), resource.to_owned()))
    }

    pub(super) fn resources(&self) -> impl Iterator<Item = (&str, &str, &Resource)> {
        self.resources
            .iter()
            .map(|((model, name), resource)| (model.as_str(), name.as_str(), resource))
    }

    /// Like [`resource`](Self::resource), on behalf of the test: resources without a declaration are
    /// refused from now on.
    pub(super) fn declare(&mut self, model: &str, resource: &str) -> &mut Resource {
        self.has_declarations = true;
        self.resource(model, resource)
    }

    /// The reason to refuse a resource; `None` if it exists.
    pub(super) fn refusal(&self, model: &str, resource: &str) -> Option<String> {
        if !self.has_declarations || self.known(model, resource).is_some() {
            return None;
        }
        let known: Vec<String> =
            self.resources().map(|(model, name, _)| format!("{model}/{name}")).collect();
        Some(format!(
            "the sandbox has no `{model}/{resource}`, only {}; insert a record, or call \
             `sandbox.declare({model:?}, {resource:?})`",
            known.join(", ")
        ))
    }

    pub(super) fn records(&self, location: Location<'_>) -> Option<&Records> {
        self.records.get(&key(location))
    }

    /// Stores a record and returns it as it is stored; one without an id gets one.
    pub(super) fn insert(&mut self, location: Location<'_>, record: Value) -> Map<String, Value> {
        let mut record = match record {
            Value::Object(record) => record,
            Value::Null => Map::new(),
            // Records are objects.
            other => Map::from_iter([("value".to_owned(), other)]),
        };
        if record.get("id").is_none_or(Value::is_null) {
            self.next_id += 1;
            record.insert("id".to_owned(), json!(format!("sandbox-{}", self.next_id)));
        }
        let known = self.resource(location.model, location.resource);
        for (field, value) in &record {
            if !known.fields.contains_key(field) {
                known.fields.insert(field.clone(), kind(value));
            }
        }
        let records = self.records.entry(key(location)).or_default();
        records.put(record.clone());
        record
    }

    pub(super) fn remove(
        &mut self,
        location: Location<'_>,
        id: &str,
    ) -> Option<Map<String, Value>> {
        self.records.get_mut(&key(location))?.remove(id)
    }

    /// Gives one account a copy of another's records.
    pub(super) fn copy_account(&mut self, from: &str, to: &str) {
        let copies: Vec<_> = self
            .records
            .iter()
            .filter(|((owner, ..), _)| owner == from)
            .map(|((_, model, resource), records)| {
                ((to.to_owned(), model.clone(), resource.clone()), records.clone())
            })
            .collect();
        self.records.extend(copies);
    }

    /// Forgets all records of an account.
    pub(super) fn remove_account(&mut self, account: &str) {
        self.records.retain(|(owner, _, _), _| owner != account);
    }
}

fn key(location: Location<'_>) -> (String, String, String) {
    (location.account.to_owned(), location.model.to_owned(), location.resource.to_owned())
}

/// The JSON Schema type of a value.
fn kind(value: &Value) -> &'static str {
    match value {
        // `null` does not reveal the type of a field; most fields are strings.
        Value::Null | Value::String(_) => "string",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The id of a record as it appears in a path.
pub(super) fn id(record: &Map<String, Value>) -> String {
    match record.get("id") {
        Some(Value::String(id)) => id.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::fault::Fault;
use super::record::{Answer, Recorded};

pub(super) type Method = Arc<dyn Fn(&Recorded) -> Answer + Send + Sync>;

/// The records of one resource, in the order they were stored.
pub(super) type Records = Vec<Map<String, Value>>;

#[derive(Default)]
pub(super) struct State {
    records: HashMap<(String, String), Records>,
    methods: HashMap<(String, String, String), Method>,
    pub(super) faults: VecDeque<Fault>,
    pub(super) recorded: Vec<Recorded>,
    /// Calls answered, for the rate-limit headers.
    pub(super) calls: u64,
    next_id: u64,
}

impl State {
    pub(super) fn records(&mut self, model: &str, resource: &str) -> &mut Records {
        self.records
            .entry((model.to_owned(), resource.to_owned()))
            .or_default()
    }

    /// Stores a record and gives it as it is stored.
    pub(super) fn insert(&mut self, model: &str, resource: &str, record: Value) -> Value {
        let mut record = match record {
            Value::Object(record) => record,
            Value::Null => Map::new(),
            other => Map::from_iter([("value".to_owned(), other)]),
        };
        if record.get("id").is_none_or(Value::is_null) {
            self.next_id += 1;
            record.insert("id".to_owned(), json!(format!("sandbox-{}", self.next_id)));
        }
        let records = self.records(model, resource);
        match records.iter_mut().find(|other| id(other) == id(&record)) {
            Some(other) => other.clone_from(&record),
            None => records.push(record.clone()),
        }
        Value::Object(record)
    }

    pub(super) fn on_method(&mut self, model: &str, resource: &str, method: &str, answer: Method) {
        let key = (model.to_owned(), resource.to_owned(), method.to_owned());
        self.methods.insert(key, answer);
    }

    pub(super) fn method(&self, model: &str, resource: &str, method: &str) -> Option<Method> {
        let key = (model.to_owned(), resource.to_owned(), method.to_owned());
        self.methods.get(&key).cloned()
    }
}

/// A record's id as text.
pub(super) fn id(record: &Map<String, Value>) -> String {
    match record.get("id") {
        Some(Value::String(id)) => id.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}

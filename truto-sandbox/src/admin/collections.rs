//! Truto's own resources that are only stored: webhooks, jobs, triggers, data stores, workflows.

use serde_json::{Map, Value, json};

use super::AdminCall;
use super::accounts::lacking;
use crate::delivery::{self, Target};
use crate::filter::Filters;
use crate::page::page;
use crate::query::Query;
use crate::reply::Reply;
use crate::resource::{changed, object};
use crate::state::SandboxState;
use crate::store::Location;

struct Collection {
    name: &'static str,
    required: &'static [&'static str],
    /// A secret that only the response to its creation shows.
    secret: Option<&'static str>,
}

const fn collection(name: &'static str, required: &'static [&'static str]) -> Collection {
    Collection { name, required, secret: None }
}

const COLLECTIONS: [Collection; 18] = [
    Collection { name: "webhook", required: &["target_url"], secret: Some("secret") },
    Collection { name: "static-gate", required: &["name", "domain"], secret: Some("api_token") },
    collection("sync-job", &[]),
    collection("sync-job-run", &["sync_job_id", "integrated_account_id"]),
    collection("sync-job-cron-trigger", &["sync_job_id", "cron_expression"]),
    collection("sync-job-template", &["label", "default_runtime_version"]),
    collection("daemon", &["label"]),
    collection("daemon-job", &["label"]),
    collection("daemon-job-run", &["daemon_job_id", "daemon_id"]),
    collection("daemon-job-cron-trigger", &["daemon_job_id", "daemon_id", "cron_expression"]),
    collection("workflow", &["trigger_name", "config"]),
    collection("datastore", &["type", "label", "config"]),
    collection("notification-destination", &["type", "config"]),
    collection("alarm", &["alarm_type", "entity_id"]),
    collection("documentation", &["content"]),
    collection("environment-integration", &["integration_id"]),
    collection("environment-unified-model", &["unified_model_id"]),
    collection("sandbox-integrated-account", &["id"]),
];

/// The final states of a job's run.
const ENDED: [&str; 3] = ["completed", "failed", "stopped"];

pub(super) fn names() -> Vec<&'static str> {
    COLLECTIONS.iter().map(|collection| collection.name).collect()
}

pub(super) fn location(resource: &str) -> Location<'_> {
    Location { account: "", model: "", resource }
}

pub(super) fn route(
    state: &mut SandboxState,
    call: &AdminCall<'_>,
    name: &str,
    rest: &[&str],
) -> Option<Reply> {
    let collection = COLLECTIONS.iter().find(|collection| collection.name == name)?;
    Some(match (call.method, rest) {
        ("GET", []) => list(state, collection, call.query),
        ("POST", []) => create(state, collection, call),
        ("POST", ["test"]) => test(state, name, call.received.json()["id"].as_str()),
        ("GET", [id]) => get(state, collection, id),
        ("PATCH", [id]) => update(state, collection, call, id),
        ("DELETE", [id]) => delete(state, collection, id),
        ("POST", [id, "schedule"] | [id, "test", _]) => success(state, name, Some(id)),
        _ => return None,
    })
}

impl Collection {
    fn is_run(&self) -> bool {
        matches!(self.name, "sync-job-run" | "daemon-job-run")
    }

    /// A record as responses show it.
    fn shown(&self, record: &Map<String, Value>) -> Value {
        let mut record = record.clone();
        if let Some(secret) = self.secret {
            record.remove(secret);
        }
        Value::Object(record)
    }
}

fn list(state: &SandboxState, collection: &Collection, query: &Query) -> Reply {
    let filters = match Filters::exact(query) {
        Ok(filters) => filters,
        Err(refused) => return Reply::error(400, &refused),
    };
    let records = state.admin.records(location(collection.name));
    match page(records, query, |record| filters.pass(record)) {
        Ok(page) => {
            let records: Vec<Value> =
                page.records.into_iter().map(|record| collection.shown(record)).collect();
            let (next_cursor, limit) = (page.next_cursor, page.limit);
            Reply::json(200, json!({"result": records, "next_cursor": next_cursor, "limit": limit}))
        }
        Err(refused) => refused,
    }
}

fn create(state: &mut SandboxState, collection: &Collection, call: &AdminCall<'_>) -> Reply {
    let mut record = match object(&call.received.body) {
        Ok(body) => body,
        Err(refused) => return refused,
    };
    if let Some(refused) = lacking(&record, collection.required) {
        return refused;
    }
    let account = record.get("integrated_account_id").and_then(Value::as_str);
    if account.is_some_and(|account| !state.knows(account)) {
        return Reply::error(404, "integrated account not found");
    }
    // Installing an integration or a model again returns the existing installation.
    let same = match collection.name {
        "environment-integration" => Some("integration_id"),
        "environment-unified-model" => Some("unified_model_id"),
        _ => None,
    };
    let records = state.admin.records(location(collection.name));
    let found = records
        .into_iter()
        .flat_map(|records| records.after(0))
        .find(|(_, known)| same.is_some_and(|key| known.get(key) == record.get(key)));
    if let Some((_, known)) = found {
        return Reply::json(200, collection.shown(known));
    }
    let uuid = || json!(uuid::Uuid::new_v4().hyphenated().to_string());
    let now = json!(jiff::Timestamp::now().to_string());
    // A field in the body takes precedence, so that a test can choose ids and times.
    let mut default = |key: &str, value: Value| {
        record.entry(key).or_insert(value);
    };
    default("id", uuid());
    default("environment_id", json!(crate::ENVIRONMENT_ID));
    default("created_at", now.clone());
    default("updated_at", now);
    match collection.name {
        "webhook" | "notification-destination" => default("is_active", json!(true)),
        "environment-integration" => default("is_enabled", json!(true)),
        _ if collection.is_run() => default("status", json!("created")),
        _ => {}
    }
    if let Some(secret) = collection.secret {
        default(secret, uuid());
    }
    let record = state.admin.insert(location(collection.name), Value::Object(record));
    Reply::json(201, record)
}

/// Returns a record. Each read of a run advances it (created, running, completed), so that a test that
/// polls sees every state without waiting.
fn get(state: &mut SandboxState, collection: &Collection, id: &str) -> Reply {
    let records = state.admin.records(location(collection.name));
    let Some(mut record) = records.and_then(|records| records.get(id)).cloned() else {
        return Reply::not_found();
    };
    if collection.is_run() {
        let now = || json!(jiff::Timestamp::now().to_string());
        match record.get("status").and_then(Value::as_str) {
            Some("created") => {
                record.insert("status".to_owned(), json!("running"));
                record.insert("started_at".to_owned(), now());
            }
            Some("running") => {
                record.insert("status".to_owned(), json!("completed"));
                record.insert("finished_at".to_owned(), now());
            }
            _ => {}
        }
        state.admin.insert(location(collection.name), Value::Object(record.clone()));
    }
    Reply::json(200, collection.shown(&record))
}

fn update(
    state: &mut SandboxState,
    collection: &Collection,
    call: &AdminCall<'_>,
    id: &str,
) -> Reply {
    let records = state.admin.records(location(collection.name));
    let record = records.and_then(|records| records.get(id));
    let mut record = match changed(record, &call.received.body) {
        Ok(record) => record,
        Err(refused) => return refused,
    };
    record.insert("updated_at".to_owned(), json!(jiff::Timestamp::now().to_string()));
    let record = state.admin.insert(location(collection.name), Value::Object(record));
    Reply::json(200, collection.shown(&record))
}

/// Deletes a record. A run is stopped instead, and can still be read.
fn delete(state: &mut SandboxState, collection: &Collection, id: &str) -> Reply {
    let place = location(collection.name);
    if collection.is_run() {
        let records = state.admin.records(place);
        let Some(mut run) = records.and_then(|records| records.get(id)).cloned() else {
            return Reply::not_found();
        };
        let status = run.get("status").and_then(Value::as_str).unwrap_or_default();
        if !ENDED.contains(&status) {
            run.insert("status".to_owned(), json!("stopped"));
        }
        return Reply::json(200, state.admin.insert(place, Value::Object(run)));
    }
    match state.admin.remove(place, id) {
        Some(record) => Reply::json(200, json!({"id": record.get("id")})),
        None => Reply::not_found(),
    }
}

/// Sends a test event to a webhook; succeeds for other records that exist.
fn test(state: &mut SandboxState, name: &str, id: Option<&str>) -> Reply {
    let records = state.admin.records(location(name));
    let webhook = id.filter(|_| name == "webhook").and_then(|id| records?.get(id));
    if let Some(target) = webhook.map(Target::of) {
        let mut event = Map::new();
        event.insert("event".to_owned(), json!("test"));
        event.insert("payload".to_owned(), json!({"foo": "bar"}));
        delivery::complete(&mut event);
        state.deliveries.push((target, event));
    }
    success(state, name, id)
}

/// Succeeds for a record that exists.
fn success(state: &SandboxState, name: &str, id: Option<&str>) -> Reply {
    let records = state.admin.records(location(name));
    match id {
        None => Reply::error(400, "the body lacks `id`"),
        Some(id) if records.is_some_and(|records| records.get(id).is_some()) => {
            Reply::json(200, json!({"success": true}))
        }
        Some(_) => Reply::not_found(),
    }
}

//! Several calls in one request.
//!
//! Results are keyed by a part's name, or by its resource if it has no name. Truto's documentation shows the
//! resource for parts without a name, and does not state whether a name replaces it; `truto-admin` accepts
//! both.

use std::borrow::Cow;
use std::sync::Mutex;

use http::Method;
use serde_json::{Map, Value, json};

use super::handler::run_handler;
use super::query::Query;
use super::record::Recorded;
use super::reply::Reply;
use super::resource::{self, object};
use super::rules::Handler;
use super::shape::ResourceCall;
use super::state::{SandboxState, lock};
use super::store::{Location, Store};

/// Unsupported keys of a call. They are refused, since a test that relied on them would pass although
/// the call was made only once.
const UNKNOWN: [&str; 3] = ["loop_on", "recurse", "type"];

/// A call of the batch.
#[derive(Clone)]
struct BatchCall<'a> {
    /// The key of its results: its own name, else its resource.
    name: &'a str,
    resource: &'a str,
    method: &'a str,
    /// Names or resources of the calls that must run before it.
    depends_on: Vec<&'a str>,
    call: Cow<'a, Value>,
}

impl<'a> BatchCall<'a> {
    fn of(call: &'a Value) -> Self {
        let text = |key: &str| call[key].as_str();
        let resource = text("resource").unwrap_or_default();
        // The documentation has both forms.
        let depends_on = match &call["depends_on"] {
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
            name => name.as_str().into_iter().collect(),
        };
        Self {
            name: text("name").unwrap_or(resource),
            resource,
            method: text("method").unwrap_or_default(),
            depends_on,
            call: Cow::Borrowed(call),
        }
    }

    fn place(&self) -> (&'a str, &'a str) {
        self.resource.split_once('/').unwrap_or(("proxy", self.resource))
    }

    fn is_called(&self, name: &str) -> bool {
        self.name == name || self.resource == name
    }

    /// Truto returns records of a provider's own resource only if the part has `persist: true`.
    fn is_returned(&self) -> bool {
        self.resource.contains('/') || self.call["persist"] == true
    }

    /// Repeats the call for each record of the parent that it refers to; without a reference, returns
    /// it once.
    fn for_each_parent(&self, parents: &Map<String, Value>) -> Vec<Self> {
        let referred = parents.iter().find_map(|(resource, records)| {
            let start = format!("{{{{resources.{}.", resource.replace('/', "."));
            let texts = ["id", "query", "body"].map(|key| self.call[key].to_string());
            texts.iter().any(|text| text.contains(&start)).then_some((start, records))
        });
        let Some((start, records)) = referred else { return vec![self.clone()] };
        let records = records.as_array().map(Vec::as_slice).unwrap_or_default();
        records
            .iter()
            .map(|record| {
                let mut call = self.call.as_ref().clone();
                for key in ["id", "query", "body"] {
                    replace(&mut call[key], &start, record);
                }
                Self { call: Cow::Owned(call), ..self.clone() }
            })
            .collect()
    }
}

/// Replaces `{{resources.<model>.<resource>.<field>}}` by the field of a record.
fn replace(value: &mut Value, start: &str, record: &Value) {
    match value {
        Value::String(text) => {
            let mut from = 0;
            // The search resumes after the inserted text: braces in a record are data, not templates.
            while let Some(at) = text[from..].find(start).map(|at| from + at) {
                let Some(length) = text[at..].find("}}") else { return };
                let pointer = format!("/{}", text[at + start.len()..at + length].replace('.', "/"));
                let field = match record.pointer(&pointer) {
                    Some(Value::String(field)) => field.clone(),
                    Some(field) => field.to_string(),
                    None => String::new(),
                };
                text.replace_range(at..at + length + 2, &field);
                from = at + field.len();
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| replace(value, start, record)),
        Value::Object(fields) => {
            fields.values_mut().for_each(|value| replace(value, start, record));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Records and errors by the names of the parts.
#[derive(Default)]
struct Report {
    result: Map<String, Value>,
    errors: Map<String, Value>,
    /// Records by resource, for the parts that refer to them.
    parents: Map<String, Value>,
    failed: Vec<String>,
    done: Vec<String>,
}

impl Report {
    fn add(&mut self, part: &BatchCall<'_>, reply: &Reply) {
        let body = serde_json::from_slice(&reply.body).unwrap_or_default();
        let records = records(part.method, body);
        if !reply.status.is_success() {
            append(&mut self.errors, part.name, records);
            // A dependent may refer to either.
            self.failed.extend([part.name.to_owned(), part.resource.to_owned()]);
            return;
        }
        append(&mut self.parents, part.resource, records.clone());
        if part.is_returned() {
            append(&mut self.result, part.name, records);
        }
    }

    fn finish(&mut self, part: &BatchCall<'_>) {
        if part.is_returned() {
            append(&mut self.result, part.name, Vec::new());
        }
        append(&mut self.errors, part.name, Vec::new());
        self.done.extend([part.name.to_owned(), part.resource.to_owned()]);
    }
}

/// Runs each call after the calls that it depends on. A failed call fails only its dependents.
pub(super) fn run(state: &Mutex<SandboxState>, received: &Recorded) -> Reply {
    let body = match object(&received.body) {
        Ok(body) => body,
        Err(refused) => return refused,
    };
    let account = body.get("integrated_account_id").and_then(Value::as_str);
    let Some(account) = account.map(str::to_ascii_lowercase) else {
        return Reply::error(400, "the body lacks `integrated_account_id`");
    };
    if !lock(state).knows(&account) {
        return Reply::error(404, "integrated account not found");
    }
    let calls = body.get("resources").and_then(Value::as_array);
    let Some(calls) = calls.filter(|calls| !calls.is_empty()) else {
        return Reply::error(400, "the body lacks `resources`, a list of calls");
    };
    let mut waiting: Vec<BatchCall<'_>> = calls.iter().map(BatchCall::of).collect();
    let mut report = Report::default();
    while !waiting.is_empty() {
        let waits = |part: &BatchCall<'_>| {
            let mut names = part.depends_on.iter();
            names.any(|name| waiting.iter().any(|other| other.is_called(name)))
        };
        let next = waiting.iter().position(|part| !waits(part));
        let is_stuck = next.is_none();
        // One part of a cycle is refused; the parts that depend on it then fail too, so the loop ends.
        let part = waiting.remove(next.unwrap_or(0));
        let names = |list: &[String], name: &str| list.iter().any(|one| one == name);
        let missing = part.depends_on.iter().find(|name| !names(&report.done, name));
        let failed = part.depends_on.iter().find(|name| names(&report.failed, name));
        let unknown = UNKNOWN.iter().find(|key| !part.call[**key].is_null());
        let refused = unknown.map(|key| {
            Reply::error(501, &format!("the sandbox does not support `{key}` in a batch"))
        });
        let refused = refused.or_else(|| match (is_stuck, missing, failed) {
            (true, ..) => Some(Reply::error(400, "`depends_on` is circular")),
            (_, Some(name), _) => {
                Some(Reply::error(400, &format!("`depends_on` names an unknown part: `{name}`")))
            }
            (_, _, Some(name)) => {
                Some(Reply::error(424, &format!("it depends on `{name}`, which failed")))
            }
            (false, None, None) => None,
        });
        if let Some(refused) = refused {
            report.add(&part, &refused);
        } else {
            for call in part.for_each_parent(&report.parents) {
                let reply = run_one(state, &account, &call, received);
                report.add(&call, &reply);
            }
        }
        // A part without records gets an empty list, which shows the caller that it ran.
        report.finish(&part);
    }
    Reply::json(200, json!({"result": report.result, "errors": report.errors}))
}

fn run_one(
    state: &Mutex<SandboxState>,
    account: &str,
    part: &BatchCall<'_>,
    batch: &Recorded,
) -> Reply {
    let (model, resource) = part.place();
    let handler = {
        let mut state = lock(state);
        if let Some(refusal) = state.store.refusal(model, resource) {
            return Reply::error(404, &refusal);
        }
        match state.method(model, resource, part.method) {
            Some(handler) => handler,
            None => return stored(&mut state.store, account, part),
        }
    };
    custom(state, &handler, part, batch)
}

/// Runs a custom method as if it had been called by itself. The lock is released first, since a handler
/// may use the sandbox.
fn custom(
    state: &Mutex<SandboxState>,
    handler: &Handler,
    part: &BatchCall<'_>,
    batch: &Recorded,
) -> Reply {
    let (model, resource) = part.place();
    let path = match model {
        "proxy" => format!("/proxy/{resource}/{}", part.method),
        _ => format!("/unified/{model}/{resource}/{}", part.method),
    };
    let received = Recorded {
        method: Method::POST,
        path,
        query: Query::from_json(&part.call["query"]).to_text(),
        headers: batch.headers.clone(),
        body: part.call["body"].to_string().into(),
    };
    run_handler(state, handler, &received)
}

fn stored(store: &mut Store, account: &str, part: &BatchCall<'_>) -> Reply {
    let (model, resource) = part.place();
    let mut query = Query::from_json(&part.call["query"]);
    if part.method == "list" {
        // A batch iterates all pages itself.
        query = query.with("limit", &usize::MAX.to_string());
    }
    let body = match &part.call["body"] {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    let one = ResourceCall {
        location: Location { account, model, resource },
        query: &query,
        body: body.as_bytes(),
        path: "/batch-request",
        method: "POST",
    };
    let id = match &part.call["id"] {
        Value::String(id) => id.clone(),
        other => other.to_string(),
    };
    match part.method {
        "list" => resource::list(store, &one),
        "get" => resource::get(store, &one, &id),
        "create" => resource::create(store, &one),
        "update" => resource::update(store, &one, &id),
        "delete" => resource::delete(store, &one, &id),
        method => Reply::error(
            404,
            &format!("unknown method `{method}`; register it with `sandbox.on_method`"),
        ),
    }
}

/// The records in a list's envelope, or the single record.
fn records(method: &str, mut body: Value) -> Vec<Value> {
    match body.get_mut("result").map(Value::take) {
        Some(Value::Array(records)) if method == "list" => records,
        Some(result) => {
            body["result"] = result;
            vec![body]
        }
        None => vec![body],
    }
}

fn append(into: &mut Map<String, Value>, name: &str, more: Vec<Value>) {
    let values = into.entry(name).or_insert_with(|| json!([]));
    if let Some(values) = values.as_array_mut() {
        values.extend(more);
    }
}

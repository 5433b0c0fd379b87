//! Several calls in one request.

use std::sync::Mutex;

use http::Method;
use serde_json::{Map, Value, json};

use super::exchange::{lock, run_handler};
use super::query::Query;
use super::record::Recorded;
use super::reply::Reply;
use super::resource::{self, object};
use super::rules::Handler;
use super::shape::ResourceCall;
use super::state::SandboxState;
use super::store::{Location, Store};

/// A call of the batch.
struct BatchCall<'a> {
    /// Under which its records are returned; that of the resource, if it has none of its own.
    name: &'a str,
    resource: &'a str,
    method: &'a str,
    depends_on: Vec<&'a str>,
    call: &'a Value,
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
            call,
        }
    }

    fn place(&self) -> (&'a str, &'a str) {
        self.resource.split_once('/').unwrap_or(("proxy", self.resource))
    }
}

/// Records and errors by the names of the parts.
#[derive(Default)]
struct Report {
    result: Map<String, Value>,
    errors: Map<String, Value>,
}

impl Report {
    fn add(&mut self, part: &BatchCall<'_>, reply: &Reply) {
        let body = serde_json::from_slice(&reply.body).unwrap_or_default();
        let into = match reply.status.is_success() {
            true => &mut self.result,
            false => &mut self.errors,
        };
        append(into, part.name, records(part.method, body));
        append(&mut self.result, part.name, Vec::new());
        append(&mut self.errors, part.name, Vec::new());
    }

    fn has_failed(&self, name: &str) -> bool {
        let errors = self.errors.get(name).and_then(Value::as_array);
        errors.is_some_and(|errors| !errors.is_empty())
    }
}

/// Runs each call after those that it depends on. What fails is reported beside what did not.
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
    let Some(Value::Array(calls)) = body.get("resources") else {
        return Reply::error(400, "the body lacks `resources`, a list of calls");
    };
    let mut waiting: Vec<BatchCall<'_>> = calls.iter().map(BatchCall::of).collect();
    let mut report = Report::default();
    while !waiting.is_empty() {
        let waits = |part: &BatchCall<'_>| {
            let mut others = waiting.iter();
            others.any(|other| part.depends_on.contains(&other.name))
        };
        let next = waiting.iter().position(|part| !waits(part));
        let stuck = next.is_none();
        let part = waiting.remove(next.unwrap_or(0));
        let missing = (part.depends_on.iter()).find(|name| !report.result.contains_key(**name));
        let failed = part.depends_on.iter().find(|name| report.has_failed(name));
        let reply = match (stuck, missing, failed) {
            (true, ..) => Reply::error(400, "`depends_on` goes in a circle"),
            (_, Some(name), _) => {
                Reply::error(400, &format!("`depends_on` names no part: `{name}`"))
            }
            (_, _, Some(name)) => {
                Reply::error(424, &format!("it depends on `{name}`, which failed"))
            }
            (false, None, None) => run_one(state, &account, &part, received),
        };
        report.add(&part, &reply);
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

/// A custom method, without the lock, as if it had been called by itself.
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
            &format!("there is no method `{method}`; register it with `sandbox.on_method`"),
        ),
    }
}

/// The records of a list's envelope, or the one record.
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

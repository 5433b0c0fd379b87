//! Several calls in one request.

use serde_json::{Map, Value, json};

use super::query::Query;
use super::record::Recorded;
use super::reply::Reply;
use super::resource::{self, object};
use super::shape::Call;
use super::state::State;
use super::store::{Place, Store};

/// Runs the calls in order. What fails is reported beside what did not.
pub(super) fn run(state: &mut State, received: &Recorded) -> Reply {
    let body = match object(&received.body) {
        Ok(body) => body,
        Err(refused) => return refused,
    };
    let account = body.get("integrated_account_id").and_then(Value::as_str);
    let Some(account) = account.map(str::to_ascii_lowercase) else {
        return Reply::error(400, "the body lacks `integrated_account_id`");
    };
    if !state.knows(&account) {
        return Reply::error(404, "integrated account not found");
    }
    let Some(Value::Array(calls)) = body.get("resources") else {
        return Reply::error(400, "the body lacks `resources`, a list of calls");
    };
    let (mut result, mut errors) = (Map::new(), Map::new());
    for call in calls {
        let resource = call["resource"].as_str().unwrap_or_default();
        let name = call["name"].as_str().unwrap_or(resource);
        let method = call["method"].as_str().unwrap_or_default();
        let reply = run_one(&mut state.store, &account, (resource, method), call);
        let body = serde_json::from_slice(&reply.body).unwrap_or_default();
        let into = match reply.status.is_success() {
            true => &mut result,
            false => &mut errors,
        };
        append(into, name, records(method, body));
        append(&mut result, name, Vec::new());
        append(&mut errors, name, Vec::new());
    }
    Reply::json(200, json!({"result": result, "errors": errors}))
}

fn run_one(
    store: &mut Store,
    account: &str,
    (resource, method): (&str, &str),
    call: &Value,
) -> Reply {
    let (model, name) = resource.split_once('/').unwrap_or(("proxy", resource));
    if let Some(refusal) = store.refusal(model, name) {
        return Reply::error(404, &refusal);
    }
    let mut query = Query::from_json(&call["query"]);
    if method == "list" {
        // A batch iterates all pages itself.
        query = query.with("limit", &usize::MAX.to_string());
    }
    let body = match &call["body"] {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    let one = Call {
        place: Place {
            account,
            model,
            resource: name,
        },
        query: &query,
        body: body.as_bytes(),
        path: "/batch-request",
        method: "POST",
    };
    let id = match &call["id"] {
        Value::String(id) => id.clone(),
        other => other.to_string(),
    };
    match method {
        "list" => resource::list(store, &one),
        "get" => resource::get(store, &one, &id),
        "create" => resource::create(store, &one),
        "update" => resource::update(store, &one, &id),
        "delete" => resource::delete(store, &one, &id),
        _ => Reply::error(400, &format!("the sandbox runs no `{method}` in a batch")),
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

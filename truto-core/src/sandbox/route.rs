//! What a request is responded to with, apart from faults and rules.

use http::{HeaderName, HeaderValue, Method, header};
use serde_json::{Map, Value, json};

use super::filter;
use super::query;
use super::record::{Recorded, Reply};
use super::state::{Handler, Reach, State};

/// Records of a page without `limit`.
const DEFAULT_LIMIT: usize = 25;

/// Truto's documented limit of a token, in calls within 10 seconds.
const RATE_LIMIT: u64 = 500;

/// A reply, or what makes it once the state is free again.
pub(super) enum Routed {
    Reply(Reply),
    Handler(Handler),
}

/// `scripted` is the reply of a rule, which still needs a valid token and account.
pub(super) fn route(state: &mut State, request: &Recorded, scripted: Option<Reply>) -> Routed {
    let remaining = RATE_LIMIT.saturating_sub(state.calls % RATE_LIMIT + 1);
    let segments = query::segments(&request.path);
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let routed = match account(state, request, &segments) {
        Err(refused) => Routed::Reply(refused),
        Ok(account) => {
            if state.within_limits(&account) {
                match scripted {
                    Some(reply) => Routed::Reply(reply),
                    None => allowed(state, request, &account, &segments),
                }
            } else {
                let mut reply = Reply::error(429, "too many requests", &json!({}));
                add(&mut reply, "retry-after", "10");
                Routed::Reply(reply)
            }
        }
    };
    match routed {
        Routed::Reply(mut reply) => {
            add(&mut reply, "ratelimit-limit", &format!("{RATE_LIMIT};w=10"));
            add(&mut reply, "ratelimit-remaining", &remaining.to_string());
            add(&mut reply, "ratelimit-reset", "10");
            Routed::Reply(reply)
        }
        handler @ Routed::Handler(_) => handler,
    }
}

fn add(reply: &mut Reply, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        reply.headers.push((HeaderName::from_static(name), value));
    }
}

/// Whose records the request is about; empty for the routes that act on no account.
fn account(state: &State, request: &Recorded, segments: &[&str]) -> Result<String, Reply> {
    let token = request
        .headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let Some(reach) = token.and_then(|token| state.reach(token)) else {
        return Err(Reply::error(401, "invalid token", &json!({})));
    };
    let on_account = matches!(segments.first(), Some(&("unified" | "proxy" | "custom")));
    match (reach, on_account) {
        (Reach::All, false) => Ok(String::new()),
        (Reach::Account(id), true) => Ok(id),
        (Reach::Account(_), false) => Err(Reply::error(
            403,
            "the token of an account does not reach this route",
            &json!({}),
        )),
        (Reach::All, true) => match query::value(&request.query, "integrated_account_id") {
            None => Err(Reply::error(
                400,
                "integrated_account_id is required",
                &json!({"truto_error_insight": {"missing_required_query_parameters": {
                    "description": "The request lacks query parameters.",
                    "value": ["integrated_account_id"],
                }}}),
            )),
            Some(id) if !state.knows(&id) => Err(Reply::error(
                404,
                "integrated account not found",
                &json!({}),
            )),
            Some(id) => Ok(id.to_ascii_lowercase()),
        },
    }
}

fn allowed(state: &mut State, request: &Recorded, account: &str, segments: &[&str]) -> Routed {
    let method = match request.method {
        // Its body is left out when it is sent.
        Method::HEAD => "GET",
        _ => request.method.as_str(),
    };
    let reply = match (method, segments) {
        ("PUT", ["unified" | "proxy", ..]) => Reply::error(405, "method not allowed", &json!({})),
        ("POST", ["unified", model, resource, name]) => {
            return match state.method(model, resource, name) {
                Some(handler) => Routed::Handler(handler),
                None => Routed::Reply(not_found()),
            };
        }
        (_, ["unified", model, resource, rest @ ..]) => {
            stored(state, request, (account, model, resource), method, rest)
        }
        (_, ["proxy", resource, rest @ ..]) => {
            stored(state, request, (account, "proxy", resource), method, rest)
        }
        ("GET", ["integrated-account"]) => {
            let accounts = state.accounts.iter();
            let result: Vec<Value> = accounts.map(|(id, name)| shown_account(id, name)).collect();
            Reply::json(200, &json!({"result": result, "next_cursor": null}))
        }
        ("GET", ["integrated-account", id]) => {
            match state.accounts.iter().find(|(known, _)| known == id) {
                Some((id, name)) => Reply::json(200, &shown_account(id, name)),
                None => not_found(),
            }
        }
        ("DELETE", ["integrated-account", id]) => {
            let before = state.accounts.len();
            state.accounts.retain(|(known, _)| known != id);
            match state.accounts.len() < before {
                true => Reply::json(200, &json!({"id": id})),
                false => not_found(),
            }
        }
        ("POST", ["integrated-account", "token"]) => {
            match request.json()["integrated_account_id"].as_str() {
                Some(id) if state.knows(id) => {
                    let token = state.mint(id);
                    Reply::json(201, &json!({"integrated_account_token": token}))
                }
                _ => Reply::error(404, "integrated account not found", &json!({})),
            }
        }
        ("POST", ["link-token"]) => Reply::json(201, &json!({"link_token": "sandbox-link-token"})),
        _ => not_found(),
    };
    Routed::Reply(reply)
}

fn shown_account(id: &str, name: &str) -> Value {
    json!({"id": id, "tenant_id": name, "status": "active"})
}

fn not_found() -> Reply {
    Reply::error(404, "not found", &json!({}))
}

/// The five methods that every resource has.
fn stored(
    state: &mut State,
    request: &Recorded,
    place: (&str, &str, &str),
    method: &str,
    rest: &[&str],
) -> Reply {
    match (method, rest) {
        ("GET", []) => list(state, request, place),
        ("POST", []) => replayed(state, request, |state| create(state, request, place)),
        ("GET" | "DELETE", [id]) => one(state, request, place, id),
        ("PATCH", [id]) => replayed(state, request, |state| update(state, request, place, id)),
        _ => not_found(),
    }
}

/// A repeated idempotency key gets the first response again.
fn replayed(state: &mut State, request: &Recorded, run: impl FnOnce(&mut State) -> Reply) -> Reply {
    let key = request
        .headers
        .get("idempotency-key")
        .map(|key| format!("{} {key:?} {}", request.method, request.path));
    let Some(key) = key else {
        return run(state);
    };
    if let Some(reply) = state.replayed.get(&key) {
        return reply.clone();
    }
    let reply = run(state);
    state.replayed.insert(key, reply.clone());
    reply
}

/// The body as an object; nothing is one without fields.
fn object(request: &Recorded) -> Result<Map<String, Value>, Reply> {
    if request.body.is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_slice(&request.body) {
        Ok(Value::Object(body)) => Ok(body),
        Ok(_) => Err(Reply::error(400, "the body must be an object", &json!({}))),
        Err(_) => Err(Reply::error(400, "the body is not JSON", &json!({}))),
    }
}

fn create(
    state: &mut State,
    request: &Recorded,
    (account, model, resource): (&str, &str, &str),
) -> Reply {
    // With passthrough the body is the provider's own, so it need not be JSON.
    let body = match query::is_true(&request.query, "truto_body_passthrough") {
        true => object(request).unwrap_or_default(),
        false => match object(request) {
            Ok(body) => body,
            Err(refused) => return refused,
        },
    };
    let record = state.insert(account, model, resource, Value::Object(body));
    shown(request, 201, record)
}

fn update(
    state: &mut State,
    request: &Recorded,
    (account, model, resource): (&str, &str, &str),
    id: &str,
) -> Reply {
    let Some(record) = state.records(account, model, resource).get_mut(id) else {
        return not_found();
    };
    let mut changes = match object(request) {
        Ok(changes) => changes,
        Err(refused) => return refused,
    };
    changes.remove("id");
    record.extend(changes);
    let record = record.clone();
    shown(request, 200, Value::Object(record))
}

fn one(
    state: &mut State,
    request: &Recorded,
    (account, model, resource): (&str, &str, &str),
    id: &str,
) -> Reply {
    let records = state.records(account, model, resource);
    let record = match request.method {
        Method::DELETE => records.remove(id),
        _ => records.get_mut(id).map(|record| record.clone()),
    };
    match record {
        Some(record) => shown(request, 200, Value::Object(record)),
        None => not_found(),
    }
}

fn list(
    state: &mut State,
    request: &Recorded,
    (account, model, resource): (&str, &str, &str),
) -> Reply {
    let query = &request.query;
    let limit = match query::value(query, "limit") {
        Some(_) if query::is_true(query, "truto_ignore_limit") => DEFAULT_LIMIT,
        None => DEFAULT_LIMIT,
        Some(limit) => match limit.parse::<usize>() {
            Ok(limit) => limit.max(1),
            Err(_) => return Reply::error(400, "limit must be a number", &json!({})),
        },
    };
    // An empty cursor is the first page.
    let cursor = query::value(query, "next_cursor").filter(|cursor| !cursor.is_empty());
    let start = match cursor {
        None => 0,
        Some(cursor) => match cursor.strip_prefix("after=").and_then(|at| at.parse().ok()) {
            Some(start) => start,
            None => return Reply::error(400, "invalid next_cursor", &json!({})),
        },
    };
    let records = state.records(account, model, resource);
    let mut found = records
        .after(start)
        .filter(|(_, record)| filter::passes(query, record));
    let page: Vec<_> = found.by_ref().take(limit).collect();
    let next_cursor = match (page.last(), found.next()) {
        (Some((last, _)), Some(_)) => Some(format!("after={last}")),
        _ => None,
    };
    let format = query::value(query, "truto_response_format");
    if format.as_deref() == Some("raw") {
        let raw: Vec<Value> = page.iter().map(|(_, record)| provider(record)).collect();
        return Reply::json(200, &Value::Array(raw));
    }
    let page: Vec<Value> = page
        .into_iter()
        .map(|(_, record)| Value::Object(projected(query, record.clone())))
        .collect();
    let count = page.len();
    let result = match query::value(query, "truto_key_by") {
        Some(field) => page
            .into_iter()
            .map(|record| {
                let key = match &record[&field] {
                    Value::String(key) => key.clone(),
                    other => other.to_string(),
                };
                (key, record)
            })
            .collect::<Map<String, Value>>()
            .into(),
        None => Value::Array(page),
    };
    let body = json!({
        "result": result,
        "next_cursor": next_cursor,
        "prev_cursor": null,
        "result_count": count,
    });
    let more = json!({
        "nextCursor": next_cursor,
        "isLooping": false,
        "isEmptyResult": count == 0,
        "resultCount": count,
    });
    formatted(request, 200, &body, &more)
}

/// The provider's own record.
fn provider(record: &Map<String, Value>) -> Value {
    let raw = record.get("remote_data").filter(|raw| !raw.is_null());
    raw.cloned()
        .unwrap_or_else(|| Value::Object(record.clone()))
}

/// One record as its response shows it.
fn shown(request: &Recorded, status: u16, record: Value) -> Reply {
    let Value::Object(record) = record else {
        return Reply::json(status, &record);
    };
    if query::value(&request.query, "truto_response_format").as_deref() == Some("raw") {
        return Reply::json(status, &provider(&record));
    }
    let record = Value::Object(projected(&request.query, record));
    formatted(request, status, &record, &json!({}))
}

/// A record without what the query excludes.
fn projected(query: &str, mut record: Map<String, Value>) -> Map<String, Value> {
    if query::is_true(query, "truto_ignore_remote_data") {
        record.remove("remote_data");
    }
    for field in query::values(query, "truto_exclude_fields[]") {
        record.remove(&field);
    }
    record
}

fn formatted(request: &Recorded, status: u16, body: &Value, more: &Value) -> Reply {
    match query::value(&request.query, "truto_response_format").as_deref() {
        None | Some("unified" | "normalized") => Reply::json(status, body),
        Some("stream") => Reply::file("application/octet-stream", body.to_string().into()),
        Some("debug") => {
            let mut debug = json!({
                "requestUrl": format!("https://provider.example{}", request.path),
                "requestOptions": {"method": request.method.as_str()},
                "data": null,
                "responseHeaders": {},
            });
            if let (Some(debug), Some(more)) = (debug.as_object_mut(), more.as_object()) {
                debug.extend(more.clone());
            }
            Reply::json(status, &json!({"result": body, "debug": debug}))
        }
        Some(_) => Reply::error(400, "unknown truto_response_format", &json!({})),
    }
}

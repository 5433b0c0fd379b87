//! What a request is answered with, apart from faults.

use http::{HeaderName, HeaderValue, Method, header};
use serde_json::{Map, Value, json};

use super::query;
use super::record::{Answer, Recorded};
use super::state::{self, State};
use super::{ACCOUNT_ID, TOKEN};

/// Records a page when no `limit` is given.
const DEFAULT_LIMIT: usize = 25;

const RATE_LIMIT: u64 = 500;

pub(super) fn answer(state: &mut State, request: &Recorded) -> Answer {
    let mut answer = refused(request).unwrap_or_else(|| routed(state, request));
    state.calls += 1;
    let remaining = RATE_LIMIT.saturating_sub(state.calls % RATE_LIMIT);
    for (name, value) in [
        ("ratelimit-limit", format!("{RATE_LIMIT};w=10")),
        ("ratelimit-remaining", remaining.to_string()),
        ("ratelimit-reset", "10".to_owned()),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            answer.headers.push((HeaderName::from_static(name), value));
        }
    }
    answer
}

/// The checks that come before everything else: token and account.
fn refused(request: &Recorded) -> Option<Answer> {
    let authorization = request.headers.get(header::AUTHORIZATION);
    let expected = format!("Bearer {TOKEN}");
    if authorization.is_none_or(|value| value.as_bytes() != expected.as_bytes()) {
        return Some(Answer::error(401, "invalid token", &json!({})));
    }
    match query::value(&request.query, "integrated_account_id") {
        None => Some(Answer::error(
            400,
            "integrated_account_id is required",
            &json!({"truto_error_insight": {"missing_required_query_parameters": {
                "description": "The request lacks query parameters.",
                "value": ["integrated_account_id"],
            }}}),
        )),
        Some(id) if id != ACCOUNT_ID => Some(Answer::error(
            404,
            "integrated account not found",
            &json!({}),
        )),
        Some(_) => None,
    }
}

fn routed(state: &mut State, request: &Recorded) -> Answer {
    let segments = query::segments(&request.path);
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match (request.method.as_str(), &*segments) {
        ("GET", ["unified", model, resource]) => list(state, request, model, resource),
        ("POST", ["unified", model, resource]) => {
            let body = match request.json() {
                Value::Null => json!({}),
                body => body,
            };
            let record = state.insert(model, resource, body);
            shown(request, 201, record)
        }
        ("POST", ["unified", model, resource, method]) => {
            match state.method(model, resource, method) {
                Some(method) => method(request),
                None => not_found(),
            }
        }
        ("GET" | "PATCH" | "DELETE", ["unified", model, resource, id]) => {
            one(state, request, model, resource, id)
        }
        _ => not_found(),
    }
}

fn not_found() -> Answer {
    Answer::error(404, "not found", &json!({}))
}

fn one(state: &mut State, request: &Recorded, model: &str, resource: &str, id: &str) -> Answer {
    let records = state.records(model, resource);
    let Some(at) = records.iter().position(|record| state::id(record) == id) else {
        return not_found();
    };
    let record = match request.method {
        Method::DELETE => records.remove(at),
        Method::PATCH => {
            let Value::Object(changes) = request.json() else {
                return Answer::error(400, "the body must be an object", &json!({}));
            };
            records[at].extend(changes);
            records[at].clone()
        }
        _ => records[at].clone(),
    };
    shown(request, 200, Value::Object(record))
}

fn list(state: &mut State, request: &Recorded, model: &str, resource: &str) -> Answer {
    let records = state.records(model, resource);
    let query = &request.query;
    let limit = query::value(query, "limit")
        .filter(|_| !query::is_true(query, "truto_ignore_limit"))
        .and_then(|limit| limit.parse().ok())
        .unwrap_or(DEFAULT_LIMIT)
        .max(1);
    let start = match query::value(query, "next_cursor") {
        None => 0,
        Some(cursor) => match cursor.strip_prefix("at=").and_then(|at| at.parse().ok()) {
            Some(start) => start,
            None => return Answer::error(400, "invalid next_cursor", &json!({})),
        },
    };
    let page: Vec<Value> = records
        .iter()
        .skip(start)
        .take(limit)
        .map(|record| Value::Object(projected(query, record.clone())))
        .collect();
    let next = start + page.len();
    let count = page.len();
    let next_cursor = (next < records.len()).then(|| format!("at={next}"));
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
    formatted(
        request,
        200,
        json!({
            "result": result,
            "next_cursor": next_cursor,
            "prev_cursor": null,
            "result_count": count,
        }),
    )
}

fn shown(request: &Recorded, status: u16, record: Value) -> Answer {
    let record = match record {
        Value::Object(record) => Value::Object(projected(&request.query, record)),
        other => other,
    };
    formatted(request, status, record)
}

/// The record without what the query leaves out.
fn projected(query: &str, mut record: Map<String, Value>) -> Map<String, Value> {
    if query::is_true(query, "truto_ignore_remote_data") {
        record.remove("remote_data");
    }
    for field in query::values(query, "truto_exclude_fields[]") {
        record.remove(&field);
    }
    record
}

/// The body in the format that the query asks for.
fn formatted(request: &Recorded, status: u16, body: Value) -> Answer {
    match query::value(&request.query, "truto_response_format").as_deref() {
        None | Some("unified" | "normalized") => Answer::json(status, &body),
        Some("raw") => {
            let raw = body
                .get("remote_data")
                .filter(|raw| !raw.is_null())
                .cloned();
            Answer::json(status, &raw.unwrap_or(body))
        }
        Some("stream") => Answer::file("application/octet-stream", body.to_string().into()),
        Some("debug") => Answer::json(
            status,
            &json!({
                "result": body,
                "debug": {
                    "requestUrl": format!("https://provider.example{}", request.path),
                    "requestOptions": {"method": request.method.as_str()},
                    "data": null,
                    "responseHeaders": {},
                },
            }),
        ),
        Some(_) => Answer::error(400, "unknown truto_response_format", &json!({})),
    }
}

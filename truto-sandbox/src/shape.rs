//! The form of records in a response: excluded fields, and the response formats.

use serde_json::{Map, Value, json};

use super::page::Paged;
use super::query::Query;
use super::reply::Reply;
use super::store::Location;

/// A call of a resource.
pub(super) struct ResourceCall<'a> {
    pub(super) location: Location<'a>,
    pub(super) query: &'a Query,
    pub(super) body: &'a [u8],
    pub(super) path: &'a str,
    pub(super) method: &'a str,
}

/// A list in the format that the query asks for.
pub(super) fn list(call: &ResourceCall<'_>, page: &Paged<'_>) -> Reply {
    let query = call.query;
    if query.value("truto_response_format") == Some("raw") {
        let raw: Vec<Value> = page.records.iter().map(|&record| provider(record)).collect();
        return Reply::json(200, raw);
    }
    let records = page.records.iter();
    let records = records.map(|&record| projected(query, record.clone()));
    let result = match query.value("truto_key_by") {
        Some(field) => {
            Value::Object(records.map(|record| (key(&record, field), record.into())).collect())
        }
        None => Value::Array(records.map(Value::Object).collect()),
    };
    let count = page.records.len();
    let body = json!({
        "result": result,
        "next_cursor": page.next_cursor,
        "prev_cursor": null,
        "result_count": count,
    });
    let debug = json!({
        "nextCursor": page.next_cursor,
        "isLooping": false,
        "isEmptyResult": count == 0,
        "resultCount": count,
    });
    formatted(call, 200, body, debug)
}

fn key(record: &Map<String, Value>, field: &str) -> String {
    match record.get(field) {
        Some(Value::String(key)) => key.clone(),
        Some(other) => other.to_string(),
        None => "null".to_owned(),
    }
}

/// One record in the format that the query asks for.
pub(super) fn one(call: &ResourceCall<'_>, status: u16, record: Map<String, Value>) -> Reply {
    if call.query.value("truto_response_format") == Some("raw") {
        return Reply::json(status, provider(&record));
    }
    let record = Value::Object(projected(call.query, record));
    let body = match call.location.model {
        "custom" => json!({"result": record, "next_cursor": null, "prev_cursor": null}),
        _ => record,
    };
    formatted(call, status, body, json!({}))
}

/// A record without what the query excludes.
fn projected(query: &Query, mut record: Map<String, Value>) -> Map<String, Value> {
    if query.is_true("truto_ignore_remote_data") {
        record.remove("remote_data");
    }
    for field in query.values("truto_exclude_fields[]") {
        record.remove(&field);
    }
    // The comma-separated form of Truto's published skills.
    for field in query.value("truto_exclude_fields").unwrap_or_default().split(',') {
        record.remove(field);
    }
    record
}

fn formatted(call: &ResourceCall<'_>, status: u16, body: Value, debug: Value) -> Reply {
    match call.query.value("truto_response_format") {
        None | Some("unified" | "normalized") => Reply::json(status, body),
        Some("stream") => Reply::bytes("application/octet-stream", body.to_string()).status(status),
        Some("debug") => {
            let mut shown = json!({
                "requestUrl": format!("https://provider.example{}", call.path),
                "requestOptions": {"method": call.method},
                "data": null,
                "responseHeaders": {},
            });
            if let (Value::Object(shown), Value::Object(debug)) = (&mut shown, debug) {
                shown.extend(debug);
            }
            Reply::json(status, json!({"result": body, "debug": shown}))
        }
        Some(_) => Reply::error(400, "unknown truto_response_format"),
    }
}

/// The provider's own form of a record.
fn provider(record: &Map<String, Value>) -> Value {
    let raw = record.get("remote_data").filter(|raw| !raw.is_null());
    raw.cloned().unwrap_or_else(|| json!(record))
}

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;

use crate::response::RawResponse;
use crate::{Deleted, Id, KeyedPage, OrRaw, Output, Page, RemoteData, WithDebug};

/// A record as models declare it: everything is optional.
#[derive(Debug, PartialEq, Deserialize)]
struct Record {
    id: Option<Id>,
    status: Option<OrRaw<Status>>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Active,
}

#[derive(Debug, Deserialize)]
struct Flattened {
    #[serde(flatten)]
    record: Record,
    #[serde(flatten)]
    more: BTreeMap<String, RemoteData>,
}

/// A response of any bytes is decoded or is an error that quotes none of them, and two types that differ
/// only in how they store a value accept the same values.
///
/// # Panics
///
/// If it is neither, or they do not agree.
pub fn response(data: &[u8]) {
    pages(data);
    records(data);
    deletions(data);
    read::<WithDebug<Page<Value>>>(data, false);
    read::<WithDebug<Record>>(data, true);
    assert!(read::<()>(data, false).is_some() || data.contains(&b'<'), "no success for `()`");
}

fn read<O: Output>(data: &[u8], may_be_wrapped: bool) -> Option<O> {
    let mut response = RawResponse::of_bytes(Bytes::copy_from_slice(data));
    response.may_be_wrapped = may_be_wrapped;
    match O::from_response(&mut response) {
        Ok(output) => Some(output),
        Err(failure) => {
            assert!(failure.message.len() < 1_024, "{}", failure.message);
            None
        }
    }
}

fn pages(data: &[u8]) {
    let page: Option<Page<Value>> = read(data, false);
    let raw: Option<Page<RemoteData>> = read(data, false);
    if let (Some(page), Some(raw)) = (&page, &raw) {
        assert_eq!(page.result.len(), raw.result.len());
        assert_eq!(page.next_cursor, raw.next_cursor);
        for (record, raw) in page.result.iter().zip(&raw.result) {
            assert_eq!(raw.to_value().ok().as_ref(), Some(record));
        }
    }
    read::<KeyedPage<Value>>(data, false);
}

fn records(data: &[u8]) {
    read::<Value>(data, false);
    read::<Value>(data, true);
    read::<OrRaw<Record>>(data, true);
    let plain: Option<Record> = read(data, false);
    let flattened: Option<Flattened> = read(data, false);
    if let (Some(plain), Some(Flattened { record, more })) = (plain, flattened) {
        // An id is the same wherever it is read, or it is refused.
        assert_eq!(plain.id, record.id);
        assert!(!more.contains_key("id"));
    }
}

fn deletions(data: &[u8]) {
    let value: Option<Deleted<Value>> = read(data, false);
    let record: Option<Deleted<Record>> = read(data, false);
    assert_eq!(value.is_some(), record.is_some(), "JSON is a success whatever the type");
    if let Some(deleted) = record {
        let is_kept =
            deleted.id().is_some() || deleted.resource().is_some() || deleted.raw().is_some();
        // The values stay text, since an envelope with a number out of range is read as well.
        let is_nothing = match read::<BTreeMap<String, RemoteData>>(data, false) {
            Some(fields) => {
                let names_nothing = |value: &RemoteData| {
                    value.to_value().is_ok_and(|value: Value| is_without_record(&value))
                };
                fields.iter().all(|(key, value)| key == "id" && value.get() == "null")
                    || fields.get("result").is_some_and(names_nothing)
            }
            None => read(data, false)
                .map_or_else(|| data.trim_ascii().is_empty(), |body| is_without_record(&body)),
        };
        assert!(is_kept || is_nothing, "lost: {}", String::from_utf8_lossy(data));
    }
}

/// Returns true if a body has neither a record nor an id: `null`, `{}` or `{"id":null}`.
fn is_without_record(body: &Value) -> bool {
    match body {
        Value::Null => true,
        Value::Object(fields) => fields.iter().all(|(key, value)| key == "id" && value.is_null()),
        _ => false,
    }
}

//! The five methods that every resource has.

use serde_json::{Map, Value};

use super::filter::Filters;
use super::page::page;
use super::reply::Reply;
use super::shape::{self, ResourceCall};
use super::store::{Location, Store};

pub(super) fn list(store: &Store, call: &ResourceCall<'_>) -> Reply {
    let known = store.known(call.location.model, call.location.resource);
    let filters = match Filters::of(call.query, known, store.allow_unknown_filters) {
        Ok(filters) => filters,
        Err(name) => return unknown_filter(call.location, name),
    };
    match page(store.records(call.location), call.query, |record| filters.pass(record)) {
        Ok(page) => shape::list(call, &page),
        Err(refused) => refused,
    }
}

fn unknown_filter(location: Location<'_>, name: &str) -> Reply {
    let (model, resource) = (location.model, location.resource);
    Reply::error(
        400,
        &format!(
            "no record of `{model}/{resource}` has a field `{name}` to filter by; if the provider \
             takes it, call `sandbox.allow_filter({model:?}, {resource:?}, {name:?})`"
        ),
    )
}

pub(super) fn get(store: &Store, call: &ResourceCall<'_>, id: &str) -> Reply {
    let record = store.records(call.location).and_then(|records| records.get(id));
    match record {
        Some(record) => shape::one(call, 200, record.clone()),
        None => Reply::not_found(),
    }
}

pub(super) fn create(store: &mut Store, call: &ResourceCall<'_>) -> Reply {
    // A provider's own route may take several records at once.
    if let ("proxy", Ok(Value::Array(bodies))) =
        (call.location.model, serde_json::from_slice(call.body))
    {
        let records = bodies.into_iter().map(|body| store.insert(call.location, body));
        return Reply::json(201, records.collect::<Vec<_>>());
    }
    // With passthrough the body is the provider's own, so it need not be JSON.
    let body = match (object(call.body), call.query.is_true("truto_body_passthrough")) {
        (Ok(body), _) => body,
        (Err(_), true) => Map::new(),
        (Err(refused), false) => return refused,
    };
    let record = store.insert(call.location, Value::Object(body));
    shape::one(call, 201, record)
}

pub(super) fn update(store: &mut Store, call: &ResourceCall<'_>, id: &str) -> Reply {
    let record = store.records(call.location).and_then(|records| records.get(id));
    match changed(record, call.body) {
        Ok(record) => shape::one(call, 200, store.insert(call.location, Value::Object(record))),
        Err(refused) => refused,
    }
}

pub(super) fn delete(store: &mut Store, call: &ResourceCall<'_>, id: &str) -> Reply {
    match store.remove(call.location, id) {
        Some(record) => shape::one(call, 200, record),
        None => Reply::not_found(),
    }
}

/// The record with the changes of a body; it keeps its id, whatever the body says.
pub(super) fn changed(
    record: Option<&Map<String, Value>>,
    body: &[u8],
) -> Result<Map<String, Value>, Reply> {
    let mut record = record.cloned().ok_or_else(Reply::not_found)?;
    let mut changes = object(body)?;
    changes.remove("id");
    record.extend(changes);
    Ok(record)
}

/// Parses a body as an object; an empty body is an empty object.
pub(super) fn object(body: &[u8]) -> Result<Map<String, Value>, Reply> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(body)) => Ok(body),
        Ok(_) => Err(Reply::error(400, "the body must be an object")),
        Err(_) => Err(Reply::error(400, "the body is not JSON")),
    }
}

//! Pages of records. A cursor names the number of a record, so it stays valid when other records are
//! deleted.

use serde_json::{Map, Value};

use super::query::Query;
use super::reply::Reply;
use super::store::Records;

/// The page size without `limit`, as Truto's command-line tool documents it; providers differ.
const DEFAULT_LIMIT: usize = 25;

/// A page of records and the cursor of the next one.
pub(super) struct Paged<'a> {
    pub(super) records: Vec<&'a Map<String, Value>>,
    pub(super) next_cursor: Option<String>,
    pub(super) limit: usize,
}

/// The page that `limit` and `next_cursor` select among the records that pass.
pub(super) fn page<'a>(
    records: Option<&'a Records>,
    query: &Query,
    passes: impl Fn(&Map<String, Value>) -> bool,
) -> Result<Paged<'a>, Reply> {
    let limit = match query.value("limit") {
        Some(limit) if !query.is_true("truto_ignore_limit") => match limit.parse::<usize>() {
            // At least 1: an empty page without a cursor would look like an empty list.
            Ok(limit) => limit.max(1),
            Err(_) => return Err(Reply::error(400, "limit must be a number")),
        },
        _ => DEFAULT_LIMIT,
    };
    // An empty cursor means the first page.
    let cursor = query.value("next_cursor").filter(|cursor| !cursor.is_empty());
    let start = match cursor {
        None => 0,
        Some(cursor) => match cursor.strip_prefix("after=").and_then(|at| at.parse().ok()) {
            Some(start) => start,
            None => return Err(Reply::error(400, "invalid next_cursor")),
        },
    };
    let mut found = records
        .into_iter()
        .flat_map(|records| records.after(start))
        .filter(|(_, record)| passes(record));
    let page: Vec<_> = found.by_ref().take(limit).collect();
    // Looks for one more record, so that the last page has no cursor.
    let next_cursor = match (page.last(), found.next()) {
        (Some((last, _)), Some(_)) => Some(format!("after={last}")),
        _ => None,
    };
    Ok(Paged { records: page.into_iter().map(|(_, record)| record).collect(), next_cursor, limit })
}

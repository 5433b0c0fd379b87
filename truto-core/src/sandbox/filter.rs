//! Filters of lists: equality, and comparison where an operator is given.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::query;

/// Parameters that are not filters. The last two say where records lie, not which ones are meant.
const FIXED: [&str; 11] = [
    "integrated_account_id",
    "limit",
    "next_cursor",
    "truto_response_format",
    "truto_key_by",
    "truto_ignore_limit",
    "truto_ignore_remote_data",
    "truto_super_query",
    "sort_by",
    "entity_type",
    "entity_id",
];

/// Whether a record passes all filters of a query.
///
/// A field that the record does not have filters nothing out: which parameters a resource knows is
/// not stated anywhere.
pub(super) fn passes(query: &str, record: &Map<String, Value>) -> bool {
    query::pairs(query)
        .filter(|(name, _)| !FIXED.contains(&name.as_str()) && !name.contains("[]"))
        .filter(|(name, _)| !name.starts_with("remote_query") && !name.starts_with("truto_"))
        .all(|(name, wanted)| passes_one(record, &name, &wanted))
}

fn passes_one(record: &Map<String, Value>, name: &str, wanted: &str) -> bool {
    let mut keys: Vec<&str> = name
        .split('[')
        .map(|key| key.trim_end_matches(']'))
        .collect();
    let operator = match keys.last() {
        Some(&operator @ ("eq" | "in" | "gt" | "gte" | "lt" | "lte")) if keys.len() > 1 => {
            keys.pop();
            operator
        }
        _ => "eq",
    };
    let (Some(first), rest) = (keys.first(), keys.get(1..).unwrap_or_default()) else {
        return true;
    };
    let field = rest
        .iter()
        .try_fold(record.get(*first), |field, key| Some(field?.get(*key)))
        .flatten();
    let Some(field) = field.filter(|field| !field.is_null()) else {
        return true;
    };
    let text = match field {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let order = || compare(&text, wanted);
    match operator {
        "in" => wanted.split(',').any(|wanted| wanted == text),
        "gt" => order() == Ordering::Greater,
        "gte" => order() != Ordering::Less,
        "lt" => order() == Ordering::Less,
        "lte" => order() != Ordering::Greater,
        _ => text == wanted,
    }
}

/// Numbers by value, anything else (such as ISO 8601 dates) by its text.
fn compare(one: &str, other: &str) -> Ordering {
    match (one.parse::<f64>(), other.parse::<f64>()) {
        (Ok(one), Ok(other)) => one.total_cmp(&other),
        _ => one.cmp(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_compared() {
        let record = serde_json::json!({
            "status": "active", "size": 10, "group": {"id": "7"}, "created_at": "2026-05-01T00:00:00Z",
        });
        let Value::Object(record) = record else {
            unreachable!("it is written as an object")
        };
        for (query, expected) in [
            ("status=active", true),
            ("status=inactive", false),
            ("status[in]=inactive,active", true),
            ("group[id]=7", true),
            ("group[id]=8", false),
            ("size[gt]=9", true),
            ("size[gt]=10", false),
            ("created_at[gte]=2026-01-01&created_at[lt]=2027-01-01", true),
            ("created_at[lt]=2026-01-01", false),
            ("unknown=1&limit=2&remote_query[status]=x", true),
        ] {
            assert_eq!(passes(query, &record), expected, "{query}");
        }
    }
}

//! Deleting many connected accounts: `/integrated-account/bulk-delete`.

use serde::Serialize;
use serde::ser::{self, Serializer};
use serde_json::Value;

/// The body of [`IntegratedAccount::bulk_delete`](crate::IntegratedAccount::bulk_delete).
///
/// A query without a filter would match every account of the environment, so it is refused before
/// anything is sent:
///
/// ```
/// use serde_json::json;
/// use truto_admin::{BulkDelete, IntegratedAccount};
///
/// let inactive = BulkDelete::new(json!({"status": {"ne": "active"}}));
/// assert!(IntegratedAccount::bulk_delete(&inactive).body_bytes().is_some());
///
/// let everything = BulkDelete::new(json!({}));
/// assert!(IntegratedAccount::bulk_delete(&everything).body_bytes().is_none()); // `send` returns the error
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BulkDelete {
    /// The filters that select the accounts, as when listing them: `{"status": {"ne": "active"}}`.
    #[serde(serialize_with = "filtered")]
    pub query: Value,
    /// Only counts the accounts; the event `batch_job:dry_run_completed` reports the number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<bool>,
}

impl BulkDelete {
    /// Creates a value with the required fields; all others are left out.
    #[must_use]
    pub fn new(query: impl Into<Value>) -> Self {
        Self { query: query.into(), dry_run: None }
    }
}

/// Serializes a query of [`BulkDelete`], and refuses one that filters nothing.
fn filtered<S: Serializer>(query: &Value, serializer: S) -> Result<S::Ok, S::Error> {
    if filters_something(query) {
        return query.serialize(serializer);
    }
    Err(ser::Error::custom(
        "`query` has no filter, so it would match every account; \
         to delete them all, write it: `{\"status\": {\"in\": [\"active\", …]}}`",
    ))
}

/// Keys of a list's query that do not exclude any account.
const NO_FILTERS: [&str; 3] = ["limit", "next_cursor", "sort_by"];

/// Returns true if a JSON query has at least one filter with a value.
///
/// Does not count what a server may ignore: an operator without a value (`{"status": {"in": []}}`), an
/// empty `or`, a page size, and `null`, which is the serialized form of `None`.
fn filters_something(query: &Value) -> bool {
    let Value::Object(filters) = query else { return false };
    filters.iter().any(|(key, value)| match (key.as_str(), value) {
        ("or", Value::Array(branches)) => {
            !branches.is_empty() && branches.iter().all(filters_something)
        }
        ("or", _) => false,
        (key, _) if NO_FILTERS.contains(&key) => false,
        _ => has_value(value),
    })
}

fn has_value(value: &Value) -> bool {
    match value {
        Value::Object(operators) => operators.values().any(has_value),
        Value::Array(alternatives) => alternatives.iter().any(has_value),
        Value::String(text) => !text.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
        Value::Null => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::filters_something;

    #[test]
    fn a_bulk_deletion_needs_a_filter() {
        for query in [
            json!({"status": {"ne": "active"}}),
            json!({"tenant_id": "acme"}),
            json!({"is_sandbox": false}),
            json!({"tenant_id": {"in": ["", "acme"]}}),
            json!({"or": [{"tenant_id": "a"}, {"tenant_id": "b"}]}),
            json!({"or": [], "tenant_id": "acme"}),
        ] {
            assert!(filters_something(&query), "{query}");
        }
        for query in [
            json!({}),
            json!(null),
            json!([]),
            json!("tenant_id=acme"),
            json!({"status": {}}),
            json!({"status": {"in": []}}),
            json!({"status": {"ne": null}}),
            json!({"tenant_id": null}),
            json!({"limit": 10, "sort_by": "created_at"}),
            json!({"or": {"tenant_id": "acme"}}),
            serde_json::to_value(crate::ListIntegratedAccounts::default()).expect("JSON"),
            json!({"tenant_id": ""}),
            json!({"or": []}),
            json!({"or": [{"tenant_id": "a"}, {}]}),
        ] {
            assert!(!filters_something(&query), "{query}");
        }
    }
}

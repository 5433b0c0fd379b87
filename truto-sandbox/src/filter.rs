//! Filters of lists: equality, or a comparison if the parameter has an operator.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::query::Query;
use super::store::Resource;

/// Parameters that are not filters, in addition to those that begin with `truto_`. The last two locate
/// the records; they do not select among them.
const FIXED: [&str; 9] = [
    "integrated_account_id",
    "limit",
    "next_cursor",
    "remote_query",
    "sort_by",
    "and",
    "or",
    "entity_type",
    "entity_id",
];

/// Filters that every unified list accepts by convention.
const USUAL: [&str; 3] = ["id", "created_at", "updated_at"];

/// The filters of a list, checked against the fields that its records have.
pub(super) struct Filters<'a> {
    filters: Vec<FieldFilter<'a>>,
    /// Lets a record without the field pass.
    lenient: bool,
}

struct FieldFilter<'a> {
    keys: Vec<&'a str>,
    operator: &'a str,
    wanted: &'a str,
}

impl<'a> Filters<'a> {
    /// The filters of a query by fields that some record has.
    ///
    /// The error is the name of the first other filter. A filter is ignored instead if every list
    /// accepts it, if the test allows it, or if no record has been stored yet.
    pub(super) fn of(
        query: &'a Query,
        resource: Option<&Resource>,
        allow_unknown: bool,
    ) -> Result<Self, &'a str> {
        let mut filters = Vec::new();
        for (name, wanted) in query.pairs() {
            let filter = FieldFilter::parse(name, wanted);
            let field = filter.keys.first().copied().unwrap_or_default();
            if FIXED.contains(&field) || field.starts_with("truto_") {
                continue;
            }
            // Fields are known from records only.
            let Some(resource) = resource.filter(|resource| !resource.fields.is_empty()) else {
                continue;
            };
            if resource.fields.contains_key(field) {
                filters.push(filter);
            } else if !allow_unknown && !USUAL.contains(&field) && !resource.filters.contains(field)
            {
                return Err(field);
            }
        }
        Ok(Self { filters, lenient: true })
    }

    /// The filters of Truto's own lists: a dot leads into a nested object (`integration.name`), and a
    /// record without the field does not pass.
    ///
    /// # Errors
    ///
    /// If the query has `or` or `and`: ignoring them would match too many records.
    pub(super) fn exact(query: &'a Query) -> Result<Self, String> {
        let mut filters = Vec::new();
        for (name, wanted) in query.pairs() {
            let mut filter = FieldFilter::parse(name, wanted);
            filter.keys = filter.keys.iter().flat_map(|key| key.split('.')).collect();
            match filter.keys.first().copied().unwrap_or_default() {
                "limit" | "next_cursor" | "sort_by" => {}
                name if name.starts_with("truto_") => {}
                "or" | "and" => return Err(format!("the sandbox does not support `{name}`")),
                _ => filters.push(filter),
            }
        }
        Ok(Self { filters, lenient: false })
    }

    /// Returns true if every record passes.
    pub(super) fn is_empty(&self) -> bool {
        self.filters.is_empty()
    }

    /// Returns true if a record passes. In lenient filters, a missing or null field passes, since not
    /// every parameter of a list is a field of its records.
    pub(super) fn pass(&self, record: &Map<String, Value>) -> bool {
        self.filters.iter().all(|filter| {
            let Some((first, rest)) = filter.keys.split_first() else {
                return true;
            };
            let same =
                |other: &&FieldFilter<'_>| other.keys == filter.keys && other.operator == "[]";
            let field = record.get(*first).filter(|field| !field.is_null());
            let Some(field) = field else {
                return self.lenient || filter.operator == "ne";
            };
            match filter.operator {
                // For `field[]=a&field[]=b`, one of the values must match.
                "[]" => (self.filters.iter().filter(same)).any(|other| other.fits(field, rest)),
                "ne" => !filter.fits(field, rest),
                _ => filter.fits(field, rest),
            }
        })
    }
}

impl<'a> FieldFilter<'a> {
    fn parse(name: &'a str, wanted: &'a str) -> Self {
        let mut keys: Vec<&str> = name.split('[').map(|key| key.trim_end_matches(']')).collect();
        let operator = match keys.last() {
            Some(&operator @ ("eq" | "ne" | "in" | "like" | "gt" | "gte" | "lt" | "lte"))
                if keys.len() > 1 =>
            {
                keys.pop();
                operator
            }
            Some(&"") if keys.len() > 1 => {
                keys.pop();
                if keys.len() > 1 && keys.last() == Some(&"in") {
                    keys.pop();
                }
                "[]"
            }
            _ => "eq",
        };
        Self { keys, operator, wanted }
    }

    /// Compares a field, or the value at `keys` within it; an array matches if one of its elements
    /// does.
    fn fits(&self, field: &Value, keys: &[&str]) -> bool {
        match (field, keys.split_first()) {
            (Value::Array(items), _) => items.iter().any(|item| self.fits(item, keys)),
            (Value::Object(fields), Some((key, rest))) => {
                fields.get(*key).is_some_and(|field| self.fits(field, rest))
            }
            (Value::Null | Value::Object(_), _) | (_, Some(_)) => false,
            (Value::String(text), None) => self.compares(text),
            (other, None) => self.compares(&other.to_string()),
        }
    }

    fn compares(&self, text: &str) -> bool {
        let order = || compare(text, self.wanted);
        match self.operator {
            "in" => self.wanted.split(',').any(|wanted| wanted == text),
            "like" => is_like(text, self.wanted),
            "gt" => order() == Ordering::Greater,
            "gte" => order() != Ordering::Less,
            "lt" => order() == Ordering::Less,
            "lte" => order() != Ordering::Greater,
            _ => text == self.wanted,
        }
    }
}

/// Matches a text against a SQL pattern, in which `%` matches any text.
fn is_like(text: &str, pattern: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('%') else {
        return text == pattern;
    };
    let Some(mut text) = text.strip_prefix(start) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('%').collect();
    // Compared with the end of the text, not with the first occurrence, which may be earlier.
    let end = parts.pop().unwrap_or_default();
    for part in parts {
        match text.find(part) {
            Some(at) => text = &text[at + part.len()..],
            None => return false,
        }
    }
    text.ends_with(end)
}

/// Compares numbers by value and anything else as text, which orders ISO 8601 dates correctly.
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
            "status": "active", "size": 10, "group": {"id": "7"}, "tags": ["a", "b"], "none": null,
            "emails": [{"kind": "home"}, {"kind": "work"}], "created_at": "2026-05-01T00:00:00Z",
        });
        let Value::Object(record) = record else { unreachable!("it is written as an object") };
        let resource = Resource {
            fields: (record.keys().map(String::as_str).chain(["absent"]))
                .map(|key| (key.to_owned(), "string"))
                .collect(),
            filters: ["owner".to_owned()].into(),
            ..Resource::default()
        };
        for (query, expected) in [
            ("status=active", true),
            ("status=inactive", false),
            ("status[in]=inactive,active", true),
            ("status[]=inactive&status[]=active", true),
            ("status[0]=inactive&status[1]=gone", false),
            ("group[id]=7", true),
            ("group[id]=8", false),
            ("group=7", false),
            ("tags=b", true),
            ("emails[kind]=work", true),
            ("emails[kind]=old", false),
            ("none=1", true),
            ("absent=1", true),
            ("size[gt]=9", true),
            ("size[gt]=10", false),
            ("created_at[gte]=2026-01-01&created_at[lt]=2027-01-01", true),
            ("created_at[lt]=2026-01-01", false),
            ("entity_id=1&owner=1&updated_at=x&limit=2&remote_query[color]=x", true),
        ] {
            let query = Query::parse(query);
            let filters = Filters::of(&query, Some(&resource), false);
            let passed = filters.map(|filters| filters.pass(&record));
            assert_eq!(passed, Ok(expected), "{query:?}");
        }
        let query = Query::parse("status=active&color=red");
        assert_eq!(Filters::of(&query, Some(&resource), false).err(), Some("color"));
        for (resource, allow_unknown) in [(Some(&resource), true), (None, false)] {
            let lenient = Filters::of(&query, resource, allow_unknown);
            assert_eq!(lenient.map(|filters| filters.pass(&record)), Ok(true));
        }
    }
}

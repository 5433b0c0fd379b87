use std::collections::BTreeMap;

use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A query value with comparison operators, for the fields of a list's query.
///
/// ```
/// use truto_core::{Filter, Page, Request};
///
/// #[derive(serde::Serialize)]
/// struct ListUsers {
///     status: Option<Filter<&'static str>>,
///     created_at: Option<Filter<&'static str>>,
/// }
///
/// let query = ListUsers {
///     status: Some(Filter::eq("active")),
///     created_at: Some(Filter::gte("2026-01-01").and(Filter::lt("2027-01-01"))),
/// };
/// let users = Request::<Page<()>>::unified("GET", "crm", "users", None).query(&query);
/// assert_eq!(
///     users.query_string(),
///     "status=active&created_at%5Bgte%5D=2026-01-01&created_at%5Blt%5D=2027-01-01"
/// );
/// ```
///
/// See [Truto's page on querying](https://truto.one/docs/api-reference/overview/querying).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Filter<T> {
    eq: Option<T>,
    gt: Option<T>,
    gte: Option<T>,
    lt: Option<T>,
    lte: Option<T>,
}

impl<T> Filter<T> {
    fn none() -> Self {
        Self { eq: None, gt: None, gte: None, lt: None, lte: None }
    }

    /// Equal to the value: `field=value`, or `field[eq]=value` together with other bounds.
    pub fn eq(value: T) -> Self {
        Self { eq: Some(value), ..Self::none() }
    }

    /// Greater than the value: `field[gt]=value`.
    pub fn gt(value: T) -> Self {
        Self { gt: Some(value), ..Self::none() }
    }

    /// Greater than or equal to the value: `field[gte]=value`.
    pub fn gte(value: T) -> Self {
        Self { gte: Some(value), ..Self::none() }
    }

    /// Less than the value: `field[lt]=value`.
    pub fn lt(value: T) -> Self {
        Self { lt: Some(value), ..Self::none() }
    }

    /// Less than or equal to the value: `field[lte]=value`.
    pub fn lte(value: T) -> Self {
        Self { lte: Some(value), ..Self::none() }
    }

    /// Combines two filters; if both have the same operator, the bound of `other` applies.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            eq: other.eq.or(self.eq),
            gt: other.gt.or(self.gt),
            gte: other.gte.or(self.gte),
            lt: other.lt.or(self.lt),
            lte: other.lte.or(self.lte),
        }
    }

    fn bounds(&self) -> impl Iterator<Item = (&'static str, &T)> {
        [
            ("eq", &self.eq),
            ("gt", &self.gt),
            ("gte", &self.gte),
            ("lt", &self.lt),
            ("lte", &self.lte),
        ]
        .into_iter()
        .filter_map(|(operator, value)| Some((operator, value.as_ref()?)))
    }
}

impl<T> From<T> for Filter<T> {
    fn from(value: T) -> Self {
        Self::eq(value)
    }
}

impl<T: Serialize> Serialize for Filter<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let (Some(value), 1) = (&self.eq, self.bounds().count()) {
            return value.serialize(serializer);
        }
        let mut map = serializer.serialize_map(None)?;
        for (operator, value) in self.bounds() {
            map.serialize_entry(operator, value)?;
        }
        map.end()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Filter<T> {
    /// Reads the serialized form: a plain value is [`eq`](Self::eq), an object contains operators.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // A map, because serde also accepts an array for a struct.
        #[derive(PartialEq, Eq, PartialOrd, Ord, Deserialize)]
        #[serde(rename_all = "lowercase")]
        enum Operator {
            Eq,
            Gt,
            Gte,
            Lt,
            Lte,
        }

        #[derive(Deserialize)]
        #[serde(
            untagged,
            bound = "T: Deserialize<'de>",
            expecting = "a value, or an object of `eq`, `gt`, `gte`, `lt` and `lte`"
        )]
        enum Form<T> {
            Operators(BTreeMap<Operator, T>),
            Value(T),
        }

        Ok(match Form::deserialize(deserializer)? {
            Form::Operators(mut bounds) => Self {
                eq: bounds.remove(&Operator::Eq),
                gt: bounds.remove(&Operator::Gt),
                gte: bounds.remove(&Operator::Gte),
                lt: bounds.remove(&Operator::Lt),
                lte: bounds.remove(&Operator::Lte),
            },
            Form::Value(value) => Self::eq(value),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode::query::{Namespace, append};

    #[test]
    fn operators_are_written_in_brackets() {
        for (at, expected) in [
            (Filter::eq(1), "&at=1"),
            (1.into(), "&at=1"),
            (Filter::gt(1), "&at%5Bgt%5D=1"),
            (Filter::gte(1).and(Filter::lte(2)), "&at%5Bgte%5D=1&at%5Blte%5D=2"),
            (Filter::lt(1).and(Filter::lt(2)), "&at%5Blt%5D=2"),
            (Filter::lt(3).and(Filter::eq(1)), "&at%5Beq%5D=1&at%5Blt%5D=3"),
        ] {
            let mut query = String::new();
            append(&mut query, Namespace::Endpoint, &BTreeMap::from([("at", at)]))
                .expect("a query");
            assert_eq!(query, expected);
        }
    }

    #[test]
    fn filters_round_trip_through_json() {
        for filter in [
            Filter::eq(1),
            Filter::gt(1).and(Filter::lte(2)),
            Filter::eq(1).and(Filter::lt(3)).and(Filter::gte(0)),
        ] {
            let text = serde_json::to_string(&filter).expect("JSON");
            assert_eq!(serde_json::from_str::<Filter<u8>>(&text).expect(&text), filter);
        }
        for text in [r#"{"gt":"x"}"#, r#"{"above":1}"#, "null", "[]"] {
            let error = serde_json::from_str::<Filter<u8>>(text).expect_err(text).to_string();
            assert!(error.contains("a value, or an object of `eq`"), "{error}");
        }
    }
}

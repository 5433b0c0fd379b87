//! The keywords of one schema, without nested schemas.

use crate::json::{Json, Node};
use crate::model::Shape;

/// Returns whether a schema is a bare map of properties, without `type` and `properties`.
pub(super) fn is_bare(schema: &Json) -> bool {
    let Some(all) = schema.object() else { return false };
    // A property may be called `type`, `properties` or `$ref`; it is a schema then.
    let keyword = |key: &str| match schema.get(key) {
        None => false,
        Some(value) if key == "properties" => !is_schema(value),
        Some(value) => value.object().is_none(),
    };
    !all.is_empty()
        && !["properties", "type", "$ref", "items", "enum"].into_iter().any(keyword)
        && schema.get("allOf").is_none()
        && schema.get("oneOf").is_none()
        && schema.get("anyOf").is_none()
        && all.iter().any(|(_, field)| field.object().is_some())
}

/// Returns whether the value under `properties` is the schema of a property of that name.
fn is_schema(value: &Json) -> bool {
    value.text_of("type").is_some() || value.text_of("$ref").is_some()
}

/// Returns whether `null` is an allowed value.
pub(super) fn is_nullable(schema: &Json) -> bool {
    let is_null = |json: &Json| json.text() == Some("null") || json.text_of("type") == Some("null");
    let has_null = |key: &str| {
        schema.get(key).and_then(Json::array).is_some_and(|all| all.iter().any(is_null))
    };
    let null_word = schema
        .get("enum")
        .and_then(Json::array)
        .is_some_and(|all| all.iter().any(|word| word.node == Node::Null));
    flag(schema, "nullable")
        || has_null("type")
        || has_null("oneOf")
        || has_null("anyOf")
        || null_word
}

fn flag(schema: &Json, key: &str) -> bool {
    matches!(schema.get(key).map(|json| &json.node), Some(Node::Bool(true)))
}

/// The only schema of a `oneOf` or `anyOf`, apart from `null`.
pub(super) fn only_alternative<'a>(key: &str, value: &'a Json) -> Option<&'a Json> {
    if key != "oneOf" && key != "anyOf" {
        return None;
    }
    let all = value.array()?;
    let mut others = all.iter().filter(|one| one.text_of("type") != Some("null"));
    let first = others.next()?;
    (others.next().is_none() && first.object().is_some()).then_some(first)
}

/// An integer that may exceed `i64`, by its format or its bounds.
pub(super) fn integer(schema: &Json) -> Shape {
    let beyond = |key: &str| match schema.get(key).map(|json| &json.node) {
        Some(Node::Number(text)) => text.parse::<u64>().is_ok_and(|n| i64::try_from(n).is_err()),
        _ => false,
    };
    let format = schema.text_of("format");
    if format == Some("uint64")
        || ["maximum", "minimum", "default", "example"].iter().any(|key| beyond(key))
    {
        Shape::Unsigned
    } else {
        Shape::Integer
    }
}

pub(super) fn coded(shape: Shape, listed: &[Json]) -> Shape {
    let beyond = listed.iter().any(|word| match &word.node {
        Node::Number(text) => text.parse::<u64>().is_ok_and(|n| i64::try_from(n).is_err()),
        _ => false,
    });
    match (listed.is_empty(), shape) {
        (true, shape) => shape,
        (false, Shape::Integer) if beyond => Shape::Coded(Box::new(Shape::Unsigned)),
        (false, shape) => Shape::Coded(Box::new(shape)),
    }
}

/// The type of the values of an enum without `type`; `None` for texts.
pub(super) fn of_values(listed: &[Json]) -> Option<Shape> {
    let kinds = listed.iter().filter_map(|word| match &word.node {
        // `coded` widens the type if one of them exceeds `i64`.
        Node::Number(text) if text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok() => {
            Some(Shape::Integer)
        }
        Node::Number(_) => Some(Shape::Number),
        Node::Bool(_) => Some(Shape::Boolean),
        _ => None,
    });
    let kinds: Vec<Shape> = kinds.collect();
    if kinds.len() != listed.iter().filter(|word| word.node != Node::Null).count() {
        return None;
    }
    let first = kinds.first()?;
    if kinds.iter().all(|kind| kind == first) {
        return Some(first.clone());
    }
    // Integers mixed with fractions are numbers.
    let is_number = |kind: &Shape| matches!(kind, Shape::Integer | Shape::Number);
    kinds.iter().all(is_number).then_some(Shape::Number)
}

pub(super) fn description(property: &Json) -> Option<String> {
    let mut texts = ["description", "title"].into_iter().filter_map(|key| property.text_of(key));
    texts.find(|text| !text.trim().is_empty()).map(str::to_owned)
}

/// The type of a schema; in a list of types, `null` is ignored.
pub(super) fn type_of(schema: &Json) -> Option<&str> {
    let stated = schema.get("type")?;
    if let Some(all) = stated.array() {
        let mut named = all.iter().filter_map(Json::text).filter(|name| *name != "null");
        let first = named.next();
        return match named.next() {
            None => first,
            Some(_) => Some("any"),
        };
    }
    // A `type` that is not a name could be anything.
    stated.text().or(Some("any"))
}

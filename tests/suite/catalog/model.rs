//! The catalog: its methods, the paths of its fields, and records made from them.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

pub(crate) const ID: &str = "r1";

pub(crate) fn catalog() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/catalog/e-signature.json");
    let text = std::fs::read_to_string(path).expect("the catalog");
    serde_json::from_str(&text).expect("JSON")
}

pub(crate) fn resources(catalog: &Value) -> &[Value] {
    catalog["resources"].as_array().expect("resources")
}

pub(crate) fn resource<'a>(catalog: &'a Value, segment: &str) -> &'a Value {
    let found = |resource: &&Value| resource["segment"] == segment;
    resources(catalog).iter().find(found).expect("a resource")
}

pub(crate) fn method<'a>(catalog: &'a Value, segment: &str, name: &str) -> &'a Value {
    let methods = resource(catalog, segment)["methods"].as_array().expect("methods");
    methods.iter().find(|method| method["name"] == name).expect("a method")
}

/// The paths of fields; those without a known name are left out.
pub(crate) fn paths(fields: &Value) -> BTreeSet<String> {
    fn add(fields: &Value, path: &str, paths: &mut BTreeSet<String>) {
        for field in fields.as_array().into_iter().flatten() {
            if let Some(name) = field["name"].as_str() {
                let path = format!("{path}{name}");
                add(&field["fields"], &format!("{path}."), paths);
                add(&field["items"]["fields"], &format!("{path}[]."), paths);
                paths.insert(path);
            }
        }
    }
    let mut paths = BTreeSet::new();
    add(fields, "", &mut paths);
    paths
}

/// A record with all fields; `pick` is the index of the value that each enum has.
pub(crate) fn full(fields: &Value, pick: usize) -> Value {
    let fields = fields.as_array().into_iter().flatten();
    let record: Map<String, Value> = fields
        .filter_map(|field| Some((field["name"].as_str()?.to_owned(), sample(field, pick))))
        .map(
            |(name, value)| {
                if name == "id" && value == "text" { (name, json!(ID)) } else { (name, value) }
            },
        )
        .collect();
    Value::Object(record)
}

fn sample(field: &Value, pick: usize) -> Value {
    if let Some(words) = field["enum"].as_array() {
        return words[pick % words.len()].clone();
    }
    match field["type"].as_str() {
        Some("string") if field["format"] == "date-time" => json!("2026-01-02T03:04:05Z"),
        Some("string") => json!("text"),
        Some("boolean") => json!(true),
        Some("integer") => json!(3),
        Some("number") => json!(3.5),
        Some("array") => json!([sample(&field["items"], pick)]),
        Some("object") if field["fields"].is_array() => full(&field["fields"], pick),
        Some("object") => json!({"any": [1, 2.5, {"deep": "er"}]}),
        _ => json!("any"),
    }
}

/// The same record with null for each field except the id.
pub(crate) fn nulls(record: &Value) -> Value {
    let fields = record.as_object().expect("an object").keys();
    let mut nulls: Map<String, Value> = fields.map(|name| (name.clone(), Value::Null)).collect();
    nulls.insert("id".to_owned(), json!(ID));
    Value::Object(nulls)
}

/// The same record with an unknown field in each object, except in the parts that are kept as raw JSON.
pub(crate) fn with_unknown_fields(record: &Value) -> Value {
    match record {
        Value::Array(items) => items.iter().map(with_unknown_fields).collect(),
        Value::Object(fields) => {
            let mut all: Map<String, Value> = fields
                .iter()
                .map(|(name, value)| match name.as_str() {
                    "remote_data" | "custom_fields" => (name.clone(), value.clone()),
                    _ => (name.clone(), with_unknown_fields(value)),
                })
                .collect();
            all.insert("x_unknown".to_owned(), json!({"a": [null]}));
            Value::Object(all)
        }
        leaf => leaf.clone(),
    }
}

/// The same record with the provider's own value for each enum and its own format of dates.
pub(crate) fn with_unknown_words(fields: &Value) -> Value {
    fn replace(fields: &Value) -> Value {
        let mut fields = fields.clone();
        for field in fields.as_array_mut().into_iter().flatten() {
            for inner in ["fields", "items"] {
                if field[inner].is_array() {
                    field[inner] = replace(&field[inner]);
                }
            }
            if field["items"]["fields"].is_array() {
                field["items"]["fields"] = replace(&field["items"]["fields"]);
            }
            if field["enum"].is_array() {
                field["enum"] = json!(["A Word of Their Own"]);
            }
            if field["format"] == "date-time" {
                field["format"] = Value::Null;
            }
        }
        fields
    }
    full(&replace(fields), 0)
}

/// The same record with an object for each enum, a number for each date, and a number as id, read as text.
pub(crate) fn with_other_kinds(fields: &Value) -> Value {
    fn replace(fields: &Value, record: &mut Value) {
        for field in fields.as_array().into_iter().flatten() {
            let Some(name) = field["name"].as_str() else {
                continue;
            };
            if field["enum"].is_array() {
                record[name] = json!({"code": 7});
            } else if field["format"] == "date-time" {
                record[name] = json!(1_767_322_245);
            } else if field["fields"].is_array() {
                replace(&field["fields"], &mut record[name]);
            } else if field["items"]["fields"].is_array() {
                replace(&field["items"]["fields"], &mut record[name][0]);
            }
        }
    }
    let mut record = full(fields, 0);
    replace(fields, &mut record);
    record
}

/// The same record with a list in place of each text, and a text in place of everything else.
pub(crate) fn with_another_type_everywhere(record: &Value) -> Value {
    let fields = record.as_object().expect("an object").iter();
    let other = |(name, value): (&String, &Value)| match (name.as_str(), value) {
        ("id", id) => (name.clone(), id.clone()),
        (_, Value::String(_)) => (name.clone(), json!([["text"]])),
        _ => (name.clone(), json!("text")),
    };
    Value::Object(fields.map(other).collect())
}

/// A value without its nulls: a missing field and a null one mean the same.
pub(crate) fn known(value: &Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .filter(|(name, value)| !value.is_null() && *name != "x_unknown")
                .map(|(name, value)| (name.clone(), known(value)))
                .collect(),
        ),
        Value::Array(items) => items.iter().map(known).collect(),
        leaf => leaf.clone(),
    }
}

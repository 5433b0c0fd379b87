//! The response of `GET /unified/{model}/{resource}[/{integration}]/meta/{method}`.

use std::sync::Arc;

use super::schema::Schemas;
use crate::diagnostic::{SourceError, Warnings};
use crate::json::Json;
use crate::model::{Field, Form, Place, Rank, Resource, Route, Shape};
use crate::route::{self, Method};

/// Model, resource and method of a meta response, which does not contain them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct About {
    pub(crate) model: String,
    pub(crate) resource: String,
    pub(crate) method: String,
}

impl About {
    /// From `MODEL/RESOURCE/METHOD`.
    pub(crate) fn stated(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('/').collect();
        let &[model, resource, method] = parts.as_slice() else {
            return None;
        };
        let usable = parts.iter().all(|part| route::is_segment(part));
        usable.then(|| Self {
            model: model.to_owned(),
            resource: resource.to_owned(),
            method: method.to_owned(),
        })
    }

    /// From a path that mirrors the URL, `…/unified/<model>/<resource>[/<integration>]/meta/<method>.json`.
    fn of_path(file: &str) -> Option<Self> {
        let (stem, extension) = file.rsplit_once('.')?;
        if !extension.eq_ignore_ascii_case("json") {
            return None;
        }
        let parts: Vec<&str> = stem.split(['/', '\\']).collect();
        // Searched from the end, since a resource may be called `unified`, too.
        for (at, part) in parts.iter().enumerate().rev() {
            let about = match (*part, &parts[at + 1..]) {
                (
                    "unified",
                    [model, resource, "meta", method] | [model, resource, _, "meta", method],
                ) => format!("{model}/{resource}/{method}"),
                ("proxy", [resource, "meta", method] | [resource, _, "meta", method]) => {
                    format!("proxy/{resource}/{method}")
                }
                _ => continue,
            };
            return Self::stated(&about);
        }
        None
    }
}

/// Returns whether the JSON has this form.
pub(crate) fn is_meta(json: &Json) -> bool {
    let keys = [
        "query_schema",
        "request_body_schema",
        "response_schema",
        "default_query",
        "default_body",
        "response_mapping",
    ];
    let has = |key: &str| json.object().is_some_and(|all| all.iter().any(|(name, _)| name == key));
    keys.iter().any(|key| has(key)) || has("method") && has("schema")
}

pub(crate) fn read(
    json: &Json,
    file: &Arc<str>,
    stated: Option<&About>,
    warnings: &mut Warnings,
) -> Result<Resource, SourceError> {
    let place = Place::new(file, json.line);
    let Some(about) = stated.cloned().or_else(|| About::of_path(file)) else {
        let message = "a meta response does not contain its model and resource";
        return Err(SourceError::at(&place, message).expected(
            "a path like `unified/<model>/<resource>/meta/<method>.json`, or `MODEL/RESOURCE/METHOD=FILE`",
        ));
    };
    let method = Method::named(&about.method);
    let stated = json.text_of("method");
    if let Some(stated) = stated.filter(|stated| *stated != about.method && !is_verb(stated)) {
        let message = format!(
            "the response describes `{stated}`, but its path is that of `{}/{}.{}`; the path is used",
            about.model, about.resource, about.method
        );
        warnings.add(message, &[&place]);
    }
    let record_path = format!("{}/{}", about.model, about.resource);
    let path = format!("{record_path}.{}", about.method);
    let mut schemas = Schemas { file, about: record_path, warnings };
    let file_response = ["response_schema", "schema"].iter().any(|key| {
        let schema = json.get(key);
        schema.is_some_and(|schema| schema.text_of("format") == Some("binary"))
    });
    let schema = json.get("schema").or_else(|| json.get("response_schema"));
    let record = match schema.filter(|_| !file_response) {
        Some(schema) => schemas.fields(schema)?.map(|fields| record(fields, &method)),
        None => None,
    };
    schemas.about = format!("{path}.query");
    let query = match json.get("query_schema") {
        Some(schema) => schemas.fields(schema)?.unwrap_or_default(),
        None => Vec::new(),
    };
    schemas.about = format!("{path}.body");
    let body = match method {
        // These methods have no body, whatever the schema states.
        Method::List | Method::Get | Method::Delete => crate::model::Body::Nothing,
        _ => schemas.body(json.get("request_body_schema"))?,
    };
    let (verb, path) = method.route(&about.model, &about.resource);
    Ok(Resource {
        model: about.model,
        segment: about.resource,
        rank: Rank::new(Form::Meta, file),
        description: None,
        record,
        routes: vec![Route {
            verb: verb.to_owned(),
            path,
            query,
            body,
            file: file_response,
            place,
        }],
    })
}

/// The fields of the records, if a list is described with its envelope.
fn record(fields: Vec<Field>, method: &Method) -> Vec<Field> {
    let has = |name: &str| fields.iter().any(|field| field.name == name);
    if *method != Method::List || !has("next_cursor") {
        return fields;
    }
    let result = fields.iter().find(|field| field.name == "result").map(|field| &field.shape);
    match result {
        Some(Shape::Array(item)) => match &**item {
            Shape::Object(object) => object.fields.clone(),
            _ => fields,
        },
        _ => fields,
    }
}

/// Some responses have the HTTP verb in `method`.
fn is_verb(word: &str) -> bool {
    ["get", "post", "patch", "put", "delete"].contains(&word.to_ascii_lowercase().as_str())
}

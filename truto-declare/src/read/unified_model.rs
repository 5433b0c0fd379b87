//! The response of `GET /unified-model?name=<model>`: the schemas of a whole model.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::schema::Schemas;
use crate::diagnostic::{SourceError, Warnings};
use crate::json::{Json, Node};
use crate::model::{Form, Place, Rank, Resource, Route};
use crate::route::{self, Method};

/// Returns whether the JSON has this form.
pub(crate) fn is_unified_model(json: &Json) -> bool {
    models(json).is_some_and(|models| {
        models.is_empty() && json.get("result").is_some()
            || models
                .iter()
                .any(|model| ["resources", "name"].iter().any(|key| model.get(key).is_some()))
    })
}

fn models(json: &Json) -> Option<&[Json]> {
    match json.get("result") {
        // A saved response may contain one model instead of a list.
        Some(result) => Some(result.array().unwrap_or(std::slice::from_ref(result))),
        None if json.get("resources").and_then(Json::object).is_some() => {
            Some(std::slice::from_ref(json))
        }
        None => json.array(),
    }
}

pub(crate) fn read(
    json: &Json,
    file: &Arc<str>,
    warnings: &mut Warnings,
) -> Result<Vec<Resource>, SourceError> {
    let place = |json: &Json| Place::new(file, json.line);
    let models = models(json).unwrap_or_default();
    if models.is_empty() {
        return Err(SourceError::at(&place(json), "`result` contains no model")
            .expected("`result[].resources.<segment>.schema`; check the model's name"));
    }
    if json.get("next_cursor").is_some() {
        warnings.add("the response has a next page, which is not in this file", &[&place(json)]);
    }
    let mut all = Vec::new();
    for model in models {
        let Some(name) = model.text_of("name").filter(|name| route::is_segment(name)) else {
            return Err(SourceError::at(&place(model), "a model without a usable `name`")
                .expected("`name`, the segment after `/unified/`, such as \"e-signature\""));
        };
        let resources = model.get("resources").filter(|json| json.object().is_some());
        let Some(resources) = resources else {
            return Err(SourceError::at(
                &place(model),
                format!("`{name}` is a model without `resources`"),
            )
            .expected("`resources`, an object from each segment to its `schema`"));
        };
        let updated_at = model.text_of("updated_at").unwrap_or_default();
        for (segment, resource) in resources.object().unwrap_or_default() {
            let here = place(resource);
            if !route::is_segment(segment) {
                let message =
                    format!("`{segment}` of `{name}` cannot be a path segment; it is left out");
                warnings.add(message, &[&here]);
                continue;
            }
            if resource.object().is_none() {
                let message = format!("the resource `{name}/{segment}` is {}", resource.kind());
                return Err(SourceError::at(&here, message).expected("an object with `schema`"));
            }
            let about = format!("{name}/{segment}");
            let mut schemas = Schemas { file, about, warnings };
            let schema = resource.get("schema");
            let record = schema.map(|schema| schemas.fields(schema)).transpose()?;
            let methods = methods(resource, name, segment, &here, warnings);
            all.push(Resource {
                model: name.to_owned(),
                segment: segment.clone(),
                rank: Rank {
                    form: Form::UnifiedModel,
                    updated_at: updated_at.to_owned(),
                    file: file.clone(),
                },
                description: resource.text_of("description").map(str::to_owned),
                record: record.flatten(),
                routes: methods,
            });
        }
    }
    Ok(all)
}

/// The routes that the mappings of any integration name.
fn methods(
    resource: &Json,
    model: &str,
    segment: &str,
    place: &Place,
    warnings: &mut Warnings,
) -> Vec<Route> {
    let mappings = resource.get("integration_mapping").and_then(Json::object);
    let mapped = mappings.unwrap_or_default().iter().filter_map(|(_, mapping)| mapping.object());
    let mapped = mapped.flatten().map(|(name, _)| name.as_str());
    let listed = match resource.get("methods").map(|methods| &methods.node) {
        Some(Node::Array(all)) => all
            .iter()
            .filter_map(|one| one.text().or_else(|| one.text_of("name").or(one.text_of("method"))))
            .collect(),
        Some(Node::Object(all)) => all.iter().map(|(name, _)| name.as_str()).collect(),
        _ => Vec::new(),
    };
    let mut names: BTreeSet<Method> = BTreeSet::new();
    for name in mapped.chain(listed) {
        if route::is_segment(name) {
            names.insert(Method::named(name));
        } else {
            let message = format!(
                "the method `{name}` of `{model}/{segment}` cannot be a path segment; it is left out"
            );
            warnings.add(message, &[place]);
        }
    }
    if names.is_empty() {
        let message = format!("`{model}/{segment}` lists no methods; `list` and `get` are assumed");
        warnings.add(message, &[place]);
        names.extend([Method::named("list"), Method::named("get")]);
    }
    let route = |method| Route::of_method(&method, model, segment, place.clone());
    names.into_iter().map(route).collect()
}

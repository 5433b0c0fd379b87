//! This project's own form of a model, `examples/catalog/e-signature.json`.

use std::sync::Arc;

use crate::diagnostic::{SourceError, Warnings};
use crate::json::{Json, Node};
use crate::model::{Body, Field, Form, Format, Object, Place, Rank, Resource, Route, Shape, Text};
use crate::route;

/// Returns whether the JSON has this form.
pub(crate) fn is_catalog(json: &Json) -> bool {
    json.text_of("format").is_some_and(|format| format.starts_with("truto-unified-model/"))
}

/// The array of a key, empty if missing; any other value is an error.
fn list<'a>(
    json: &'a Json,
    key: &str,
    file: &Arc<str>,
    path: &str,
) -> Result<&'a [Json], SourceError> {
    match json.get(key) {
        None => Ok(&[]),
        Some(value) => value.array().ok_or_else(|| {
            let message = format!("`{key}` of `{path}` is {}", value.kind());
            SourceError::at(&Place::new(file, value.line), message).expected("an array")
        }),
    }
}

pub(crate) fn read(
    json: &Json,
    file: &Arc<str>,
    warnings: &mut Warnings,
) -> Result<Vec<Resource>, SourceError> {
    let place = |json: &Json| Place::new(file, json.line);
    let Some(model) = json.text_of("model").filter(|name| route::is_segment(name)) else {
        return Err(SourceError::at(&place(json), "a catalog without a usable `model`")
            .expected("`model`, the segment after `/unified/`"));
    };
    let mut resources = Vec::new();
    for resource in list(json, "resources", file, model)? {
        let segment = resource.text_of("segment").filter(|name| route::is_segment(name));
        let Some(segment) = segment else {
            let message = format!("a resource of `{model}` without a usable `segment`");
            return Err(SourceError::at(&place(resource), message)
                .expected("`segment`, the part of the path after the model"));
        };
        let path = format!("{model}/{segment}");
        let mut routes = Vec::new();
        for method in list(resource, "methods", file, &path)? {
            routes.extend(read_route(method, file, &path, warnings)?);
        }
        warn_of_foreign(model, segment, &routes, warnings);
        let record = match resource.get("schema") {
            Some(_) => {
                let listed = list(resource, "schema", file, &path)?;
                Some(Fields { file, path, warnings }.read(listed)?)
            }
            None => None,
        };
        resources.push(Resource {
            model: model.to_owned(),
            segment: segment.to_owned(),
            rank: Rank::new(Form::Catalog, file),
            description: resource.text_of("description").map(str::to_owned),
            record,
            routes,
        });
    }
    Ok(resources)
}

/// Warns of routes that are listed under the wrong resource: they compile, but their functions return
/// records of another one.
fn warn_of_foreign(model: &str, segment: &str, routes: &[Route], warnings: &mut Warnings) {
    let own = crate::plan::route(model, segment);
    for route in routes.iter().filter(|route| !route::is_of(&route.path, model, segment)) {
        let message = format!(
            "`{} {}` is listed under `{own}`, but is not one of its routes; it is declared there",
            route.verb, route.path
        );
        warnings.add(message, &[&route.place]);
    }
}

fn read_route(
    method: &Json,
    file: &Arc<str>,
    resource: &str,
    warnings: &mut Warnings,
) -> Result<Option<Route>, SourceError> {
    let place = Place::new(file, method.line);
    let (Some(verb), Some(path)) = (method.text_of("http"), method.text_of("path")) else {
        let message = format!("a method of `{resource}` without `http` and `path`");
        return Err(SourceError::at(&place, message)
            .expected("such as {\"http\": \"GET\", \"path\": \"/unified/…\"}"));
    };
    let path = match route::path(path) {
        Ok(path) => path,
        Err(why) => {
            let message = format!("{why}; this route of `{resource}` is left out");
            warnings.add(message, &[&place]);
            return Ok(None);
        }
    };
    let name = format!("{resource}.{}", route::endpoint(verb, &path));
    let mut part = |part: &str| {
        let listed = list(method, part, file, &name)?;
        Fields { file, path: format!("{name}.{part}"), warnings: &mut *warnings }.read(listed)
    };
    let (query, body) = (part("query")?, part("body")?);
    Ok(Some(Route {
        verb: verb.to_owned(),
        path,
        query,
        // A catalog lists every field, so no fields mean no body.
        body: if body.is_empty() { Body::Nothing } else { Body::Fields(body) },
        file: method.text_of("response").is_some_and(|response| response.starts_with("binary")),
        place,
    }))
}

/// Reads the fields of a record, a query or a body.
struct Fields<'a> {
    file: &'a Arc<str>,
    /// The wire path of the current value.
    path: String,
    warnings: &'a mut Warnings,
}

impl Fields<'_> {
    fn read(&mut self, listed: &[Json]) -> Result<Vec<Field>, SourceError> {
        let mut fields: Vec<Field> = Vec::with_capacity(listed.len());
        let mut seen = std::collections::HashSet::new();
        for field in listed {
            let place = Place::new(self.file, field.line);
            let Some(name) = field.text_of("name") else {
                let message = format!("a field of `{}` without a name is left out", self.path);
                self.warnings.add(message, &[&place]);
                continue;
            };
            let length = self.path.len();
            self.path.push('.');
            self.path.push_str(name);
            if seen.insert(name) {
                fields.push(Field {
                    name: name.to_owned(),
                    shape: self.shape(field)?,
                    required: matches!(
                        field.get("required").map(|json| &json.node),
                        Some(Node::Bool(true))
                    ),
                    // A catalog does not state which fields may be null.
                    nullable: false,
                    description: description(field).map(Into::into),
                    place,
                });
            } else {
                let message = format!("`{}` is listed twice; the first entry is used", self.path);
                self.warnings.add(message, &[&place]);
            }
            self.path.truncate(length);
        }
        Ok(fields)
    }

    fn shape(&mut self, field: &Json) -> Result<Shape, SourceError> {
        Ok(match field.text_of("type") {
            Some("string") => Shape::Text(Text {
                format: field.text_of("format").map(|format| match format {
                    "date-time" => Format::DateTime,
                    "date" => Format::Date,
                    _ => Format::Other,
                }),
                words: self.words(field)?.into(),
                cut: 0,
                reference: None,
            }),
            Some(kind @ ("integer" | "number" | "boolean")) => {
                let shape = match kind {
                    "integer" => Shape::Integer,
                    "number" => Shape::Number,
                    _ => Shape::Boolean,
                };
                let listed = list(field, "enum", self.file, &self.path)?;
                if listed.is_empty() { shape } else { Shape::Coded(Box::new(shape)) }
            }
            Some("array") => Shape::Array(Box::new(match field.get("items") {
                Some(item) => self.shape(item)?,
                None => Shape::Open,
            })),
            Some("object") => {
                let fields = self.read(list(field, "fields", self.file, &self.path)?)?;
                if fields.is_empty() {
                    Shape::Open
                } else {
                    Shape::Object(Object { fields, reference: None })
                }
            }
            None | Some("any" | "unknown") => Shape::Open,
            Some(other) => {
                let message = format!("`{}` is kept as JSON: it has the type `{other}`", self.path);
                self.warnings.add(message, &[&Place::new(self.file, field.line)]);
                Shape::Open
            }
        })
    }

    /// The words of an enum, each once.
    fn words(&mut self, field: &Json) -> Result<Vec<String>, SourceError> {
        let listed = list(field, "enum", self.file, &self.path)?;
        Ok(super::enum_words(listed, &self.path, self.file, self.warnings))
    }
}

/// The description or note of a field, and the integrations that require it.
fn description(field: &Json) -> Option<String> {
    let text = ["description", "note"].iter().find_map(|key| field.text_of(key));
    let demanded: Vec<&str> = field
        .get("required_by")
        .and_then(Json::array)
        .unwrap_or_default()
        .iter()
        .filter_map(Json::text)
        .collect();
    let demanded = (!demanded.is_empty()).then(|| format!("Required by {}.", demanded.join(", ")));
    let text = text.map(sentence);
    match (text, demanded) {
        (Some(text), Some(demanded)) => Some(format!("{text} {demanded}")),
        (text, demanded) => text.or(demanded),
    }
}

/// A note as a sentence: capitalized, with a full stop.
fn sentence(note: &str) -> String {
    let note = note.trim().trim_end_matches('.');
    let mut chars = note.chars();
    match chars.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), chars.as_str()),
        None => String::new(),
    }
}

//! The schema language of Truto's JSON: JSON-Schema-like, with `required` as a boolean on the property.

mod combine;
mod keywords;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::diagnostic::{SourceError, Warnings};
use crate::json::{Json, Node};
use crate::model::{Body, Field, Format, Object, Place, Shape, Text};
use combine::{MAX_STEPS, allows_null};
use keywords::{coded, description, integer, is_bare, of_values, only_alternative, type_of};

/// Limit for the schemas that `$ref`s unfold to in one run.
const MAX_NODES: usize = 200_000;

/// Reads the schemas of one file.
pub(crate) struct Schemas<'a> {
    pub(crate) file: &'a Arc<str>,
    /// The subject of the schemas in messages, such as `crm/users`: a line of a source may have two
    /// resources.
    pub(crate) about: String,
    pub(crate) warnings: &'a mut Warnings,
}

/// Objects and references nested deeper than this are refused.
const MAX_DEPTH: usize = 128;

/// A schema that is being read: its root for `$ref`, and the objects around the current place.
struct Reading<'a> {
    root: &'a Json,
    /// Each with the `allOf` schemas that it is a part of.
    around: Vec<Vec<*const Json>>,
    /// The `allOf` schemas of which the next object is a part.
    whole: Vec<*const Json>,
    /// The targets of the references that led here.
    unfolding: Vec<*const Json>,
    /// The words and descriptions below references: each may be long, and thousands may refer to it.
    words: HashMap<*const Json, Arc<[String]>>,
    descriptions: HashMap<*const Json, Arc<str>>,
    /// The subject of the schema, then the names that lead to the current place, each after a dot.
    path: String,
}

impl Reading<'_> {
    /// Enters an object, which may be a part of others.
    fn enter(&mut self, schema: &Json, mut whole: Vec<*const Json>) {
        whole.push(std::ptr::from_ref(schema));
        self.around.push(whole);
    }

    fn description(&mut self, property: &Json) -> Option<Arc<str>> {
        let key = std::ptr::from_ref(property);
        if let Some(known) = self.descriptions.get(&key) {
            return Some(Arc::clone(known));
        }
        let text: Arc<str> = description(property)?.into();
        if !self.unfolding.is_empty() {
            self.descriptions.insert(key, Arc::clone(&text));
        }
        Some(text)
    }

    fn place_of(&self, name: &str) -> String {
        format!("{}.{name}", self.path)
    }
}

impl Schemas<'_> {
    fn place(&self, json: &Json) -> Place {
        Place::new(self.file, json.line)
    }

    /// The fields of a record, a query or a body; `None` if the schema names no fields.
    pub(crate) fn fields(&mut self, schema: &Json) -> Result<Option<Vec<Field>>, SourceError> {
        self.warnings.schemas += 1;
        let mut reading = Reading {
            root: schema,
            around: Vec::new(),
            whole: Vec::new(),
            unfolding: Vec::new(),
            words: HashMap::new(),
            descriptions: HashMap::new(),
            path: self.about.clone(),
        };
        if is_bare(schema) {
            reading.enter(schema, Vec::new());
            return self.properties(schema, schema, &mut reading).map(Some);
        }
        if schema.object().is_none() {
            let message = format!("a schema of `{}` is {}", self.about, schema.kind());
            return Err(SourceError::at(&self.place(schema), message)
                .expected("an object such as {\"type\": \"object\", \"properties\": {…}}"));
        }
        match self.shape(schema, &mut reading)? {
            Shape::Object(object) => Ok(Some(object.fields)),
            // The schema of a list is read as that of its records.
            Shape::Array(item) => match *item {
                Shape::Object(object) => Ok(Some(object.fields)),
                _ => Ok(None),
            },
            _ => Ok(None),
        }
    }

    /// The body that a schema describes.
    pub(crate) fn body(&mut self, schema: Option<&Json>) -> Result<Body, SourceError> {
        let Some(schema) = schema else {
            return Ok(Body::Unknown);
        };
        Ok(match self.fields(schema)? {
            Some(fields) => Body::Fields(fields),
            None if schema.object().is_some_and(<[_]>::is_empty) => Body::Unknown,
            None => Body::Open,
        })
    }

    fn properties(
        &mut self,
        schema: &Json,
        properties: &Json,
        reading: &mut Reading<'_>,
    ) -> Result<Vec<Field>, SourceError> {
        let Some(all) = properties.object() else {
            let message = format!(
                "`properties` of `{}` is {}; it is left out",
                reading.path,
                properties.kind()
            );
            self.warnings.add(message, &[&self.place(properties)]);
            return Ok(Vec::new());
        };
        let listed = listed_as_required(schema);
        let mut fields: Vec<Field> = Vec::with_capacity(all.len());
        let mut at = HashMap::new();
        for (name, property) in all {
            let place = self.place(property);
            let shape = match property.node {
                Node::Object(_) => {
                    let length = reading.path.len();
                    reading.path.push('.');
                    reading.path.push_str(name);
                    let shape = self.shape(property, reading);
                    // Before the `?`, so that the path is restored after an error as well.
                    reading.path.truncate(length);
                    shape?
                }
                Node::Bool(true) => Shape::Open,
                _ => {
                    let message = format!(
                        "the schema of `{}` is {}; it is kept as JSON",
                        reading.place_of(name),
                        property.kind()
                    );
                    self.warnings.add(message, &[&place]);
                    Shape::Open
                }
            };
            let field = Field {
                name: name.clone(),
                shape,
                required: listed.contains(name.as_str()) || self.required(name, property, reading),
                nullable: allows_null(reading.root, property, &mut { MAX_STEPS }),
                description: reading.description(property),
                place: place.clone(),
            };
            if let Some(&earlier) = at.get(name) {
                let earlier: &mut Field = &mut fields[earlier];
                let message =
                    format!("`{}` is listed twice; the last entry is used", reading.place_of(name));
                self.warnings.add(message, &[&earlier.place, &place]);
                // The last one counts, as with most JSON parsers.
                *earlier = field;
            } else {
                at.insert(name, fields.len());
                fields.push(field);
            }
        }
        Ok(fields)
    }

    fn required(&mut self, name: &str, property: &Json, reading: &Reading<'_>) -> bool {
        match property.get("required").map(|json| &json.node) {
            None | Some(Node::Bool(false) | Node::Array(_)) => false,
            Some(Node::Bool(true)) => true,
            Some(_) => {
                let message = format!(
                    "`required` of `{}` is not a boolean; it counts as false",
                    reading.place_of(name)
                );
                self.warnings.add(message, &[&self.place(property)]);
                false
            }
        }
    }

    fn shape(&mut self, schema: &Json, reading: &mut Reading<'_>) -> Result<Shape, SourceError> {
        if !reading.unfolding.is_empty() {
            // Counted for the whole run: many small files can multiply like one large one.
            self.warnings.unfolded += 1;
            if self.warnings.unfolded > MAX_NODES {
                let message = format!(
                    "`$ref` unfolds to more than {MAX_NODES} schemas in this run, the last ones in `{}`",
                    self.about
                );
                return Err(SourceError::at(&self.place(schema), message)
                    .expected("schemas with fewer nested references"));
            }
        }
        if reading.around.len() + reading.unfolding.len() > MAX_DEPTH {
            let message = format!("`{}` is nested deeper than {MAX_DEPTH} levels", reading.path);
            return Err(SourceError::at(&self.place(schema), message).expected("a flatter schema"));
        }
        let whole = std::mem::take(&mut reading.whole);
        if let Some(reference) = schema.text_of("$ref") {
            reading.whole = whole;
            return self.reference(schema, reference, reading);
        }
        for key in ["oneOf", "anyOf", "const", "patternProperties", "not"] {
            if let Some(value) = schema.get(key) {
                if let Some(single) = only_alternative(key, value) {
                    reading.whole = whole;
                    return self.shape(single, reading);
                }
                return Ok(self.open(schema, reading, &format!("`{key}`")));
            }
        }
        if let Some(all) = schema.get("allOf").and_then(Json::array) {
            return self.all_of(schema, all, whole, reading);
        }
        let listed = schema.get("enum").and_then(Json::array).unwrap_or_default();
        Ok(match type_of(schema) {
            Some("string") => Shape::Text(self.text(schema, reading)),
            Some("integer") => coded(integer(schema), listed),
            Some("number") => coded(Shape::Number, listed),
            Some("boolean") => coded(Shape::Boolean, listed),
            Some("array") => Shape::Array(Box::new(self.item(schema.get("items"), reading)?)),
            Some("object") => self.object(schema, whole, reading)?,
            None if schema.get("properties").is_some()
                || schema.get("additionalProperties").is_some() =>
            {
                self.object(schema, whole, reading)?
            }
            None if schema.get("items").is_some() => {
                Shape::Array(Box::new(self.item(schema.get("items"), reading)?))
            }
            None => match of_values(listed) {
                Some(shape) => coded(shape, listed),
                None if listed.iter().any(|value| value.text().is_some()) => {
                    Shape::Text(self.text(schema, reading))
                }
                None if listed.iter().all(|value| value.node == Node::Null) => Shape::Open,
                None => {
                    let is_nested =
                        |value: &&Json| matches!(value.node, Node::Array(_) | Node::Object(_));
                    let what = match listed.iter().find(is_nested) {
                        Some(value) => format!("{} in its `enum`", value.kind()),
                        None => "an `enum` of several types".to_owned(),
                    };
                    self.open(schema, reading, &what)
                }
            },
            Some("any" | "unknown" | "null") => Shape::Open,
            Some(other) => {
                let what = format!("the type `{other}`");
                self.open(schema, reading, &what)
            }
        })
    }

    /// A shape that is kept as JSON, with a warning that names its path.
    fn open(&mut self, schema: &Json, reading: &Reading<'_>, what: &str) -> Shape {
        let message = format!("`{}` is kept as JSON: it has {what}", reading.path);
        self.warnings.add(message, &[&self.place(schema)]);
        Shape::Open
    }

    fn object(
        &mut self,
        schema: &Json,
        whole: Vec<*const Json>,
        reading: &mut Reading<'_>,
    ) -> Result<Shape, SourceError> {
        let properties = schema.get("properties");
        // Some languages write an empty object as an empty array.
        let properties = properties.filter(|all| match &all.node {
            Node::Array(items) => !items.is_empty(),
            Node::Object(all) => !all.is_empty(),
            _ => true,
        });
        let more = schema.get("additionalProperties");
        let Some(properties) = properties else {
            return Ok(match self.item(more, reading)? {
                Shape::Open => Shape::Open,
                shape => Shape::Map(Box::new(shape)),
            });
        };
        // `{}` allows anything, as `true` does.
        if more.and_then(Json::object).is_some_and(|more| !more.is_empty()) {
            return Ok(self.open(
                schema,
                reading,
                "`additionalProperties` together with `properties`",
            ));
        }
        reading.enter(schema, whole);
        let fields = self.properties(schema, properties, reading);
        reading.around.pop();
        let fields = fields?;
        Ok(if fields.is_empty() {
            Shape::Open
        } else {
            Shape::Object(Object { fields, reference: None })
        })
    }

    fn item(
        &mut self,
        item: Option<&Json>,
        reading: &mut Reading<'_>,
    ) -> Result<Shape, SourceError> {
        let Some(item) = item.filter(|item| item.object().is_some()) else {
            return Ok(Shape::Open);
        };
        let shape = self.shape(item, reading)?;
        let nullable = allows_null(reading.root, item, &mut { MAX_STEPS });
        Ok(if nullable && shape != Shape::Open { Shape::Nullable(Box::new(shape)) } else { shape })
    }

    fn text(&mut self, schema: &Json, reading: &mut Reading<'_>) -> Text {
        let format = schema.text_of("format").map(|format| match format {
            "date-time" => Format::DateTime,
            "date" => Format::Date,
            _ => Format::Other,
        });
        let key = std::ptr::from_ref(schema);
        if let Some(known) = reading.words.get(&key) {
            let words = Arc::clone(known);
            return Text { format, words, cut: 0, reference: None };
        }
        let listed = schema.get("enum").and_then(Json::array).unwrap_or_default();
        let words = super::enum_words(listed, &reading.path, self.file, self.warnings);
        let words: Arc<[String]> = words.into();
        if !reading.unfolding.is_empty() {
            reading.words.insert(key, Arc::clone(&words));
        }
        Text { format, words, cut: 0, reference: None }
    }
}

/// JSON Schema's own form of `required`: a list next to the properties.
fn listed_as_required(schema: &Json) -> HashSet<&str> {
    let listed = schema.get("required").and_then(Json::array).unwrap_or_default();
    listed.iter().filter_map(Json::text).collect()
}

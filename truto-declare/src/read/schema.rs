//! The schema language of Truto's JSON: JSON-Schema-like, with `required` as a boolean on the property.

use std::sync::Arc;

use crate::diagnostic::{SourceError, Warnings};
use crate::json::{Json, Node};
use crate::model::{Body, Field, Format, Place, Shape, Text};

/// What `$ref` may add to a schema before it is taken as endless.
const MAX_NODES: usize = 200_000;

/// Reads the schemas of one file.
pub(crate) struct Schemas<'a> {
    pub(crate) file: &'a Arc<str>,
    pub(crate) warnings: &'a mut Warnings,
}

/// Objects and references nested deeper than this are refused.
const MAX_DEPTH: usize = 128;

/// A schema that is being read: its root for `$ref`, and the objects around the place in hand.
struct Reading<'a> {
    root: &'a Json,
    around: Vec<*const Json>,
    /// The targets of the references that led here.
    unfolding: Vec<*const Json>,
    nodes: usize,
}

impl Schemas<'_> {
    fn place(&self, json: &Json) -> Place {
        Place::new(self.file, json.line)
    }

    /// The fields of a record, a query or a body; `None` if the schema names no fields.
    pub(crate) fn fields(&mut self, schema: &Json) -> Result<Option<Vec<Field>>, SourceError> {
        let mut reading =
            Reading { root: schema, around: Vec::new(), unfolding: Vec::new(), nodes: 0 };
        // A map of properties may come without `type` and `properties` around it.
        let bare = schema.object().is_some_and(|fields| {
            !fields.is_empty()
                && schema.get("properties").is_none()
                && schema.text_of("type").is_none()
                && schema.get("$ref").is_none_or(|json| json.object().is_some())
                && fields.iter().all(|(_, field)| field.object().is_some())
        });
        if bare {
            reading.around.push(std::ptr::from_ref(schema));
            return self.properties(schema, schema, &mut reading).map(Some);
        }
        if schema.object().is_none() {
            let message = format!("a schema is {}", schema.kind());
            return Err(SourceError::at(&self.place(schema), message)
                .expected("an object such as {\"type\": \"object\", \"properties\": {…}}"));
        }
        match self.shape(schema, &mut reading)? {
            Shape::Object(fields) => Ok(Some(fields)),
            // The schema of a list is read as that of its records.
            Shape::Array(item) => match *item {
                Shape::Object(fields) => Ok(Some(fields)),
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
            let message = format!("`properties` is {}", properties.kind());
            return Err(SourceError::at(&self.place(properties), message)
                .expected("an object from each name to its schema"));
        };
        // JSON Schema's own form of `required`, a list beside the properties.
        let listed: Vec<&str> = schema
            .get("required")
            .and_then(Json::array)
            .unwrap_or_default()
            .iter()
            .filter_map(Json::text)
            .collect();
        let mut fields: Vec<Field> = Vec::with_capacity(all.len());
        let mut at = std::collections::HashMap::new();
        for (name, property) in all {
            let place = self.place(property);
            if !matches!(property.node, Node::Object(_) | Node::Bool(true)) {
                let message = format!("the schema of `{name}` is {}", property.kind());
                return Err(SourceError::at(&place, message)
                    .expected("an object such as {\"type\": \"string\"}"));
            }
            let field = Field {
                name: name.clone(),
                shape: self.shape(property, reading)?,
                required: listed.contains(&name.as_str()) || self.required(name, property),
                description: description(property),
                place: place.clone(),
            };
            if let Some(&earlier) = at.get(name) {
                let earlier: &mut Field = &mut fields[earlier];
                let message = format!("`{name}` stands twice; the later one counts");
                self.warnings.add(message, &[&earlier.place, &place]);
                *earlier = field;
            } else {
                at.insert(name, fields.len());
                fields.push(field);
            }
        }
        Ok(fields)
    }

    fn required(&mut self, name: &str, property: &Json) -> bool {
        match property.get("required").map(|json| &json.node) {
            None | Some(Node::Bool(false) | Node::Array(_)) => false,
            Some(Node::Bool(true)) => true,
            Some(_) => {
                let message =
                    format!("`required` of `{name}` is not a boolean; it counts as false");
                self.warnings.add(message, &[&self.place(property)]);
                false
            }
        }
    }

    fn shape(&mut self, schema: &Json, reading: &mut Reading<'_>) -> Result<Shape, SourceError> {
        reading.nodes += 1;
        if reading.nodes > MAX_NODES {
            let message = format!("`$ref` unfolds to more than {MAX_NODES} schemas");
            return Err(SourceError::at(&self.place(schema), message)
                .expected("a schema whose references do not multiply"));
        }
        if reading.around.len() + reading.unfolding.len() > MAX_DEPTH {
            let message = format!("nested deeper than {MAX_DEPTH} levels");
            return Err(SourceError::at(&self.place(schema), message).expected("a flatter schema"));
        }
        if let Some(reference) = schema.text_of("$ref") {
            return self.reference(schema, reference, reading);
        }
        let properties = schema.get("properties");
        Ok(match type_of(schema) {
            Some("string") => Shape::Text(self.text(schema)),
            Some("integer") => Shape::Integer,
            Some("number") => Shape::Number,
            Some("boolean") => Shape::Boolean,
            Some("array") => match schema.get("items") {
                Some(items) if items.object().is_some() => {
                    Shape::Array(Box::new(self.shape(items, reading)?))
                }
                _ => Shape::Array(Box::new(Shape::Open)),
            },
            Some("object") | None => match properties {
                Some(properties) if properties.object().is_none_or(|all| !all.is_empty()) => {
                    reading.around.push(std::ptr::from_ref(schema));
                    let fields = self.properties(schema, properties, reading);
                    reading.around.pop();
                    Shape::Object(fields?)
                }
                None if schema.get("items").is_some_and(|items| items.object().is_some())
                    && type_of(schema).is_none() =>
                {
                    let item = schema.get("items").map(|items| self.shape(items, reading));
                    Shape::Array(Box::new(item.transpose()?.unwrap_or(Shape::Open)))
                }
                None if schema.get("enum").is_some() && type_of(schema).is_none() => {
                    Shape::Text(self.text(schema))
                }
                _ => Shape::Open,
            },
            Some(_) => Shape::Open,
        })
    }

    fn reference(
        &mut self,
        schema: &Json,
        reference: &str,
        reading: &mut Reading<'_>,
    ) -> Result<Shape, SourceError> {
        let mut target = resolve(reading.root, reference);
        // A reference to a reference, as far as they do not turn in a circle.
        for _ in 0..32 {
            match target.and_then(|json| json.text_of("$ref")) {
                Some(next) => target = resolve(reading.root, next),
                None => break,
            }
        }
        let target = target.filter(|json| json.text_of("$ref").is_none());
        let Some(target) = target else {
            let message = format!("`$ref` to `{reference}` leads nowhere in this schema");
            self.warnings.add(message, &[&self.place(schema)]);
            return Ok(Shape::Open);
        };
        let is_target = |around: &*const Json| std::ptr::eq(*around, target);
        if let Some(levels) = reading.around.iter().rev().position(is_target) {
            return Ok(Shape::Back(levels));
        }
        if reading.unfolding.iter().any(is_target) {
            let message = format!("`$ref` to `{reference}` turns in a circle without an object");
            self.warnings.add(message, &[&self.place(schema)]);
            return Ok(Shape::Open);
        }
        reading.unfolding.push(target);
        let shape = self.shape(target, reading);
        reading.unfolding.pop();
        shape
    }

    fn text(&mut self, schema: &Json) -> Text {
        let format = schema.text_of("format").map(|format| match format {
            "date-time" => Format::DateTime,
            "date" => Format::Date,
            _ => Format::Other,
        });
        let listed = schema.get("enum").and_then(Json::array).unwrap_or_default();
        let mut words = Vec::with_capacity(listed.len());
        let mut seen = std::collections::HashSet::new();
        for word in listed {
            match &word.node {
                Node::Text(text) if seen.insert(text) => words.push(text.clone()),
                Node::Text(_) | Node::Null => {}
                _ => {
                    let message = format!("a value of `enum` is {}; it is left out", word.kind());
                    self.warnings.add(message, &[&self.place(word)]);
                }
            }
        }
        Text { format, words, cut: 0 }
    }
}

fn description(property: &Json) -> Option<String> {
    let mut texts = ["description", "title"].into_iter().filter_map(|key| property.text_of(key));
    texts.find(|text| !text.trim().is_empty()).map(str::to_owned)
}

/// The type of a schema; of several the one beside `null`.
fn type_of(schema: &Json) -> Option<&str> {
    let stated = schema.get("type")?;
    if let Some(all) = stated.array() {
        let mut named = all.iter().filter_map(Json::text).filter(|name| *name != "null");
        let first = named.next();
        return match named.next() {
            None => first,
            Some(_) => Some("any"),
        };
    }
    // A type that is not a name says nothing.
    stated.text().or(Some("any"))
}

/// Follows a JSON pointer from the root of a schema.
fn resolve<'a>(root: &'a Json, reference: &str) -> Option<&'a Json> {
    let pointer = reference.strip_prefix('#')?;
    let mut json = root;
    for part in pointer.split('/').skip(1) {
        let part = part.replace("~1", "/").replace("~0", "~");
        json = match &json.node {
            Node::Array(items) => items.get(part.parse::<usize>().ok()?)?,
            _ => json.get(&part)?,
        };
    }
    json.object().map(|_| json)
}

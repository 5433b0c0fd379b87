//! The schema language of Truto's JSON: JSON-Schema-like, with `required` as a boolean on the property.

use std::sync::Arc;

use crate::diagnostic::{SourceError, Warnings};
use crate::json::{Json, Node};
use std::collections::HashSet;

use crate::model::{Body, Field, Format, Object, Place, Reference, Shape, Text};

/// Limit for the schemas that `$ref`s unfold to in one run.
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
    /// The names that lead to the place in hand, each after a dot.
    path: String,
}

impl Reading<'_> {
    fn path(&self) -> &str {
        match self.path.strip_prefix('.') {
            Some(path) => path,
            None => "the schema itself",
        }
    }

    fn place_of(&self, name: &str) -> String {
        format!("{}.{name}", self.path).trim_start_matches('.').to_owned()
    }
}

/// Returns whether a schema is a bare map of properties, without `type` and `properties`.
fn is_bare(schema: &Json) -> bool {
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
fn is_nullable(schema: &Json) -> bool {
    let is_null = |json: &Json| json.text() == Some("null") || json.text_of("type") == Some("null");
    let has_null = |key: &str| {
        schema.get(key).and_then(Json::array).is_some_and(|all| all.iter().any(is_null))
    };
    let null_word = schema
        .get("enum")
        .and_then(Json::array)
        .is_some_and(|all| all.iter().any(|word| word.node == Node::Null));
    matches!(schema.get("nullable").map(|json| &json.node), Some(Node::Bool(true)))
        || has_null("type")
        || has_null("oneOf")
        || has_null("anyOf")
        || null_word
}

/// The one schema of a `oneOf` beside `null`.
fn only_alternative<'a>(key: &str, value: &'a Json) -> Option<&'a Json> {
    if key != "oneOf" && key != "anyOf" {
        return None;
    }
    let all = value.array()?;
    let mut others = all.iter().filter(|one| one.text_of("type") != Some("null"));
    let first = others.next()?;
    (others.next().is_none() && first.object().is_some() && all.len() == 2).then_some(first)
}

/// An integer that may exceed `i64`, by its format or its bounds.
fn integer(schema: &Json) -> Shape {
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

fn coded(shape: Shape, listed: &[Json]) -> Shape {
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
fn of_values(listed: &[Json]) -> Option<Shape> {
    let kinds = listed.iter().filter_map(|word| match &word.node {
        Node::Number(text) if text.parse::<i64>().is_ok() => Some(Shape::Integer),
        Node::Number(_) => Some(Shape::Number),
        Node::Bool(_) => Some(Shape::Boolean),
        _ => None,
    });
    let kinds: Vec<Shape> = kinds.collect();
    let first = kinds.first()?;
    (kinds.len() == listed.iter().filter(|word| word.node != Node::Null).count()
        && kinds.iter().all(|kind| kind == first))
    .then(|| first.clone())
}

impl Schemas<'_> {
    fn place(&self, json: &Json) -> Place {
        Place::new(self.file, json.line)
    }

    /// The fields of a record, a query or a body; `None` if the schema names no fields.
    pub(crate) fn fields(&mut self, schema: &Json) -> Result<Option<Vec<Field>>, SourceError> {
        let mut reading = Reading {
            root: schema,
            around: Vec::new(),
            unfolding: Vec::new(),
            path: String::new(),
        };
        if is_bare(schema) {
            reading.around.push(std::ptr::from_ref(schema));
            return self.properties(schema, schema, &mut reading).map(Some);
        }
        if schema.object().is_none() {
            let message = format!("a schema is {}", schema.kind());
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
            let message = format!("`properties` is {}; it is left out", properties.kind());
            self.warnings.add(message, &[&self.place(properties)]);
            return Ok(Vec::new());
        };
        // JSON Schema's own form of `required`, a list beside the properties.
        let listed: HashSet<&str> = schema
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
            let shape = match property.node {
                Node::Object(_) => {
                    let length = reading.path.len();
                    reading.path.push('.');
                    reading.path.push_str(name);
                    let shape = self.shape(property, reading);
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
                required: listed.contains(name.as_str()) || self.required(name, property),
                nullable: is_nullable(property),
                description: description(property),
                place: place.clone(),
            };
            if let Some(&earlier) = at.get(name) {
                let earlier: &mut Field = &mut fields[earlier];
                let message = format!("`{name}` is listed twice; the later entry counts");
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
        if !reading.unfolding.is_empty() {
            self.warnings.unfolded += 1;
            if self.warnings.unfolded > MAX_NODES {
                let message =
                    format!("`$ref` unfolds to more than {MAX_NODES} schemas in this run");
                return Err(SourceError::at(&self.place(schema), message)
                    .expected("schemas whose references do not multiply"));
            }
        }
        if reading.around.len() + reading.unfolding.len() > MAX_DEPTH {
            let message = format!("nested deeper than {MAX_DEPTH} levels");
            return Err(SourceError::at(&self.place(schema), message).expected("a flatter schema"));
        }
        if let Some(reference) = schema.text_of("$ref") {
            return self.reference(schema, reference, reading);
        }
        for key in ["oneOf", "anyOf", "const", "patternProperties", "not"] {
            if let Some(value) = schema.get(key) {
                if let Some(single) = only_alternative(key, value) {
                    return self.shape(single, reading);
                }
                return Ok(self.open(schema, reading, &format!("`{key}`")));
            }
        }
        if let Some(all) = schema.get("allOf").and_then(Json::array) {
            return self.all_of(schema, all, reading);
        }
        let listed = schema.get("enum").and_then(Json::array).unwrap_or_default();
        Ok(match type_of(schema) {
            Some("string") => Shape::Text(self.text(schema)),
            Some("integer") => coded(integer(schema), listed),
            Some("number") => coded(Shape::Number, listed),
            Some("boolean") => coded(Shape::Boolean, listed),
            Some("array") => Shape::Array(Box::new(self.item(schema.get("items"), reading)?)),
            Some("object") => self.object(schema, reading)?,
            None if schema.get("properties").is_some()
                || schema.get("additionalProperties").is_some() =>
            {
                self.object(schema, reading)?
            }
            None if schema.get("items").is_some() => {
                Shape::Array(Box::new(self.item(schema.get("items"), reading)?))
            }
            None if !listed.is_empty() => match of_values(listed) {
                Some(shape) => Shape::Coded(Box::new(shape)),
                None => Shape::Text(self.text(schema)),
            },
            None | Some("any" | "unknown" | "null") => Shape::Open,
            Some(other) => {
                let what = format!("the type `{other}`");
                self.open(schema, reading, &what)
            }
        })
    }

    /// A shape that is kept as JSON, with a warning that names its path.
    fn open(&mut self, schema: &Json, reading: &Reading<'_>, what: &str) -> Shape {
        let message = format!("`{}` is kept as JSON: it has {what}", reading.path());
        self.warnings.add(message, &[&self.place(schema)]);
        Shape::Open
    }

    fn object(&mut self, schema: &Json, reading: &mut Reading<'_>) -> Result<Shape, SourceError> {
        let properties = schema.get("properties");
        // An empty array is how some languages write an empty object.
        let properties = properties.filter(|all| match &all.node {
            Node::Array(items) => !items.is_empty(),
            Node::Object(all) => !all.is_empty(),
            _ => true,
        });
        let more = schema.get("additionalProperties");
        let Some(properties) = properties else {
            return match more {
                Some(value) if value.object().is_some_and(|all| !all.is_empty()) => {
                    Ok(match self.item(Some(value), reading)? {
                        Shape::Open => Shape::Open,
                        shape => Shape::Map(Box::new(shape)),
                    })
                }
                _ => Ok(Shape::Open),
            };
        };
        if more.is_some_and(|more| more.object().is_some()) {
            return Ok(self.open(schema, reading, "`additionalProperties` beside `properties`"));
        }
        reading.around.push(std::ptr::from_ref(schema));
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
        Ok(if is_nullable(item) && shape != Shape::Open {
            Shape::Nullable(Box::new(shape))
        } else {
            shape
        })
    }

    /// Objects are merged; one schema alone is itself.
    fn all_of(
        &mut self,
        schema: &Json,
        all: &[Json],
        reading: &mut Reading<'_>,
    ) -> Result<Shape, SourceError> {
        let mut merged: Option<Object> = None;
        let mut single = None;
        let mut shapes = Vec::new();
        for part in all.iter().filter(|part| part.object().is_some_and(|all| !all.is_empty())) {
            shapes.push(self.shape(part, reading)?);
        }
        reading.around.push(std::ptr::from_ref(schema));
        let own = schema.get("properties").map(|own| self.properties(schema, own, reading));
        reading.around.pop();
        if let Some(fields) = own.transpose()?.filter(|fields| !fields.is_empty()) {
            shapes.push(Shape::Object(Object { fields, reference: None }));
        }
        let required: HashSet<&str> = schema
            .get("required")
            .and_then(Json::array)
            .unwrap_or_default()
            .iter()
            .filter_map(Json::text)
            .collect();
        let count = shapes.len();
        for shape in shapes {
            match (shape, &mut merged) {
                (Shape::Object(object), None) => merged = Some(object),
                (Shape::Object(object), Some(merged)) => {
                    let known: HashSet<String> =
                        merged.fields.iter().map(|field| field.name.clone()).collect();
                    let new = object.fields.into_iter().filter(|f| !known.contains(&f.name));
                    merged.fields.extend(new);
                    merged.reference = None;
                }
                (other, _) => single = Some(other),
            }
        }
        Ok(match (merged, single) {
            (Some(mut object), None) => {
                for field in &mut object.fields {
                    field.required |= required.contains(field.name.as_str());
                }
                Shape::Object(object)
            }
            (None, Some(shape)) if count == 1 => shape,
            (None, None) => Shape::Open,
            _ => self.open(schema, reading, "an `allOf` of more than objects"),
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
        let reference = Reference {
            root: self.place(reading.root),
            pointer: reference.trim_start_matches('#').into(),
        };
        Ok(match shape? {
            Shape::Object(object) => Shape::Object(Object { reference: Some(reference), ..object }),
            Shape::Text(text) if !text.words.is_empty() => {
                Shape::Text(Text { reference: Some(reference), ..text })
            }
            shape => shape,
        })
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
        Text { format, words, cut: 0, reference: None }
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

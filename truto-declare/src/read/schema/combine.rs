//! Schemas made of others: `allOf` and `$ref`.

use std::collections::HashSet;

use super::{Reading, Schemas};
use crate::diagnostic::SourceError;
use crate::json::{Json, Node};
use crate::model::{Object, Reference, Shape, Text};

impl Schemas<'_> {
    /// Objects are merged; one schema alone is itself.
    pub(super) fn all_of(
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
        let required = super::listed_as_required(schema);
        let count = shapes.len();
        for shape in shapes {
            match (shape, &mut merged) {
                (Shape::Object(object), None) => merged = Some(object),
                (Shape::Object(object), Some(merged)) => {
                    let known: HashSet<String> =
                        merged.fields.iter().map(|field| field.name.clone()).collect();
                    let new = object.fields.into_iter().filter(|f| !known.contains(&f.name));
                    merged.fields.extend(new);
                    // More than the definition, whose other places must not share this type.
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

    pub(super) fn reference(
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

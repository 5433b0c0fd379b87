//! Schemas made of others: `allOf` and `$ref`.

use std::collections::HashSet;

use super::keywords::{is_nullable, only_alternative};
use super::{Reading, Schemas};
use crate::diagnostic::SourceError;
use crate::json::{Json, Node};
use crate::model::{Field, FieldIndex, Object, Reference, Shape, Text};

impl Schemas<'_> {
    /// Merges the parts of an `allOf`; a single part is used unchanged.
    pub(super) fn all_of(
        &mut self,
        schema: &Json,
        all: &[Json],
        mut whole: Vec<*const Json>,
        reading: &mut Reading<'_>,
    ) -> Result<Shape, SourceError> {
        // A reference to the whole from within a part leads back to the merged object.
        whole.push(std::ptr::from_ref(schema));
        let mut shapes = Vec::new();
        for part in all.iter().filter(|part| has_shape(part)) {
            reading.whole.clone_from(&whole);
            shapes.push((self.shape(part, reading)?, self.place(part)));
        }
        reading.enter(schema, whole);
        let own = schema.get("properties").map(|own| self.properties(schema, own, reading));
        reading.around.pop();
        if let Some(fields) = own.transpose()?.filter(|fields| !fields.is_empty()) {
            let object = Object { fields, reference: None };
            shapes.push((Shape::Object(object), self.place(schema)));
        }
        let mut shapes = shapes.into_iter();
        let Some((mut merged, _)) = shapes.next() else { return Ok(Shape::Open) };
        let mut index = FieldIndex::default();
        for (shape, place) in shapes {
            if !self.merge(&mut merged, shape, &mut index, reading) {
                let schema = &Json { line: place.line, node: Node::Null };
                return Ok(self.open(schema, reading, "an `allOf` of several types"));
            }
        }
        if let Shape::Object(object) = &mut merged {
            require(object, schema, all);
        }
        Ok(merged)
    }

    /// Merges another part's description of the same value; `false` if the types differ.
    fn merge(
        &mut self,
        known: &mut Shape,
        other: Shape,
        index: &mut FieldIndex,
        reading: &mut Reading<'_>,
    ) -> bool {
        match (known, other) {
            (Shape::Object(known), Shape::Object(other)) => {
                self.merge_fields(&mut known.fields, other.fields, index, reading);
                // The object is more than a definition now, whose other places must not share this
                // type.
                known.reference = None;
            }
            (Shape::Text(known), Shape::Text(other)) => {
                let words = std::mem::take(&mut known.words);
                let words = if words.is_empty() { other.words } else { words };
                let format = known.format.or(other.format);
                *known = Text { format, words, ..Text::default() };
            }
            (Shape::Array(known), Shape::Array(other)) => match (&mut **known, *other) {
                (_, Shape::Open) => {}
                (known @ Shape::Open, other) => *known = other,
                (known, other) => return self.merge(known, other, index, reading),
            },
            // One part has the type, the other the values of an enum.
            (Shape::Coded(inner), other) if **inner == other => {}
            (known, Shape::Coded(inner)) if *known == *inner => *known = Shape::Coded(inner),
            (known, other) => return *known == other,
        }
        true
    }

    /// Merges fields by name. Of two fields that cannot be merged, the first one is used.
    fn merge_fields(
        &mut self,
        known: &mut Vec<Field>,
        others: Vec<Field>,
        index: &mut FieldIndex,
        reading: &mut Reading<'_>,
    ) {
        for field in others {
            let Some(at) = index.find(known, &field.name) else {
                known.push(field);
                continue;
            };
            let known = &mut known[at];
            known.required |= field.required;
            if known.description.is_none() {
                known.description = field.description;
            }
            if known.shape == Shape::Open {
                known.shape = field.shape;
                known.nullable |= field.nullable;
            } else if field.shape != Shape::Open && field.shape != known.shape {
                let length = reading.path.len();
                reading.path.push('.');
                reading.path.push_str(&field.name);
                if !self.merge(&mut known.shape, field.shape, index.below(at), reading) {
                    let message = format!(
                        "`{}` has several types in an `allOf`; the first one is used",
                        reading.path
                    );
                    self.warnings.add(message, &[&known.place, &field.place]);
                }
                reading.path.truncate(length);
            }
        }
    }

    pub(super) fn reference(
        &mut self,
        schema: &Json,
        reference: &str,
        reading: &mut Reading<'_>,
    ) -> Result<Shape, SourceError> {
        let mut target = resolve(reading.root, reference);
        // Follows references to references; the bound ends a cycle.
        for _ in 0..32 {
            match target.and_then(|json| json.text_of("$ref")) {
                Some(next) => target = resolve(reading.root, next),
                None => break,
            }
        }
        let target = target.filter(|json| json.text_of("$ref").is_none());
        let Some(target) = target else {
            let message = format!(
                "`$ref` to `{reference}` in `{}` does not exist in this schema",
                reading.path
            );
            self.warnings.add(message, &[&self.place(schema)]);
            return Ok(Shape::Open);
        };
        let is_target = |around: &*const Json| std::ptr::eq(*around, target);
        // From the innermost level, which is 0 in `Shape::Back`.
        let mut levels = reading.around.iter().rev();
        if let Some(levels) = levels.position(|level| level.iter().any(is_target)) {
            return Ok(Shape::Back(levels));
        }
        if reading.unfolding.iter().any(is_target) {
            let message = format!(
                "`$ref` to `{reference}` in `{}` is circular without an object",
                reading.path
            );
            self.warnings.add(message, &[&self.place(schema)]);
            return Ok(Shape::Open);
        }
        reading.unfolding.push(target);
        let shape = self.shape(target, reading);
        reading.unfolding.pop();
        let reference = Reference {
            root: self.warnings.schemas,
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

/// Returns whether `null` is an allowed value of a schema, or of the schemas that it refers to.
///
/// `steps` bounds references that multiply or form a cycle.
pub(super) fn allows_null(root: &Json, schema: &Json, steps: &mut usize) -> bool {
    if is_nullable(schema) {
        return true;
    }
    let Some(left) = steps.checked_sub(1) else { return false };
    *steps = left;
    if let Some(target) = schema.text_of("$ref").and_then(|reference| resolve(root, reference)) {
        return allows_null(root, target, steps);
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(single) = schema.get(key).and_then(|all| only_alternative(key, all)) {
            return allows_null(root, single, steps);
        }
    }
    let parts = schema.get("allOf").and_then(Json::array).unwrap_or_default();
    // `nullable` in an annotation applies to all parts; each part that describes values must allow
    // `null` itself.
    let (shaped, annotations): (Vec<&Json>, Vec<&Json>) =
        parts.iter().partition(|part| has_shape(part));
    annotations.into_iter().any(is_nullable)
        || !shaped.is_empty() && shaped.into_iter().all(|part| allows_null(root, part, steps))
}

/// The maximum number of schemas that one check for `null` visits.
pub(super) const MAX_STEPS: usize = 64;

/// Returns whether a part of an `allOf` describes values, rather than only annotating the other parts.
fn has_shape(part: &Json) -> bool {
    let shaped = |(key, value): &(String, Json)| match key.as_str() {
        "type" => value.text().is_none_or(|name| !["object", "any"].contains(&name)),
        "additionalProperties" => value.object().is_some_and(|all| !all.is_empty()),
        key => SHAPES.contains(&key),
    };
    part.object().is_some_and(|all| all.iter().any(shaped))
}

/// Keywords that describe values.
const SHAPES: [&str; 10] = [
    "properties",
    "items",
    "enum",
    "$ref",
    "allOf",
    "oneOf",
    "anyOf",
    "const",
    "not",
    "patternProperties",
];

/// Applies the lists of required fields next to an `allOf` and within it.
fn require(object: &mut Object, schema: &Json, parts: &[Json]) {
    let lists = parts.iter().chain([schema]);
    let required: HashSet<&str> = lists.flat_map(super::listed_as_required).collect();
    for field in &mut object.fields {
        if !field.required && required.contains(field.name.as_str()) {
            field.required = true;
            // It differs from the definition of its `$ref` now, so it must not be shared.
            object.reference = None;
        }
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

#[cfg(test)]
mod tests {
    use crate::diagnostic::Warnings;
    use crate::model::{Field, INDEXED, Shape};
    use crate::read::{Source, read};

    /// The record of a schema, and the number of fields that were indexed to read it.
    fn record(schema: &str) -> (Vec<Field>, usize) {
        let text = format!(
            r#"{{"result": [{{"name": "m", "resources": {{"users":
            {{"schema": {schema}, "methods": ["list"]}}}}}}]}}"#
        );
        let source = Source { name: "m.json".into(), text, about: None, found: false };
        let before = INDEXED.get();
        let resources = read(&source, &mut Warnings::default()).expect("a model");
        let record = resources.into_iter().next().expect("a resource").record;
        (record.expect("a record"), INDEXED.get() - before)
    }

    fn all_of(parts: impl Iterator<Item = String>) -> String {
        format!(r#"{{"allOf": [{}]}}"#, parts.collect::<Vec<_>>().join(","))
    }

    #[test]
    fn each_field_of_many_parts_is_indexed_once() {
        const COUNT: usize = 30_000;
        let part = |n: usize| format!(r#"{{"properties": {{"f{n}": {{"type": "string"}}}}}}"#);
        let (fields, indexed) = record(&all_of((0..COUNT).map(part)));
        assert_eq!(fields.len(), COUNT);
        assert!(fields.iter().enumerate().all(|(n, field)| field.name == format!("f{n}")));
        // The last field is never looked up.
        assert!(indexed <= COUNT, "{indexed}");

        // The same within a field, whose own name is indexed, too.
        let nested = |n| format!(r#"{{"properties": {{"all": {}}}}}"#, part(n));
        let (fields, indexed) = record(&all_of((0..COUNT).map(nested)));
        let [Field { shape: Shape::Object(all), .. }] = &*fields else { panic!("{fields:?}") };
        assert_eq!(all.fields.len(), COUNT);
        assert!(indexed <= COUNT + 1, "{indexed}");
    }

    /// The number of schemas that the references of a schema add, and the error.
    fn unfolded(schema: &str) -> (usize, Option<String>) {
        let text =
            format!(r#"[{{"name": "m", "resources": {{"users": {{"schema": {schema}}}}}}}]"#);
        let source = Source { name: "m.json".into(), text, about: None, found: false };
        let mut warnings = Warnings::default();
        let error = read(&source, &mut warnings).err();
        (warnings.unfolded, error.map(|error| error.to_string()))
    }

    #[test]
    fn counts_only_references_as_unfolded() {
        let fields = |one: &str| {
            let fields: Vec<String> = (0..1_000).map(|n| format!(r#""f{n}": {one}"#)).collect();
            format!(
                r#"{{"definitions": {{"d": {{"type": "string"}}}}, "properties": {{{}}}}}"#,
                fields.join(",")
            )
        };
        assert_eq!(unfolded(&fields(r#"{"type": "string"}"#)), (0, None));
        assert_eq!(unfolded(&fields(r##"{"$ref": "#/definitions/d"}"##)), (1_000, None));
    }

    #[test]
    fn limits_schemas_unfolded_from_references() {
        let level = |n: usize| {
            let next = format!(r##"{{"$ref": "#/definitions/l{}"}}"##, n + 1);
            format!(r#""l{n}": {{"properties": {{"x": {next}, "y": {next}}}}}"#)
        };
        let levels: Vec<String> = (0..20).map(level).collect();
        let schema = format!(
            r##"{{"definitions": {{{}}}, "properties": {{"a": {{"$ref": "#/definitions/l0"}}}}}}"##,
            levels.join(",")
        );
        let (_, error) = unfolded(&schema);
        let error = error.expect("an error");
        let message = "`$ref` unfolds to more than 200000 schemas in this run, the last ones in \
                       `m/users`\n  expected schemas with fewer nested references";
        assert!(error.ends_with(message), "{error}");
    }
}

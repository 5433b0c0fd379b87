//! The nested list of properties on a page.

use std::sync::Arc;

use crate::diagnostic::{SourceError, Warnings};
use crate::model::{Field, Object, Place, Shape, Text};

/// Lists nested deeper than this are refused.
const MAX_DEPTH: usize = 64;

/// A property as written on its line.
struct Item {
    indent: usize,
    name: String,
    kind: String,
    required: bool,
    description: Option<String>,
    words: Vec<String>,
    seen: std::collections::HashSet<String>,
    cut: usize,
    line: usize,
}

/// The fields that the lines list, `(number, line)` each; `path` is the wire path of the list.
pub(crate) fn properties(
    lines: &[(usize, &str)],
    file: &Arc<str>,
    path: String,
    warnings: &mut Warnings,
) -> Result<Vec<Field>, SourceError> {
    let mut items: Vec<Item> = Vec::new();
    for &(line, text) in lines {
        if text.trim().is_empty() {
            continue;
        }
        if let Some(item) = item(line, text) {
            items.push(item);
        } else if let Some(item) = items.last_mut() {
            detail(item, text.trim());
        }
    }
    let mut reader = Reader { file, path, warnings, items: items.into_iter().peekable() };
    reader.level(0)
}

/// `- **`NAME`** _(TYPE[, required])_`; without a type, the property is any JSON.
fn item(line: usize, text: &str) -> Option<Item> {
    let rest = text.trim_start_matches([' ', '\t']);
    let indent = text.len() - rest.len();
    let rest = rest.strip_prefix("- **`")?;
    let typed = rest.split_once("`** _(").and_then(|(name, rest)| {
        let (kind, after) = rest.split_once(")_")?;
        Some((name, kind, after))
    });
    let untyped = || rest.split_once("`**").map(|(name, after)| (name, "unknown", after));
    let (name, kind, after) = typed.or_else(untyped)?;
    let (kind, required) = match kind.split_once(',') {
        Some((kind, rest)) => (kind, rest.split(',').any(|word| word.trim() == "required")),
        None => (kind, false),
    };
    Some(Item {
        indent,
        name: name.to_owned(),
        kind: kind.trim().to_owned(),
        required,
        description: Some(after.trim_start_matches([' ', '—', '-', ':']).trim().to_owned())
            .filter(|text| !text.is_empty()),
        words: Vec::new(),
        seen: std::collections::HashSet::new(),
        cut: 0,
        line,
    })
}

/// A line below a property: its allowed words, or a part of its description.
fn detail(item: &mut Item, text: &str) {
    if let Some(allowed) = text.strip_prefix("Allowed:") {
        let mut rest = allowed.trim();
        while let Some(after) = rest.strip_prefix('`') {
            let end =
                // Not the next backtick, which may be part of the word.
                after.find("`, `").or_else(|| after.find("` (+")).or_else(|| after.rfind('`'));
            let Some(end) = end else { break };
            let word = &after[..end];
            if item.seen.insert(word.to_owned()) {
                item.words.push(word.to_owned());
            }
            rest = after[end + 1..].trim_start_matches(',').trim_start();
        }
        let more = rest.strip_prefix("(+").and_then(|rest| rest.split(' ').next());
        item.cut = more.and_then(|number| number.parse().ok()).unwrap_or(0);
        return;
    }
    match &mut item.description {
        Some(description) => {
            description.push(' ');
            description.push_str(text);
        }
        None => item.description = Some(text.to_owned()),
    }
}

struct Reader<'a> {
    file: &'a Arc<str>,
    /// The wire path of the current list.
    path: String,
    warnings: &'a mut Warnings,
    items: std::iter::Peekable<std::vec::IntoIter<Item>>,
}

impl Reader<'_> {
    /// The properties with at least the indent of the next one, up to the first with a smaller one. The
    /// outermost level has all that are left, so that an odd indent loses none.
    fn level(&mut self, depth: usize) -> Result<Vec<Field>, SourceError> {
        let mut fields: Vec<Field> = Vec::new();
        let mut at = std::collections::HashMap::new();
        let mut indent = None;
        while let Some(next) = self.items.peek() {
            let place = Place::new(self.file, next.line);
            let own = *indent.get_or_insert(next.indent);
            if depth > 0 && next.indent < own {
                break;
            }
            if depth > MAX_DEPTH {
                let message =
                    format!("properties of `{}` nested deeper than {MAX_DEPTH} levels", self.path);
                return Err(SourceError::at(&place, message).expected("a flatter list"));
            }
            let Some(item) = self.items.next() else { break };
            let length = self.path.len();
            self.path.push('.');
            self.path.push_str(&item.name);
            let deeper = self.items.peek().is_some_and(|next| next.indent > item.indent);
            let children = if deeper { self.level(depth + 1)? } else { Vec::new() };
            if !is_known(&item.kind) && children.is_empty() {
                let message =
                    format!("`{}` is kept as JSON: it has the type `{}`", self.path, item.kind);
                self.warnings.add(message, &[&place]);
            }
            let field = Field {
                shape: shape(&item, children),
                required: item.required,
                nullable: false,
                description: item.description.map(Into::into),
                place: place.clone(),
                name: item.name,
            };
            if let Some(&earlier) = at.get(&field.name) {
                let earlier: &Field = &fields[earlier];
                let message = format!("`{}` is listed twice; the first entry is used", self.path);
                self.warnings.add(message, &[&earlier.place, &place]);
            } else {
                at.insert(field.name.clone(), fields.len());
                fields.push(field);
            }
            self.path.truncate(length);
        }
        Ok(fields)
    }
}

/// Returns whether a type is one that pages have; others are kept as JSON.
fn is_known(kind: &str) -> bool {
    const KNOWN: [&str; 9] =
        ["string", "boolean", "integer", "number", "object", "array", "unknown", "any", "null"];
    // The warning about arrays of unknown items covers these.
    KNOWN.contains(&kind) || kind.starts_with("array<")
}

fn shape(item: &Item, children: Vec<Field>) -> Shape {
    let inner = item.kind.strip_prefix("array<").and_then(|kind| kind.strip_suffix('>'));
    if let Some(inner) = inner {
        return Shape::Array(Box::new(simple(inner.trim(), item, children)));
    }
    match item.kind.as_str() {
        "array" => Shape::Array(Box::new(if children.is_empty() {
            Shape::Open
        } else {
            Shape::Object(Object { fields: children, reference: None })
        })),
        kind => simple(kind, item, children),
    }
}

fn simple(kind: &str, item: &Item, children: Vec<Field>) -> Shape {
    match kind {
        _ if !children.is_empty() => Shape::Object(Object { fields: children, reference: None }),
        "string" => Shape::Text(Text {
            format: None,
            words: item.words.as_slice().into(),
            cut: item.cut,
            reference: None,
        }),
        "boolean" | "integer" | "number" => {
            let shape = match kind {
                "boolean" => Shape::Boolean,
                "integer" => Shape::Integer,
                _ => Shape::Number,
            };
            if item.words.is_empty() { shape } else { Shape::Coded(Box::new(shape)) }
        }
        _ if kind.starts_with("array<") => Shape::Array(Box::new(Shape::Open)),
        _ => Shape::Open,
    }
}

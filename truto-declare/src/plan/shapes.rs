//! The nested types of the sources, each shape once.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::types::{Role, leaf};
use crate::config::{Choice, Config, ConfigPath};
use crate::diagnostic::Warnings;
use crate::model::{Field, Shape};

/// A field with the type that it gets.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) wire: String,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
    pub(crate) doc: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// A Rust type that names nothing of the output.
    Leaf(String),
    Array(Box<Kind>),
    /// A nested type, by its index.
    Nested(usize),
    /// A nested type that holds this one.
    Boxed(usize),
}

/// A struct or enum that fields name.
#[derive(Debug)]
pub(crate) struct Nested {
    pub(crate) body: NestedBody,
    pub(crate) uses: Vec<Use>,
    /// The type of the same shape that stands for this one.
    same_as: Option<usize>,
}

#[derive(Debug)]
pub(crate) enum NestedBody {
    Struct(Vec<Member>),
    Enum(Vec<String>),
}

/// A place that names a nested type.
#[derive(Debug, Clone)]
pub(crate) struct Use {
    pub(crate) model: usize,
    pub(crate) resource: usize,
    pub(crate) role: Role,
    pub(crate) parent: Parent,
    pub(crate) field: String,
    /// The name that the config has for it.
    pub(crate) stated: Option<String>,
}

/// The type that holds the field.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Parent {
    Top(String),
    Nested(usize),
}

/// All nested types, in the order in which they were met.
#[derive(Debug, Default)]
pub(crate) struct Shapes {
    all: Vec<Nested>,
    by_key: HashMap<String, usize>,
}

impl Shapes {
    pub(crate) fn resolve(&self, mut index: usize) -> usize {
        while let Some(same) = self.all[index].same_as {
            index = same;
        }
        index
    }

    pub(crate) fn get(&self, index: usize) -> &Nested {
        &self.all[self.resolve(index)]
    }

    /// The types that stand for themselves.
    pub(crate) fn indices(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.all.len()).filter(|index| self.all[*index].same_as.is_none())
    }
}

/// Reads the fields of one type of a resource.
pub(crate) struct FieldReader<'a> {
    pub(crate) shapes: &'a mut Shapes,
    pub(crate) config: &'a Config,
    pub(crate) warnings: &'a mut Warnings,
    pub(crate) model: (usize, &'a str),
    pub(crate) resource: (usize, &'a str),
    pub(crate) role: Role,
    /// The nested types around the place, each with whether an array led to it.
    around: Vec<(usize, bool)>,
    top: String,
    path: String,
}

impl<'a> FieldReader<'a> {
    pub(crate) fn new(
        shapes: &'a mut Shapes,
        config: &'a Config,
        warnings: &'a mut Warnings,
        model: (usize, &'a str),
        resource: (usize, &'a str),
        role: Role,
    ) -> Self {
        Self {
            shapes,
            config,
            warnings,
            model,
            resource,
            role,
            around: Vec::new(),
            top: String::new(),
            path: String::new(),
        }
    }

    /// The members of the type `name`, whose fields stand below `path` in the config.
    pub(crate) fn top(&mut self, name: &str, path: &str, fields: &[Field]) -> Vec<Member> {
        name.clone_into(&mut self.top);
        path.clone_into(&mut self.path);
        self.members(fields)
    }

    fn config_path(&self) -> ConfigPath<'_> {
        ConfigPath { model: self.model.1, segment: self.resource.1, rest: &self.path }
    }

    fn members(&mut self, fields: &[Field]) -> Vec<Member> {
        let mut members = Vec::with_capacity(fields.len());
        for field in fields {
            let length = self.path.len();
            if !self.path.is_empty() {
                self.path.push('.');
            }
            self.path.push_str(&field.name);
            members.extend(self.member(field));
            self.path.truncate(length);
        }
        members
    }

    fn member(&mut self, field: &Field) -> Option<Member> {
        let kind = match self.config.field(&self.config_path()) {
            Some(Choice::LeftOut) => return None,
            Some(Choice::Named(kind)) => Kind::Leaf(kind.clone()),
            None => {
                self.warn_of_what_is_open(field, &field.shape);
                self.kind(&field.name, &field.shape, false)
            }
        };
        Some(Member {
            wire: field.name.clone(),
            kind,
            required: field.required,
            doc: field.description.clone(),
        })
    }

    fn warn_of_what_is_open(&mut self, field: &Field, shape: &Shape) {
        let what = format!("{}.{}", self.resource.1, self.path);
        let message = match shape {
            Shape::Text(text) if text.cut > 0 => {
                format!("`{what}` has {} more values than are listed", text.cut)
            }
            Shape::Text(text)
                if text.format.is_none()
                    && text.words.is_empty()
                    && field.name.ends_with("_at") =>
            {
                format!("`{what}` has no format; it is taken as a date-time")
            }
            Shape::Array(item) if **item == Shape::Open => {
                format!("`{what}` is an array of an unknown type; its items are kept as JSON")
            }
            Shape::Array(item) => return self.warn_of_what_is_open(field, item),
            _ => return,
        };
        self.warnings.add(message, &[&field.place]);
    }

    fn kind(&mut self, name: &str, shape: &Shape, in_array: bool) -> Kind {
        if name == "remote_data" && !in_array {
            return Kind::Leaf("RemoteData".to_owned());
        }
        match shape {
            Shape::Array(item) => Kind::Array(Box::new(self.kind(name, item, true))),
            Shape::Object(fields) => self.object(name, fields, shape, in_array),
            Shape::Back(levels) => self.back(*levels, in_array),
            Shape::Text(text) if !text.words.is_empty() => {
                let key = format!("enum {:?}", sorted(&text.words));
                let at = self.met(name);
                let index = *self.shapes.by_key.entry(key).or_insert_with(|| {
                    self.shapes.all.push(Nested {
                        body: NestedBody::Enum(text.words.clone()),
                        uses: Vec::new(),
                        same_as: None,
                    });
                    self.shapes.all.len() - 1
                });
                self.shapes.all[index].uses.push(at);
                Kind::Nested(index)
            }
            leaf_shape => {
                let filter = self.role == Role::Query && self.around.is_empty() && !in_array;
                Kind::Leaf(leaf(name, leaf_shape, filter))
            }
        }
    }

    /// An object that holds this place; the record or parameters themselves have no index and stay JSON.
    fn back(&mut self, levels: usize, in_array: bool) -> Kind {
        let Some(at) = self.around.len().checked_sub(levels + 1) else {
            let to_top = self.around.len() == levels && self.role == Role::Response;
            let boxed = !in_array && self.around.iter().all(|(_, by_array)| !by_array);
            return match (to_top, boxed) {
                (true, true) => Kind::Leaf(format!("Box<{}>", self.top)),
                (true, false) => Kind::Leaf(self.top.clone()),
                (false, _) => Kind::Leaf("RemoteData".to_owned()),
            };
        };
        let index = self.around[at].0;
        let by_array = self.around[at + 1..].iter().any(|(_, by_array)| *by_array);
        match in_array || by_array {
            true => Kind::Nested(index),
            false => Kind::Boxed(index),
        }
    }

    /// A use of a nested type at this place.
    fn met(&self, field: &str) -> Use {
        Use {
            model: self.model.0,
            resource: self.resource.0,
            role: self.role,
            parent: match self.around.last() {
                Some((index, _)) => Parent::Nested(*index),
                None => Parent::Top(self.top.clone()),
            },
            field: field.to_owned(),
            stated: self.config.type_name(&self.config_path()).map(str::to_owned),
        }
    }

    fn object(&mut self, name: &str, fields: &[Field], shape: &Shape, in_array: bool) -> Kind {
        let at = self.met(name);
        let index = self.shapes.all.len();
        self.shapes.all.push(Nested {
            body: NestedBody::Struct(Vec::new()),
            uses: vec![at.clone()],
            same_as: None,
        });
        self.around.push((index, in_array));
        let members = self.members(fields);
        self.around.pop();
        if members.is_empty() && !fields.is_empty() {
            // All its fields are left out.
            self.shapes.all[index].uses.clear();
            return Kind::Leaf("RemoteData".to_owned());
        }
        let key = self.key(&members, shape, index);
        self.shapes.all[index].body = NestedBody::Struct(members);
        let first = *self.shapes.by_key.entry(key).or_insert(index);
        if first != index {
            self.shapes.all[index].same_as = Some(first);
            self.shapes.all[first].uses.push(at);
        }
        Kind::Nested(index)
    }

    /// What makes two objects one: the names of their fields, their types and whether they are required.
    fn key(&self, members: &[Member], shape: &Shape, index: usize) -> String {
        if reaches_out(shape, 0) {
            return format!("only {index}");
        }
        let mut parts: Vec<String> = members
            .iter()
            .map(|member| {
                let mut part =
                    format!("{:?}{}", member.wire, if member.required { "!" } else { ":" });
                self.kind_key(&member.kind, index, &mut part);
                part
            })
            .collect();
        parts.sort();
        parts.join(";")
    }

    fn kind_key(&self, kind: &Kind, own: usize, key: &mut String) {
        match kind {
            Kind::Leaf(name) => key.push_str(name),
            Kind::Array(item) => {
                key.push_str("[]");
                self.kind_key(item, own, key);
            }
            Kind::Nested(index) | Kind::Boxed(index) => {
                let index = self.shapes.resolve(*index);
                let boxed = matches!(kind, Kind::Boxed(_));
                match index == own {
                    true => key.push_str(if boxed { "^" } else { "@" }),
                    false => _ = write!(key, "#{index}"),
                }
            }
        }
    }
}

/// Whether a reference within the shape leads to an object around it.
fn reaches_out(shape: &Shape, depth: usize) -> bool {
    match shape {
        Shape::Back(levels) => *levels >= depth,
        Shape::Array(item) => reaches_out(item, depth),
        Shape::Object(fields) => {
            let mut fields = fields.iter();
            fields.any(|field| reaches_out(&field.shape, depth + 1))
        }
        _ => false,
    }
}

fn sorted(words: &[String]) -> Vec<&String> {
    let mut words: Vec<_> = words.iter().collect();
    words.sort();
    words
}

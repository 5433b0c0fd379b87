//! Collects the types of a model: one for each object and enum, at its wire path.

use std::collections::{BTreeSet, HashMap};

use super::types::{Role, Ty, is_operator, leaf};
use super::{Doc, Endpoint};
use crate::config::{Config, ConfigPath, Override};
use crate::diagnostic::{SourceError, Warnings};
use crate::model::{Field, Object, Place, Reference, Shape, Text};
use crate::words::{field as field_name, pascal, singular};

/// Arrays nested deeper than this are kept as JSON.
const MAX_ARRAYS: usize = 3;

/// A type before names are chosen.
#[derive(Debug)]
pub(crate) struct Draft<'a> {
    /// The resources that use it; the first one declares it if it is the only one.
    pub(crate) resources: BTreeSet<usize>,
    pub(crate) site: Site,
    /// More places that share it, each with a parent of a smaller index.
    pub(crate) more: Vec<(usize, String)>,
    /// The name of the config.
    pub(crate) stated: Option<String>,
    /// The name that follows from the wire path.
    pub(crate) wanted: String,
    /// The shorter name of a field that repeats its parent's name: `TicketType` of `ticket_type`.
    pub(crate) collapsed: Option<String>,
    pub(crate) roles: Vec<Role>,
    pub(crate) doc: Option<Doc>,
    pub(crate) endpoints: Vec<Endpoint>,
    pub(crate) body: DraftBody<'a>,
    source: DraftSource<'a>,
    place: Option<Place>,
}

/// The position of a type.
#[derive(Debug, Clone)]
pub(crate) enum Site {
    /// A record, a query or a body, with its path below the resource.
    Root { resource: usize, path: String },
    /// The field of another type.
    Nested { parent: usize, field: String },
}

#[derive(Debug)]
pub(crate) enum DraftBody<'a> {
    Struct(Vec<Member<'a>>),
    Enum(Vec<&'a str>),
}

#[derive(Debug, Clone, Copy)]
enum DraftSource<'a> {
    Object(&'a [Field]),
    Enum(&'a [String]),
}

/// A field with its type.
#[derive(Debug)]
pub(crate) struct Member<'a> {
    pub(crate) field: &'a Field,
    pub(crate) ty: Ty,
}

/// The reason for which two places share a type.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Shared {
    Config(String),
    Reference(Reference),
}

/// Reads the fields of one model.
pub(crate) struct Collector<'a, 'b> {
    pub(crate) config: &'b Config,
    pub(crate) warnings: &'b mut Warnings,
    pub(crate) errors: &'b mut Vec<SourceError>,
    pub(crate) model: &'a str,
    pub(crate) drafts: Vec<Draft<'a>>,
    shared: HashMap<Shared, usize>,
    // The place in hand.
    resource: usize,
    segment: &'a str,
    record: String,
    role: Role,
    /// The types around the place, each with whether an array led to it.
    around: Vec<(usize, bool)>,
    path: String,
    /// The parameters of a query or body for which `Request` has setters.
    pub(crate) skip: Option<fn(&str) -> bool>,
}

/// A record, a query or a body to collect.
pub(crate) struct Root<'a, 'n> {
    pub(crate) resource: usize,
    pub(crate) segment: &'a str,
    /// The name of the resource's record.
    pub(crate) record: &'n str,
    pub(crate) role: Role,
    pub(crate) path: &'n str,
    pub(crate) wanted: String,
    pub(crate) stated: Option<String>,
    pub(crate) doc: Doc,
}

impl<'a, 'b> Collector<'a, 'b> {
    pub(crate) fn new(
        config: &'b Config,
        warnings: &'b mut Warnings,
        errors: &'b mut Vec<SourceError>,
        model: &'a str,
    ) -> Self {
        Self {
            config,
            warnings,
            errors,
            model,
            drafts: Vec::new(),
            shared: HashMap::new(),
            resource: 0,
            segment: "",
            record: String::new(),
            role: Role::Response,
            around: Vec::new(),
            path: String::new(),
            skip: None,
        }
    }

    /// The type of a record, a query or a body; `None` if the config leaves none of its fields.
    pub(crate) fn root(
        &mut self,
        root: Root<'a, '_>,
        fields: &'a [Field],
        keep_empty: bool,
    ) -> Option<usize> {
        (self.resource, self.segment, self.role) = (root.resource, root.segment, root.role);
        root.record.clone_into(&mut self.record);
        root.path.clone_into(&mut self.path);
        let source = DraftSource::Object(fields);
        let place = fields.first().map(|field| field.place.clone());
        let shared = root.stated.clone().map(Shared::Config);
        if let Some(index) = self.find_shared(shared.as_ref(), source, place.as_ref()) {
            return Some(index);
        }
        let index = self.drafts.len();
        let site = Site::Root { resource: root.resource, path: root.path.to_owned() };
        self.push(site, root.wanted, root.stated, Some(root.doc), source, place);
        self.around.push((index, false));
        let members = self.members(fields);
        self.around.pop();
        if members.is_empty() && !keep_empty {
            self.drafts.truncate(index);
            return None;
        }
        self.drafts[index].body = DraftBody::Struct(members);
        if let Some(shared) = shared {
            self.shared.insert(shared, index);
        }
        Some(index)
    }

    fn push(
        &mut self,
        site: Site,
        wanted: String,
        stated: Option<String>,
        doc: Option<Doc>,
        source: DraftSource<'a>,
        place: Option<Place>,
    ) {
        self.drafts.push(Draft {
            resources: BTreeSet::from([self.resource]),
            site,
            more: Vec::new(),
            stated,
            wanted,
            collapsed: None,
            roles: vec![self.role],
            doc,
            endpoints: Vec::new(),
            body: DraftBody::Struct(Vec::new()),
            source,
            place,
        });
    }

    /// The type that the config or a `$ref` gives to this place, too.
    fn find_shared(
        &mut self,
        shared: Option<&Shared>,
        source: DraftSource<'a>,
        place: Option<&Place>,
    ) -> Option<usize> {
        let shared = shared?;
        let &index = self.shared.get(shared)?;
        let equal = match (self.drafts[index].source, source) {
            (DraftSource::Object(one), DraftSource::Object(other)) => one == other,
            (DraftSource::Enum(one), DraftSource::Enum(other)) => {
                let set = |words: &'a [String]| words.iter().collect::<BTreeSet<_>>();
                one.len() == other.len() && set(one) == set(other)
            }
            _ => false,
        };
        if equal {
            self.use_again(index);
            return Some(index);
        }
        if let Shared::Config(name) = shared {
            let here = format!("{}.{}", self.segment, self.path);
            let first = self.drafts[index].place.clone();
            let places: Vec<String> =
                [first.as_ref(), place].into_iter().flatten().map(ToString::to_string).collect();
            let message = format!(
                "`[types]` has `{name}` for places of unequal shapes, the second one `{here}` ({})",
                places.join(", ")
            );
            self.errors.push(SourceError::new(message).expected("a name for each shape"));
            return Some(index);
        }
        None
    }

    /// Marks a type, and everything in it, as used by the resource and role in hand.
    fn use_again(&mut self, index: usize) {
        let mut open = vec![index];
        while let Some(index) = open.pop() {
            let draft = &mut self.drafts[index];
            let new = draft.resources.insert(self.resource) | !draft.roles.contains(&self.role);
            if !new {
                continue;
            }
            if !draft.roles.contains(&self.role) {
                draft.roles.push(self.role);
            }
            if let DraftBody::Struct(members) = &draft.body {
                let mut inner = BTreeSet::new();
                for member in members {
                    member.ty.own_types(&mut inner);
                }
                open.extend(inner);
            }
        }
    }

    pub(crate) fn config_path(&self) -> ConfigPath<'_> {
        ConfigPath { model: self.model, segment: self.segment, rest: &self.path }
    }

    fn members(&mut self, fields: &'a [Field]) -> Vec<Member<'a>> {
        let mut members = Vec::with_capacity(fields.len());
        for field in fields {
            if self.around.len() == 1 && self.skip.is_some_and(|skip| skip(&field.name)) {
                continue;
            }
            let length = self.path.len();
            if !self.path.is_empty() {
                self.path.push('.');
            }
            self.path.push_str(&field.name);
            let ty = match self.config.field(&self.config_path()) {
                Some(Override::LeftOut) => None,
                Some(Override::Named(kind)) => Some(Ty::Plain(kind.clone())),
                None => {
                    self.warn_of_open_shapes(field, &field.shape);
                    Some(self.ty(&field.name, field, &field.shape, 0))
                }
            };
            members.extend(ty.map(|ty| Member { field, ty }));
            self.path.truncate(length);
        }
        members
    }

    fn warn_of_open_shapes(&mut self, field: &Field, shape: &Shape) {
        let what = format!("{}.{}", self.segment, self.path);
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
            Shape::Array(item) | Shape::Nullable(item) => {
                return self.warn_of_open_shapes(field, item);
            }
            _ => return,
        };
        self.warnings.add(message, &[&field.place]);
    }

    fn ty(&mut self, name: &str, field: &'a Field, shape: &'a Shape, arrays: usize) -> Ty {
        if name == "remote_data" && arrays == 0 {
            return Ty::remote_data();
        }
        match shape {
            Shape::Array(_) if arrays >= MAX_ARRAYS => Ty::remote_data(),
            Shape::Array(item) => Ty::std("Vec", self.item(name, field, item, arrays)),
            Shape::Map(value) => Ty::std("BTreeMap", self.item(name, field, value, arrays)),
            Shape::Nullable(item) => Ty::std("Option", self.ty(name, field, item, arrays)),
            Shape::Object(object) => self.object(name, field, object, arrays > 0),
            Shape::Back(levels) => self.back(*levels, arrays > 0),
            Shape::Coded(inner) => Ty::or_raw(leaf("", inner, self.role, false, false)),
            Shape::Text(text) if !text.words.is_empty() => self.enumeration(name, field, text),
            scalar => {
                let filter = self.role == Role::Query && self.around.len() == 1 && arrays == 0;
                leaf(name, scalar, self.role, filter, self.config.tolerant_scalars())
            }
        }
    }

    /// An item of an array or map: within it a PATCH body holds whole values.
    fn item(&mut self, name: &str, field: &'a Field, shape: &'a Shape, arrays: usize) -> Ty {
        let role = self.role;
        if role == Role::Patch {
            self.role = Role::Body;
        }
        let ty = self.ty(name, field, shape, arrays + 1);
        self.role = role;
        ty
    }

    /// The enclosing type that a reference leads back to.
    fn back(&self, levels: usize, in_array: bool) -> Ty {
        let Some(at) = self.around.len().checked_sub(levels + 1) else {
            return Ty::remote_data();
        };
        let by_array = in_array || self.around[at + 1..].iter().any(|(_, by_array)| *by_array);
        let own = Ty::Own(self.around[at].0);
        if by_array { own } else { Ty::std("Box", own) }
    }

    /// Position of the current field, the name derived from it, and a shorter one if the field repeats its parent's.
    fn site(&self, field: &str, reference: Option<&Reference>) -> (Site, String, Option<String>) {
        let parent = self.around.last().map_or(0, |(index, _)| *index);
        let site = Site::Nested { parent, field: field.to_owned() };
        if let Some(name) = reference.and_then(definition) {
            let own = pascal(name, "Type");
            let wanted = match own.starts_with(&self.record) {
                true => own,
                false => format!("{}{own}", self.record),
            };
            return (site, wanted, None);
        }
        let draft = &self.drafts[parent];
        let base = draft.stated.as_ref().or(draft.collapsed.as_ref()).unwrap_or(&draft.wanted);
        let own = pascal(&singular(&field_name(field)), "Field");
        let repeats = own.strip_prefix(base.as_str()).is_some_and(|rest| {
            rest.starts_with(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit())
        });
        // Types below such a field use the shorter name, too.
        let wanted = format!("{base}{own}");
        (site, wanted, repeats.then_some(own))
    }

    fn shared(&self, reference: Option<&Reference>) -> (Option<String>, Option<Shared>) {
        let stated = self.config.type_name(&self.config_path()).map(str::to_owned);
        let shared = match (&stated, reference) {
            (Some(name), _) => Some(Shared::Config(name.clone())),
            // Sent and received forms of one definition differ in what may be missing.
            (None, Some(reference)) if self.role != Role::Patch => {
                Some(Shared::Reference(reference.clone()))
            }
            _ => None,
        };
        (stated, shared)
    }

    fn nested(
        &mut self,
        name: &str,
        field: &'a Field,
        source: DraftSource<'a>,
        reference: Option<&Reference>,
    ) -> (usize, Option<Shared>, bool) {
        let (stated, shared) = self.shared(reference);
        let (site, wanted, collapsed) = self.site(name, reference);
        if let Some(index) = self.find_shared(shared.as_ref(), source, Some(&field.place)) {
            match site {
                Site::Nested { parent, field } if parent < index => {
                    self.drafts[index].more.push((parent, field));
                }
                _ => {}
            }
            return (index, shared, true);
        }
        let index = self.drafts.len();
        self.push(site, wanted, stated, None, source, Some(field.place.clone()));
        self.drafts[index].collapsed = collapsed;
        (index, shared, false)
    }

    fn enumeration(&mut self, name: &str, field: &'a Field, text: &'a Text) -> Ty {
        let source = DraftSource::Enum(&text.words);
        let (index, shared, known) = self.nested(name, field, source, text.reference.as_ref());
        if !known {
            let mut seen = BTreeSet::new();
            let words = text.words.iter().map(String::as_str);
            self.drafts[index].body =
                DraftBody::Enum(words.filter(|word| seen.insert(*word)).collect());
            if let Some(shared) = shared {
                self.shared.entry(shared).or_insert(index);
            }
        }
        Ty::or_raw(Ty::Own(index))
    }

    fn object(&mut self, name: &str, field: &'a Field, object: &'a Object, in_array: bool) -> Ty {
        let top_of_query = self.role == Role::Query && self.around.len() == 1 && !in_array;
        if top_of_query && object.fields.iter().all(|field| is_operator(&field.name)) {
            return filter(name, &object.fields);
        }
        // A type that refers to one around it belongs to that one alone.
        let reference = object.reference.as_ref().filter(|_| !reaches_out(&object.fields, 0));
        let source = DraftSource::Object(&object.fields);
        let (index, shared, known) = self.nested(name, field, source, reference);
        if known {
            return Ty::Own(index);
        }
        self.around.push((index, in_array));
        let members = self.members(&object.fields);
        self.around.pop();
        if members.is_empty() && !object.fields.is_empty() {
            // The config leaves out all of its fields.
            self.drafts.truncate(index);
            return Ty::remote_data();
        }
        self.drafts[index].body = DraftBody::Struct(members);
        if let Some(shared) = shared {
            self.shared.entry(shared).or_insert(index);
        }
        Ty::Own(index)
    }
}

/// The name of a definition, `Address` of `/definitions/Address`; other pointers lead to places.
fn definition(reference: &Reference) -> Option<&str> {
    let parts: Vec<&str> = reference.pointer.split('/').skip(1).collect();
    match parts.as_slice() {
        [list, .., name] if ["definitions", "$defs", "components"].contains(list) => Some(*name),
        _ => None,
    }
}

/// `Filter` of the values that its operators take.
fn filter(name: &str, operators: &[Field]) -> Ty {
    let dated = |shape: &Shape| matches!(shape, Shape::Text(Text { format: Some(_), .. }));
    let shapes = operators.iter().map(|field| &field.shape);
    let shape = shapes.clone().find(|shape| dated(shape)).or_else(|| shapes.clone().next());
    let value = match shape {
        None | Some(Shape::Open) => {
            leaf(name, &Shape::Text(Text::default()), Role::Query, false, false)
        }
        Some(shape) => leaf(name, shape, Role::Query, false, false),
    };
    let value = match value {
        Ty::Runtime("OrRaw", mut inner) => inner.pop().unwrap_or_else(Ty::remote_data),
        // Operators take values, not objects.
        Ty::Runtime("RemoteData", _) => Ty::plain("String"),
        other => other,
    };
    Ty::Runtime("Filter", vec![value])
}

/// Returns whether a reference within the fields leads to an object around them.
fn reaches_out(fields: &[Field], depth: usize) -> bool {
    fn shape_reaches_out(shape: &Shape, depth: usize) -> bool {
        match shape {
            Shape::Back(levels) => *levels > depth,
            Shape::Array(item) | Shape::Nullable(item) | Shape::Map(item) => {
                shape_reaches_out(item, depth)
            }
            Shape::Object(object) => reaches_out(&object.fields, depth + 1),
            _ => false,
        }
    }
    fields.iter().any(|field| shape_reaches_out(&field.shape, depth))
}

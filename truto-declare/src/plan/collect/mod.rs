//! Collects the types of a model: one for each object and enum, at its wire path.

mod draft;
mod shared;
#[cfg(test)]
mod tests;

pub(crate) use draft::{Draft, DraftBody, Member, Site};

use std::collections::{BTreeSet, HashMap};

use super::Doc;
use super::types::{Role, Ty, filter, is_operator, leaf};
use crate::config::{Config, ConfigPath, Override};
use crate::diagnostic::{SourceError, Warnings};
use crate::lock::LockedModel;
use crate::model::{Field, Object, Place, Reference, Shape, Text};
use crate::text::counted;
use crate::words::{field as field_name, pascal, singular};
use draft::DraftSource;
use shared::{Shared, definition, reaches_out};

/// Arrays nested deeper than this are kept as JSON.
const MAX_ARRAYS: usize = 3;

/// Reads the fields of one model.
pub(crate) struct Collector<'a, 'b> {
    pub(crate) config: &'b Config,
    pub(crate) warnings: &'b mut Warnings,
    pub(crate) errors: &'b mut Vec<SourceError>,
    pub(crate) model: &'a str,
    locked: Option<&'b LockedModel>,
    pub(crate) drafts: Vec<Draft<'a>>,
    shared: HashMap<Shared, usize>,
    // The current place.
    resource: usize,
    segment: &'a str,
    record: String,
    role: Role,
    /// The enclosing types; the flag is true if an array leads to the type.
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
        locked: Option<&'b LockedModel>,
    ) -> Self {
        Self {
            config,
            warnings,
            errors,
            model,
            locked,
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

    /// The type of a record, a query or a body; `None` if the config leaves out all of its fields.
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
            // Nothing refers to this draft, or to one that was added after it.
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
            is_locked: false,
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

    pub(crate) fn config_path(&self) -> ConfigPath<'_> {
        ConfigPath { model: self.model, segment: self.segment, rest: &self.path }
    }

    fn members(&mut self, fields: &'a [Field]) -> Vec<Member<'a>> {
        let mut members = Vec::with_capacity(fields.len());
        for field in fields {
            // At the top level only: nested fields are data, whatever their names.
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
        let what = self.config_path().long();
        let message = match shape {
            Shape::Text(text) if text.cut > 0 => {
                format!("`{what}` has {} than are listed", counted(text.cut, "more value"))
            }
            Shape::Text(text)
                if text.format.is_none()
                    && text.words.is_empty()
                    && field.name.ends_with("_at") =>
            {
                format!("`{what}` has no format; it is assumed to be a date-time")
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

    /// An item of an array or map. In a PATCH body, items are replaced as a whole, so their fields are
    /// not updates.
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
        // A `Vec` breaks the cycle like a `Box`: without either, the type would be infinite.
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
            // The definitions of a query or body are named after it, not after the record.
            let root = self.around.first().filter(|_| self.role != Role::Response);
            let wanted = match root.map(|(root, _)| &self.drafts[*root].wanted) {
                Some(base) => {
                    let rest =
                        own.strip_prefix(self.record.as_str()).filter(|rest| !rest.is_empty());
                    format!("{base}{}", rest.unwrap_or(&own))
                }
                None if own.starts_with(&self.record) => own,
                None => format!("{}{own}", self.record),
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

    fn nested(
        &mut self,
        name: &str,
        field: &'a Field,
        source: DraftSource<'a>,
        reference: Option<&Reference>,
    ) -> (usize, Option<Shared>, bool) {
        let (stated, shared) = self.shared(reference);
        let (site, wanted, collapsed) = self.site(name, reference);
        let is_locked = self.has_locked_type();
        let shared = shared.filter(|shared| !is_locked || self.may_join(shared));
        if let Some(index) = self.find_shared(shared.as_ref(), source, Some(&field.place)) {
            self.drafts[index].is_locked |= is_locked;
            match site {
                // Paths are built in the order of the types: only an earlier parent has one.
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
        self.drafts[index].is_locked = is_locked;
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
        // A type that refers to an enclosing type cannot be shared with places outside of it.
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

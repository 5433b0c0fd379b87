//! Places that share one type: by the config, or by a `$ref` of the source.

use std::collections::BTreeSet;

use super::Collector;
use super::draft::{DraftBody, DraftSource};
use crate::diagnostic::SourceError;
use crate::model::{Field, Place, Reference, Shape};
use crate::plan::types::Role;

/// The reason for which two places share a type.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) enum Shared {
    Config(String),
    Reference(Reference),
}

impl<'a> Collector<'a, '_> {
    /// The existing type that the config or a `$ref` assigns to this place.
    pub(super) fn find_shared(
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
                // Most `$ref`s to one definition share its words.
                std::ptr::eq(one, other) || one.len() == other.len() && set(one) == set(other)
            }
            _ => false,
        };
        if equal {
            self.use_again(index);
            return Some(index);
        }
        if let Shared::Config(name) = shared {
            let here = self.config_path().long();
            let first = self.drafts[index].place.clone();
            let places: Vec<String> =
                [first.as_ref(), place].into_iter().flatten().map(ToString::to_string).collect();
            let message = format!(
                "`[types]` has `{name}` for types of different shapes, the second one at `{here}` ({})",
                places.join(", ")
            );
            self.errors.push(SourceError::new(message).expected("a name for each shape"));
            return Some(index);
        }
        None
    }

    /// Returns whether the lock has a type at the current place.
    pub(super) fn has_locked_type(&self) -> bool {
        let resource = self.locked.and_then(|model| model.resources.get(self.segment));
        resource.is_some_and(|resource| {
            resource.types.contains_key(&format!("{}.{}", self.segment, self.path))
        })
    }

    /// Returns whether a place that has its own type in the lock may share another one.
    ///
    /// Two types of the lock stay separate even if the source now has one definition for both.
    pub(super) fn may_join(&self, shared: &Shared) -> bool {
        let known = self.shared.get(shared).map(|&index| &self.drafts[index]);
        matches!(shared, Shared::Config(_)) || known.is_none_or(|draft| !draft.is_locked)
    }

    /// Marks a type, and everything in it, as used by the current resource and role.
    fn use_again(&mut self, index: usize) {
        let mut open = vec![index];
        // Terminates even for recursive types: a marked one is not visited again.
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

    pub(super) fn shared(&self, reference: Option<&Reference>) -> (Option<String>, Option<Shared>) {
        let stated = self.config.type_name(&self.config_path()).map(str::to_owned);
        let shared = match (&stated, reference) {
            (Some(name), _) => Some(Shared::Config(name.clone())),
            // Except in a PATCH body, whose form of a definition has other optional fields.
            (None, Some(reference)) if self.role != Role::Patch => {
                Some(Shared::Reference(reference.clone()))
            }
            _ => None,
        };
        (stated, shared)
    }
}

/// The name of a definition, `Address` of `/definitions/Address`; other pointers lead to places.
pub(super) fn definition(reference: &Reference) -> Option<&str> {
    let parts: Vec<&str> = reference.pointer.split('/').skip(1).collect();
    match parts.as_slice() {
        [list, .., name] if ["definitions", "$defs", "components"].contains(list) => Some(*name),
        _ => None,
    }
}

/// Returns whether a reference within the fields leads to an object around them.
pub(super) fn reaches_out(fields: &[Field], depth: usize) -> bool {
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

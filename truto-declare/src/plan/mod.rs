//! From the merged sources to declarations: types, names and endpoints, not yet text.

mod build;
mod collect;
mod endpoint;
#[cfg(test)]
mod endpoint_tests;
mod infinite;
mod locked;
mod modules;
mod naming;
mod resource;
#[cfg(test)]
mod tests;
mod types;

pub(crate) use build::plan;
pub(crate) use types::Ty;

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::model::Place;

/// Everything that a run declares.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) models: Vec<ModelPlan>,
}

#[derive(Debug)]
pub(crate) struct ModelPlan {
    pub(crate) segment: String,
    /// The folder and module of the model; empty if its files are in the output folder itself.
    pub(crate) folder: String,
    pub(crate) files: Vec<FilePlan>,
    /// All types of the model; [`Ty::Own`] refers to them by index.
    pub(crate) types: Vec<Type>,
}

/// The file of a resource.
#[derive(Debug)]
pub(crate) struct FilePlan {
    pub(crate) segment: String,
    pub(crate) module: String,
    /// Indices of the types that this file declares, in their order.
    pub(crate) types: Vec<usize>,
}

#[derive(Debug)]
pub(crate) struct Type {
    pub(crate) name: String,
    /// The wire path, `users.emails`.
    pub(crate) path: String,
    /// Index of the resource that declares it; `None` for a type of `shared.rs`.
    pub(crate) file: Option<usize>,
    /// Index of the resource whose wire path it has.
    pub(crate) resource: usize,
    pub(crate) doc: Option<Doc>,
    pub(crate) endpoints: Vec<Endpoint>,
    pub(crate) role: TypeRole,
    pub(crate) body: TypeBody,
}

/// Selects the derives of the config.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TypeRole {
    Record,
    /// Sent only, as a query or a body.
    Body,
    Enum,
}

#[derive(Debug)]
pub(crate) enum TypeBody {
    Struct(Vec<StructField>),
    Enum(Vec<Variant>),
}

/// The text above a type.
#[derive(Debug)]
pub(crate) enum Doc {
    /// Of the source: plain text.
    Foreign(String),
    /// Our own, in Markdown.
    Own(String),
}

#[derive(Debug)]
pub(crate) struct StructField {
    pub(crate) ident: String,
    pub(crate) wire: String,
    /// The type without the `Option` or `Update` around it.
    pub(crate) inner: Ty,
    pub(crate) presence: Presence,
    pub(crate) doc: Option<String>,
    pub(crate) place: Place,
}

/// Representation of a missing field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    Required,
    /// `Option`; `null` on the wire for `None`, or nothing at all in a query.
    Optional,
    /// `Option`, not sent for `None`.
    Skipped,
    /// `Update`, for a PATCH body.
    Updated,
}

#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) ident: String,
    pub(crate) wire: String,
}

#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) verb: String,
    pub(crate) path: String,
    pub(crate) function: String,
    /// The attribute needs `name = …`.
    pub(crate) named: bool,
    pub(crate) query: Option<Ty>,
    pub(crate) body: Option<Ty>,
    pub(crate) response: Option<Ty>,
    pub(crate) place: Place,
}

impl Plan {
    /// The places of endpoints, and of the fields of these types, by `<model> <wire path>`. `types` has the model
    /// and the wire path of each.
    pub(crate) fn places(&self, types: &HashSet<(&str, &str)>) -> HashMap<String, Place> {
        let mut places = HashMap::new();
        for model in &self.models {
            for ty in &model.types {
                let is_wanted = types.contains(&(&*model.segment, &*ty.path));
                if let (true, TypeBody::Struct(fields)) = (is_wanted, &ty.body) {
                    for field in fields {
                        let wire = crate::wire_path::segment(&field.wire);
                        let path = format!("{} {}.{wire}", model.segment, ty.path);
                        places.insert(path, field.place.clone());
                    }
                }
                for endpoint in &ty.endpoints {
                    let path = format!("{} {} {}", model.segment, endpoint.verb, endpoint.path);
                    places.insert(path, endpoint.place.clone());
                }
            }
        }
        places
    }
}

impl StructField {
    pub(crate) fn ty(&self) -> Ty {
        match self.presence {
            Presence::Required => self.inner.clone(),
            Presence::Optional | Presence::Skipped => Ty::std("Option", self.inner.clone()),
            Presence::Updated => Ty::Runtime("Update", vec![self.inner.clone()]),
        }
    }
}

impl Type {
    /// The required fields, if it is a struct.
    pub(crate) fn required(&self) -> impl Iterator<Item = &StructField> {
        let fields: &[StructField] = match &self.body {
            TypeBody::Struct(fields) => fields,
            TypeBody::Enum(_) => &[],
        };
        fields.iter().filter(|field| field.presence == Presence::Required)
    }

    /// The types of the model that its fields and endpoints name.
    pub(crate) fn uses(&self) -> BTreeSet<usize> {
        let mut uses = BTreeSet::new();
        if let TypeBody::Struct(fields) = &self.body {
            for field in fields {
                field.inner.own_types(&mut uses);
            }
        }
        for endpoint in &self.endpoints {
            let types = [&endpoint.query, &endpoint.body, &endpoint.response];
            types.into_iter().flatten().for_each(|ty| ty.own_types(&mut uses));
        }
        uses
    }
}

impl ModelPlan {
    /// The text of a type, as the lock and the report write it.
    pub(crate) fn text(&self, ty: &Ty) -> String {
        ty.text(&|index| self.types[index].name.clone())
    }
}

/// The route of a resource's list.
pub(crate) fn route(model: &str, segment: &str) -> String {
    format!("{}{segment}", endpoint::prefix(model))
}

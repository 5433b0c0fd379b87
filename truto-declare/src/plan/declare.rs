//! The types of the plan, once all names are chosen.

use std::collections::{BTreeSet, HashMap};

use super::build::Top;
use super::names::unique;
use super::shapes::{Kind, Member, NestedBody, Shapes};
use super::types::{Role, too_many_arrays};
use super::words::{field, pascal};
use super::{Doc, StructField, Type, TypeBody, Variant};
use crate::diagnostic::Warnings;

/// Writes types with the names that were chosen.
pub(super) struct Types<'a> {
    pub(super) shapes: &'a Shapes,
    pub(super) names: &'a HashMap<usize, String>,
}

impl Types<'_> {
    pub(super) fn top(&self, top: Top, warnings: &mut Warnings) -> Type {
        let is = |role| top.role == role;
        let (fields, uses) = self.fields(&top.name, &top.members, is(Role::Body), warnings);
        let new = !is(Role::Response) && fields.iter().any(|field| field.required);
        let mut derives = vec!["Debug", "Clone"];
        match (is(Role::Response), new) {
            (true, _) => derives.extend(["PartialEq", "Serialize", "Deserialize"]),
            (false, true) => derives.push("Serialize"),
            (false, false) => derives.extend(["Default", "Serialize"]),
        }
        Type {
            name: top.name,
            doc: top.doc,
            derives,
            endpoints: top.endpoints,
            body: TypeBody::Struct { fields, new },
            uses,
        }
    }

    pub(super) fn nested(&self, index: usize, warnings: &mut Warnings) -> Option<Type> {
        let nested = self.shapes.get(index);
        let name = self.names.get(&index)?.clone();
        let used = |role| nested.uses.iter().any(|at| at.role == role);
        let (response, sent) = (used(Role::Response), used(Role::Query) || used(Role::Body));
        let field = nested.uses.first().map(|at| at.field.clone()).unwrap_or_default();
        let doc = Doc::Own(match nested.body {
            NestedBody::Enum(_) => format!("The known values of `{}`.", crate::text::code(&field)),
            NestedBody::Struct(_) => format!("The value of `{}`.", crate::text::code(&field)),
        });
        let mut names = BTreeSet::new();
        let (derives, body) = match &nested.body {
            NestedBody::Enum(words) => {
                let wires: Vec<&str> = words.iter().map(String::as_str).collect();
                let variant = |word: &str| match pascal(word, "Value") {
                    name if name == "Self" => "SelfValue".to_owned(),
                    name => name,
                };
                let idents = unique(&wires, variant, &name, warnings);
                let variants = idents
                    .into_iter()
                    .zip(words)
                    .map(|(ident, wire)| Variant { ident, wire: wire.clone() });
                let derives = vec![
                    "Debug",
                    "Clone",
                    "Copy",
                    "PartialEq",
                    "Eq",
                    "Hash",
                    "Serialize",
                    "Deserialize",
                ];
                (derives, TypeBody::Enum(variants.collect()))
            }
            NestedBody::Struct(members) => {
                let (fields, inner) = self.fields(&name, members, used(Role::Body), warnings);
                names = inner;
                let new = sent && fields.iter().any(|field| field.required);
                let mut derives = vec!["Debug", "Clone"];
                if sent && !new {
                    derives.push("Default");
                }
                match response {
                    true => derives.extend(["PartialEq", "Serialize", "Deserialize"]),
                    false => derives.push("Serialize"),
                }
                (derives, TypeBody::Struct { fields, new })
            }
        };
        Some(Type { name, doc, derives, endpoints: Vec::new(), body, uses: names })
    }

    fn fields(
        &self,
        name: &str,
        members: &[Member],
        skip: bool,
        warnings: &mut Warnings,
    ) -> (Vec<StructField>, BTreeSet<String>) {
        let wires: Vec<&str> = members.iter().map(|member| member.wire.as_str()).collect();
        let idents = unique(&wires, field, name, warnings);
        let mut uses = BTreeSet::new();
        let fields = members.iter().zip(idents).map(|(member, ident)| StructField {
            ident,
            wire: member.wire.clone(),
            inner: self.kind(&member.kind, 0, &mut uses),
            required: member.required,
            doc: member.doc.clone(),
            skip: skip && !member.required,
        });
        let fields = fields.collect();
        uses.remove(name);
        (fields, uses)
    }

    fn kind(&self, kind: &Kind, arrays: usize, uses: &mut BTreeSet<String>) -> String {
        match kind {
            Kind::Leaf(name) => name.clone(),
            Kind::Array(_) if too_many_arrays(arrays + 1) => "RemoteData".to_owned(),
            Kind::Array(item) => format!("Vec<{}>", self.kind(item, arrays + 1, uses)),
            Kind::Nested(index) | Kind::Boxed(index) => {
                let index = self.shapes.resolve(*index);
                let Some(name) = self.names.get(&index) else {
                    return "RemoteData".to_owned();
                };
                uses.insert(name.clone());
                match (kind, &self.shapes.get(index).body) {
                    (Kind::Boxed(_), _) => format!("Box<{name}>"),
                    (_, NestedBody::Enum(_)) => format!("OrRaw<{name}>"),
                    (_, NestedBody::Struct(_)) => name.clone(),
                }
            }
        }
    }
}

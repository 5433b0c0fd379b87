//! Types that would contain themselves, because of a type in `[fields]`.

use std::collections::{HashMap, HashSet};

use syn::{GenericArgument, PathArguments, Type as RustType};

use super::{Ty, Type, TypeBody};
use crate::config::{Config, last_word};
use crate::diagnostic::SourceError;

/// An error for each field whose type, as the config has it, leads back to the type of the field without a
/// `Box` or a `Vec` in between.
pub(super) fn errors(types: &[Type], config: &Config) -> Vec<SourceError> {
    let places = config.field_types();
    if places.is_empty() {
        return Vec::new();
    }
    let by_name = types.iter().enumerate().map(|(index, ty)| (ty.name.as_str(), index)).collect();
    let graph = Graph { types, by_name };
    let place = |ty: &str, field: &str| {
        let candidates = places.get(&(ty, last_word(field)))?;
        let is_field =
            |key: &str| key.strip_suffix(field).is_some_and(|before| before.ends_with('.'));
        candidates.iter().find(|(key, _)| is_field(key)).map(|(_, place)| *place)
    };
    // A type is often that of many fields.
    let mut reached: HashMap<(&str, usize), Option<usize>> = HashMap::new();
    let mut errors = Vec::new();
    for (index, ty) in types.iter().enumerate() {
        let TypeBody::Struct(fields) = &ty.body else { continue };
        for field in fields {
            let Ty::Plain(text) = &field.inner else { continue };
            let Some(place) = place(text, &field.wire) else { continue };
            let held = reached.entry((text, index)).or_insert_with(|| {
                graph.named(text).into_iter().find(|held| graph.reaches(*held, index))
            });
            if let Some(held) = *held {
                let message = format!(
                    "`{text}`, for `{}`, makes `{}` infinite: it would contain itself",
                    field.wire, ty.name
                );
                let held = &types[held].name;
                let expected = format!("`Box<{held}>` or `Vec<{held}>`");
                errors.push(SourceError::at(place, message).expected(expected));
            }
        }
    }
    errors
}

struct Graph<'t> {
    types: &'t [Type],
    by_name: HashMap<&'t str, usize>,
}

impl Graph<'_> {
    fn reaches(&self, from: usize, wanted: usize) -> bool {
        let (mut open, mut seen) = (vec![from], HashSet::from([from]));
        while let Some(index) = open.pop() {
            if index == wanted {
                return true;
            }
            if let TypeBody::Struct(fields) = &self.types[index].body {
                let held = fields.iter().flat_map(|field| self.held(&field.inner));
                open.extend(held.filter(|held| seen.insert(*held)));
            }
        }
        false
    }

    /// The types of the model of which a value is stored in place.
    fn held(&self, ty: &Ty) -> Vec<usize> {
        match ty {
            Ty::Own(index) => vec![*index],
            Ty::Std("Option", inner) => self.held(inner),
            Ty::Std(..) => Vec::new(),
            Ty::Runtime(_, inner) => inner.iter().flat_map(|inner| self.held(inner)).collect(),
            Ty::Plain(text) => self.named(text),
        }
    }

    /// The same of a type in the config.
    fn named(&self, text: &str) -> Vec<usize> {
        let mut found = Vec::new();
        if crate::lock::names(text).any(|name| self.by_name.contains_key(name)) {
            if let Ok(ty) = syn::parse_str(text) {
                self.in_place(&ty, &mut found);
            }
        }
        found
    }

    fn in_place(&self, ty: &RustType, found: &mut Vec<usize>) {
        match ty {
            RustType::Paren(inner) => self.in_place(&inner.elem, found),
            RustType::Array(inner) => self.in_place(&inner.elem, found),
            RustType::Tuple(all) => all.elems.iter().for_each(|ty| self.in_place(ty, found)),
            RustType::Path(path) => {
                if let Some(index) =
                    path.path.get_ident().and_then(|name| self.by_name.get(&*name.to_string()))
                {
                    found.push(*index);
                }
                let Some(last) = path.path.segments.last() else { return };
                // Any other generic type may hold its values elsewhere.
                let is_wrapper =
                    ["Option", "OrRaw", "Update"].iter().any(|name| last.ident == name);
                if let (true, PathArguments::AngleBracketed(all)) = (is_wrapper, &last.arguments) {
                    for argument in &all.args {
                        if let GenericArgument::Type(ty) = argument {
                            self.in_place(ty, found);
                        }
                    }
                }
            }
            _ => {}
        }
    }
}

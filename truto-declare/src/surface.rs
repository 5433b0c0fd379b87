//! What generated files declare, read back from their text, and the words for how two of them differ.

use std::collections::{BTreeMap, BTreeSet};

use syn::{Attribute, Item, Lit, Meta};

/// The declarations of some files.
#[derive(Debug, Default)]
pub(crate) struct Surface {
    structs: BTreeMap<String, BTreeMap<String, String>>,
    enums: BTreeMap<String, BTreeSet<String>>,
    endpoints: BTreeMap<String, String>,
}

impl Surface {
    /// Adds the declarations of a text; what is not Rust declares nothing.
    pub(crate) fn add(&mut self, text: &str) {
        let Ok(file) = syn::parse_file(text) else {
            return;
        };
        for item in file.items {
            match item {
                Item::Struct(item) => {
                    for attribute in &item.attrs {
                        self.endpoints.extend(endpoint(attribute));
                    }
                    let field = |field: syn::Field| {
                        let ident = field.ident.as_ref().map(ToString::to_string);
                        let wire = rename(&field.attrs).or(ident)?;
                        Some((wire, tokens(&field.ty)))
                    };
                    let fields = item.fields.into_iter().filter_map(field).collect();
                    self.structs.insert(item.ident.to_string(), fields);
                }
                Item::Enum(item) => {
                    let word = |variant: syn::Variant| {
                        rename(&variant.attrs).unwrap_or_else(|| variant.ident.to_string())
                    };
                    let words = item.variants.into_iter().map(word).collect();
                    self.enums.insert(item.ident.to_string(), words);
                }
                _ => {}
            }
        }
    }

    /// What is new, gone or other in `new`, a line each.
    pub(crate) fn changes(&self, new: &Self) -> Vec<String> {
        let mut lines = Vec::new();
        for (name, fields) in &new.structs {
            match self.structs.get(name) {
                Some(old) => self.fields(new, name, old, fields, &mut lines),
                None => lines.push(format!("`{name}`: added")),
            }
        }
        let gone = self.structs.keys().filter(|name| !new.structs.contains_key(*name));
        lines.extend(gone.map(|name| format!("`{name}`: gone")));
        for (route, attribute) in &new.endpoints {
            match self.endpoints.get(route) {
                Some(old) if old == attribute => {}
                Some(old) => lines.push(format!("`{route}`: from `{old}` to `{attribute}`")),
                None => lines.push(format!("`{route}`: added")),
            }
        }
        let gone = self.endpoints.keys().filter(|route| !new.endpoints.contains_key(*route));
        lines.extend(gone.map(|route| format!("`{route}`: gone")));
        for (name, words) in &new.enums {
            let Some(old) = self.enums.get(name) else {
                continue;
            };
            // The fields that take the words say it in the words of Truto.
            let places = new.places(name);
            let places = if places.is_empty() { vec![name.clone()] } else { places };
            for place in places {
                let added = words.difference(old);
                lines.extend(added.map(|word| format!("`{place}`: new value `{}`", shown(word))));
                let gone = old.difference(words);
                lines
                    .extend(gone.map(|word| format!("`{place}`: value `{}` is gone", shown(word))));
            }
        }
        lines
    }

    fn fields(
        &self,
        new: &Self,
        name: &str,
        old: &BTreeMap<String, String>,
        fields: &BTreeMap<String, String>,
        lines: &mut Vec<String>,
    ) {
        for (wire, kind) in fields {
            let field = format!("`{name}.{}`", shown(wire));
            match old.get(wire) {
                None => lines.push(format!("{field}: added")),
                Some(before) if before != kind => {
                    lines.push(format!("{field}: type from `{before}` to `{kind}`"));
                    // An enum that came or went with it says its words once.
                    let known = |enums: &BTreeMap<String, BTreeSet<String>>, kind: &str| {
                        enums.keys().any(|name| names(kind, name))
                    };
                    if !known(&self.enums, before) && known(&new.enums, kind) {
                        let words = new.enums.iter().filter(|(name, _)| names(kind, name));
                        let words: Vec<_> = words
                            .flat_map(|(_, words)| words)
                            .map(|w| format!("`{}`", shown(w)))
                            .collect();
                        lines.push(format!("{field}: its values are {}", words.join(", ")));
                    }
                }
                Some(_) => {}
            }
        }
        let gone = old.keys().filter(|wire| !fields.contains_key(*wire));
        lines.extend(gone.map(|wire| format!("`{name}.{}`: gone", shown(wire))));
    }

    /// The fields whose type names `ty`.
    fn places(&self, ty: &str) -> Vec<String> {
        let structs = self.structs.iter();
        structs
            .flat_map(|(name, fields)| {
                let uses = fields.iter().filter(|(_, kind)| names(kind, ty));
                uses.map(move |(wire, _)| format!("{name}.{}", shown(wire)))
            })
            .collect()
    }
}

fn shown(word: &str) -> String {
    crate::text::code(word)
}

/// Whether the text of a type names another type.
fn names(kind: &str, name: &str) -> bool {
    kind.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name)
}

/// The text of a type without spaces.
fn tokens(ty: &syn::Type) -> String {
    let text = quote::ToTokens::to_token_stream(ty).to_string();
    text.replace(' ', "")
}

/// The wire name that serde is told.
fn rename(attributes: &[Attribute]) -> Option<String> {
    let mut found = None;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        // What cannot be read is another's attribute.
        let _ = attribute.parse_nested_meta(|meta| {
            let value: Lit = meta.value()?.parse()?;
            if let (true, Lit::Str(text)) = (meta.path.is_ident("rename"), value) {
                found = Some(text.value());
            }
            Ok(())
        });
    }
    found
}

/// Verb and path of an endpoint, and the rest of its attribute.
fn endpoint(attribute: &Attribute) -> Option<(String, String)> {
    if !attribute.path().is_ident("unified_endpoint") {
        return None;
    }
    let Meta::List(list) = &attribute.meta else {
        return None;
    };
    let (mut verb, mut path, mut rest) = (None, None, Vec::new());
    let parsed = list.parse_nested_meta(|meta| {
        let value = meta.value()?;
        let key = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
        if value.peek(Lit) {
            let literal: Lit = value.parse()?;
            match (key.as_str(), &literal) {
                ("method", Lit::Str(text)) => verb = Some(text.value()),
                ("path", Lit::Str(text)) => path = Some(text.value()),
                (_, literal) => {
                    rest.push(format!("{key} = {}", quote::ToTokens::to_token_stream(literal)));
                }
            }
            return Ok(());
        }
        rest.push(format!("{key} = {}", tokens(&value.parse()?)));
        Ok(())
    });
    parsed.ok()?;
    Some((format!("{} {}", verb?, path?), rest.join(", ")))
}

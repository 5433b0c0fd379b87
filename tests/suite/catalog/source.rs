//! Declarations in the files of the model, read from their text: queries and bodies are never decoded.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// The fields of each struct (wire name and type), and the values of each enum.
pub(crate) struct Declared {
    structs: BTreeMap<String, Vec<(String, String)>>,
    enums: BTreeMap<String, BTreeSet<String>>,
}

impl Declared {
    pub(crate) fn read() -> Self {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/src/e_signature");
        let mut declared = Self { structs: BTreeMap::new(), enums: BTreeMap::new() };
        for file in std::fs::read_dir(folder).expect("a folder") {
            let path = file.expect("a file").path();
            if path.extension().is_some_and(|extension| extension == "rs") {
                declared.add(&std::fs::read_to_string(path).expect("a text"));
            }
        }
        declared
    }

    fn add(&mut self, text: &str) {
        for item in syn::parse_file(text).expect("Rust").items {
            match item {
                syn::Item::Struct(item) => {
                    let field = |field: &syn::Field| {
                        let ident = field.ident.as_ref().expect("a name").to_string();
                        let kind = quote::ToTokens::to_token_stream(&field.ty).to_string();
                        (
                            serde_value(&field.attrs, "rename").unwrap_or(ident),
                            kind.replace(' ', ""),
                        )
                    };
                    let fields = item.fields.iter().map(field).collect();
                    self.structs.insert(item.ident.to_string(), fields);
                }
                syn::Item::Enum(item) => {
                    let style = serde_value(&item.attrs, "rename_all");
                    let word = |variant: &syn::Variant| {
                        let ident = variant.ident.to_string();
                        serde_value(&variant.attrs, "rename")
                            .unwrap_or_else(|| renamed(style.as_deref(), &ident))
                    };
                    let words = item.variants.iter().map(word).collect();
                    self.enums.insert(item.ident.to_string(), words);
                }
                _ => {}
            }
        }
    }

    /// The paths of all fields of a type.
    pub(crate) fn paths(&self, name: &str) -> BTreeSet<String> {
        let mut paths = BTreeSet::new();
        self.collect(name, "", &mut paths);
        paths
    }

    fn collect(&self, name: &str, before: &str, paths: &mut BTreeSet<String>) {
        for (wire, kind) in &self.structs[name] {
            let path = format!("{before}{wire}");
            if self.structs.contains_key(inner(kind)) {
                let list = if kind.contains("Vec<") { "[]" } else { "" };
                self.collect(inner(kind), &format!("{path}{list}."), paths);
            }
            paths.insert(path);
        }
    }

    /// Asserts that each enum of the catalog's fields has exactly the documented values.
    pub(crate) fn check_words(&self, name: &str, fields: &Value) {
        for field in fields.as_array().into_iter().flatten() {
            let Some(wire) = field["name"].as_str() else {
                continue;
            };
            let (_, kind) = self.structs[name].iter().find(|(own, _)| own == wire).expect(wire);
            if let Some(words) = field["enum"].as_array() {
                let words: BTreeSet<String> =
                    words.iter().map(|word| word.as_str().expect("a word").to_owned()).collect();
                assert_eq!(self.enums[inner(kind)], words, "{name}.{wire}");
            }
            for nested in [&field["fields"], &field["items"]["fields"]] {
                if nested.is_array() {
                    self.check_words(inner(kind), nested);
                }
            }
        }
    }
}

/// The type within `Option`, `Vec` and the like.
fn inner(kind: &str) -> &str {
    let inside = kind.rsplit('<').next().unwrap_or(kind);
    inside.trim_end_matches('>')
}

/// The text of a serde attribute.
fn serde_value(attributes: &[syn::Attribute], key: &str) -> Option<String> {
    let mut found = None;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        // An attribute without a value, such as `default`, ends its own parsing.
        let _ = attribute.parse_nested_meta(|meta| {
            if meta.input.peek(syn::Token![=]) {
                let value: syn::LitStr = meta.value()?.parse()?;
                if meta.path.is_ident(key) {
                    found = Some(value.value());
                }
            }
            Ok(())
        });
    }
    found
}

/// The variant as serde writes it.
fn renamed(style: Option<&str>, variant: &str) -> String {
    match style {
        None => variant.to_owned(),
        Some("snake_case") => {
            let mut text = String::new();
            for (index, c) in variant.char_indices() {
                if index > 0 && c.is_uppercase() {
                    text.push('_');
                }
                text.push(c.to_ascii_lowercase());
            }
            text
        }
        Some(style) => panic!("the style `{style}` is not known here"),
    }
}

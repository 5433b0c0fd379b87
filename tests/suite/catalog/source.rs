//! What the files of the model declare, read from their text: queries and bodies are never decoded.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// The fields of each struct, wire name and type, and the words of each enum.
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
        let (mut name, mut rename) = (String::new(), None);
        for line in text.lines() {
            let trimmed = line.trim();
            let between = |open: &str, close: &str| {
                let (_, rest) = trimmed.split_once(open)?;
                Some(rest.split_once(close)?.0.to_owned())
            };
            if let Some(new) = between("pub struct ", " {") {
                self.structs.insert(new.clone(), Vec::new());
                name = new;
            } else if let Some(new) = between("pub enum ", " {") {
                self.enums.insert(new.clone(), BTreeSet::new());
                name = new;
            } else if let Some(wire) = between("rename = \"", "\"") {
                rename = Some(wire);
            } else if let (Some(fields), Some(field)) =
                (self.structs.get_mut(&name), between("pub ", ": "))
            {
                let (_, kind) = trimmed.split_once(": ").expect("a type");
                let wire = rename.take().unwrap_or(field);
                fields.push((wire, kind.trim_end_matches(',').to_owned()));
            } else if let (Some(words), Some(wire)) = (self.enums.get_mut(&name), rename.take()) {
                words.insert(wire);
            }
            if line == "}" {
                name.clear();
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

    /// Asserts that each enum of the catalog's fields has just its words.
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

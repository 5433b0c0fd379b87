//! The `mod.rs` files: the modules of each model, and what they export.

use std::collections::{BTreeMap, BTreeSet};

use crate::lock::{Lock, LockedModel};
use crate::write::{File, Modules, module_file};

/// The names that kept files export, by path.
pub(super) type Kept = BTreeMap<String, Vec<String>>;

/// The prefix of a model's files.
pub(super) fn prefix(folder: &str) -> String {
    if folder.is_empty() { String::new() } else { format!("{folder}/") }
}

/// All `mod.rs` files that the lock requires.
pub(super) fn module_files(lock: &Lock, kept: &Kept) -> Vec<File> {
    let mut files = Vec::new();
    let (mut root, mut public) = (Modules::new(), BTreeSet::new());
    let mut doc = "Models of the Truto unified API, one folder each.".to_owned();
    for (segment, model) in &lock.models {
        let modules = modules(model, kept);
        let own = match crate::plan::route(segment, "").trim_end_matches('/') {
            "" => "Resources of Truto's own API, one file each.".to_owned(),
            route => format!("Resources of `{route}`, one file each."),
        };
        if model.folder.is_empty() {
            doc = own;
            root.extend(modules);
        } else {
            let text = module_file(&own, &modules, &BTreeSet::new());
            files.push(File { path: format!("{}/mod.rs", model.folder), text });
            // Without re-exports, since two models may have types of the same name.
            root.insert(model.folder.clone(), BTreeSet::new());
            public.insert(model.folder.clone());
        }
    }
    files.push(File { path: "mod.rs".to_owned(), text: module_file(&doc, &root, &public) });
    files
}

fn modules(model: &LockedModel, kept: &Kept) -> Modules {
    let prefix = prefix(&model.folder);
    let shared: BTreeSet<String> = model.shared.iter().cloned().collect();
    let (mut modules, mut exported) = (Modules::new(), shared.clone());
    if !shared.is_empty() {
        modules.insert("shared".to_owned(), shared.clone());
    }
    // A kept file exports only names that no other file exports, so that the module compiles.
    for (segment, resource) in &model.resources {
        let path = format!("{prefix}{}.rs", resource.module);
        if !kept.contains_key(&path) {
            let names: BTreeSet<String> = model.exports(segment);
            exported.extend(names.iter().cloned());
            modules.insert(resource.module.clone(), names);
        }
    }
    for resource in model.resources.values() {
        let path = format!("{prefix}{}.rs", resource.module);
        if let Some(names) = kept.get(&path) {
            let names: BTreeSet<String> =
                names.iter().filter(|name| !exported.contains(*name)).cloned().collect();
            exported.extend(names.iter().cloned());
            modules.insert(resource.module.clone(), names);
        }
    }
    modules
}

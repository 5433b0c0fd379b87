//! `declare.lock`: the names and types of the last run, by wire path.

mod sorted;
mod toml;

use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) use sorted::{Sorted, Texts};

/// The name of the file in the output folder.
pub(crate) const FILE: &str = "declare.lock";

/// The state of the output folder.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Lock {
    /// The version of the tool.
    pub(crate) tool: String,
    /// The sources with their SHA-256.
    pub(crate) sources: BTreeMap<String, String>,
    /// The generated files with the SHA-256 of their tokens.
    pub(crate) files: BTreeMap<String, String>,
    pub(crate) models: BTreeMap<String, LockedModel>,
}

#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct LockedModel {
    /// Empty for the output folder itself.
    pub(crate) folder: String,
    /// The types of `shared.rs`.
    pub(crate) shared: Vec<String>,
    /// Shared by the locks of a run: most resources are the same in all of them.
    pub(crate) resources: BTreeMap<String, Arc<LockedResource>>,
}

#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct LockedResource {
    pub(crate) module: String,
    /// Name of the type of each path.
    pub(crate) types: Texts,
    /// `<function>(<key> = <type>, …)` of each route.
    pub(crate) endpoints: BTreeMap<String, String>,
    /// `<name>: <type>` of each field.
    pub(crate) fields: Texts,
    /// Variants of the words of each enum.
    pub(crate) words: Sorted<Texts>,
}

impl LockedResource {
    /// The function of each route.
    pub(crate) fn functions(&self) -> BTreeMap<String, String> {
        let function = |(route, signature): (&String, &String)| {
            (route.clone(), signature.split('(').next().unwrap_or_default().to_owned())
        };
        self.endpoints.iter().map(function).collect()
    }
}

impl Lock {
    /// A folder, module or file name that is invalid or leads out of the output folder.
    pub(crate) fn unusable(&self) -> Option<&str> {
        let is_file = |path: &&String| {
            let normal = |part| matches!(part, std::path::Component::Normal(_));
            std::path::Path::new(path).components().all(normal)
        };
        let is_name = crate::names::is_name;
        let folders = self.models.values().map(|model| &model.folder);
        let folders = folders.filter(|folder| !folder.is_empty() && !is_name(folder));
        let resources = self.models.values().flat_map(|model| model.resources.values());
        let modules = resources.map(|resource| &resource.module).filter(|module| !is_name(module));
        let files = self.files.keys().filter(|path| !is_file(path));
        folders.chain(modules).chain(files).next().map(String::as_str)
    }
}

impl LockedModel {
    /// The types that the module of a resource exports.
    pub(crate) fn exports(&self, segment: &str) -> std::collections::BTreeSet<String> {
        let types = self.resources.get(segment).into_iter().flat_map(|found| found.types.values());
        // `shared` is sorted; it may be as long as the types of a resource.
        let is_own =
            |name: &&str| self.shared.binary_search_by(|shared| shared.as_str().cmp(name)).is_err();
        types.map(|name| &**name).filter(is_own).map(str::to_owned).collect()
    }
}

impl LockedResource {
    /// The types of the queries and bodies of its endpoints.
    pub(crate) fn sent(&self) -> impl Iterator<Item = &str> {
        self.endpoints.values().flat_map(|signature| {
            let arguments = signature.split_once('(').map_or("", |(_, arguments)| arguments);
            let arguments = arguments.trim_end_matches(')').split(", ");
            let arguments = arguments.filter_map(|argument| argument.split_once(" = "));
            arguments.filter(|(key, _)| ["query", "body"].contains(key)).map(|(_, ty)| ty)
        })
    }
}

impl LockedModel {
    /// The paths of query and body types; a field of a record can have the same path.
    pub(crate) fn sent_paths(&self) -> std::collections::BTreeSet<&str> {
        let mut paths = std::collections::BTreeSet::new();
        for resource in self.resources.values() {
            let sent: std::collections::HashSet<&str> = resource.sent().collect();
            let types = resource.types.iter().filter(|(path, name)| {
                let last =
                    crate::wire_path::split(path.trim_end_matches('\'')).map(|(_, last)| last);
                matches!(last, Some("query" | "body")) && sent.contains(&***name)
            });
            paths.extend(types.map(|(path, _)| path));
        }
        paths
    }
}

/// The names in the text of a type.
pub(crate) fn names(ty: &str) -> impl Iterator<Item = &str> {
    ty.split(|c: char| !c.is_alphanumeric() && c != '_')
}

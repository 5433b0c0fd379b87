//! The changes between two locks, by wire path.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::lock::{Lock, LockedModel, LockedResource};
use crate::model::Place;

/// One change of the declarations.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(clippy::struct_field_names)] // the keys of the report
pub(crate) struct Change {
    pub(crate) model: String,
    /// The wire path, or verb and path of an endpoint.
    pub(crate) path: String,
    pub(crate) change: String,
    pub(crate) breaking: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<usize>,
}

impl Change {
    /// The line of the report.
    pub(crate) fn line(&self) -> String {
        let kind = if self.breaking { "breaking" } else { "compatible" };
        let place = match (&self.file, self.line) {
            (Some(file), Some(line)) => format!(" ({file}:{line})"),
            _ => String::new(),
        };
        format!("{} {}: {} [{kind}]{place}", self.model, self.path, self.change)
    }

    /// An annotation of a GitHub workflow.
    pub(crate) fn annotation(&self) -> String {
        let level = if self.breaking { "error" } else { "notice" };
        let mut properties = Vec::new();
        if let (Some(file), Some(line)) = (&self.file, self.line) {
            properties.push(format!("file={}", escaped(file, true)));
            properties.push(format!("line={line}"));
        }
        properties.push("title=truto-declare".to_owned());
        let text = format!("{} {}: {}", self.model, self.path, self.change);
        format!("::{level} {}::{}", properties.join(","), escaped(&text, false))
    }
}

/// Escapes text for a workflow command.
pub(crate) fn escaped(text: &str, property: bool) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    if property { text.replace(':', "%3A").replace(',', "%2C") } else { text }
}

/// All changes from one lock to the next, by model and path.
pub(crate) fn changes(old: &Lock, new: &Lock, places: &BTreeMap<String, Place>) -> Vec<Change> {
    let mut report = Report { model: "", places, changes: Vec::new() };
    let models: BTreeSet<&String> = old.models.keys().chain(new.models.keys()).collect();
    let nothing = LockedModel::default();
    for model in models {
        report.model = model;
        let (before, after) = (old.models.get(model), new.models.get(model));
        report.model(before.unwrap_or(&nothing), after.unwrap_or(&nothing));
    }
    report.changes
}

struct Report<'a> {
    model: &'a str,
    places: &'a BTreeMap<String, Place>,
    changes: Vec<Change>,
}

impl Report<'_> {
    fn add(&mut self, path: &str, change: &str, breaking: bool) {
        let place = self.places.get(&format!("{} {path}", self.model));
        self.changes.push(Change {
            model: self.model.to_owned(),
            path: crate::text::visible(path),
            change: crate::text::visible(change),
            breaking,
            file: place.map(|place| place.file.to_string()),
            line: place.map(|place| place.line),
        });
    }

    fn model(&mut self, old: &LockedModel, new: &LockedModel) {
        if old.folder != new.folder && !old.resources.is_empty() && !new.resources.is_empty() {
            let change = format!("module moved from `{}` to `{}`", old.folder, new.folder);
            self.add("", &change, true);
        }
        let segments: BTreeSet<&String> =
            old.resources.keys().chain(new.resources.keys()).collect();
        for segment in segments {
            match (old.resources.get(segment), new.resources.get(segment)) {
                (Some(_), None) => self.add(segment, "removed", true),
                (None, Some(_)) => self.add(segment, "added", false),
                (Some(old), Some(new)) => self.resource(old, new),
                (None, None) => {}
            }
        }
    }

    fn resource(&mut self, old: &LockedResource, new: &LockedResource) {
        for (path, name) in &old.types {
            if let Some(now) = new.types.get(path).filter(|now| *now != name) {
                self.add(path, &format!("type renamed from `{name}` to `{now}`"), true);
            }
        }
        self.endpoints(old, new);
        self.fields(old, new);
        let empty = BTreeMap::new();
        for (path, words) in &old.words {
            // An enum that became another type is told by its field.
            let Some(now) = new.words.get(path) else { continue };
            for (word, name) in words {
                match now.get(word) {
                    None => self.add(path, &format!("value `{word}` removed"), true),
                    Some(now) if now != name => {
                        let change = format!("value `{word}` renamed from `{name}` to `{now}`");
                        self.add(path, &change, true);
                    }
                    Some(_) => {}
                }
            }
        }
        for (path, words) in &new.words {
            let Some(before) = old.words.get(path).or(Some(&empty)) else { continue };
            if before.is_empty() {
                continue;
            }
            for word in words.keys().filter(|word| !before.contains_key(*word)) {
                self.add(path, &format!("value `{word}` added"), false);
            }
        }
    }

    fn endpoints(&mut self, old: &LockedResource, new: &LockedResource) {
        let routes: BTreeSet<&String> = old.endpoints.keys().chain(new.endpoints.keys()).collect();
        for route in routes {
            match (old.endpoints.get(route), new.endpoints.get(route)) {
                (Some(_), None) => self.add(route, "removed", true),
                (None, Some(now)) => self.add(route, &format!("added ({now})"), false),
                (Some(before), Some(now)) if before != now => {
                    self.add(route, &format!("from `{before}` to `{now}`"), true);
                }
                _ => {}
            }
        }
    }

    fn fields(&mut self, old: &LockedResource, new: &LockedResource) {
        let fields: BTreeSet<&String> = old.fields.keys().chain(new.fields.keys()).collect();
        for path in fields {
            let split = |text: &String| {
                let (name, ty) = text.split_once(": ").unwrap_or(("", text));
                (name.to_owned(), ty.to_owned())
            };
            match (old.fields.get(path).map(split), new.fields.get(path).map(split)) {
                (Some((_, ty)), None) => self.add(path, &format!("removed ({ty})"), true),
                (None, Some((_, ty))) => {
                    let optional = ty.starts_with("Option<") || ty.starts_with("Update<");
                    let sent = is_sent(path, new) && was_there(path, old);
                    self.add(path, &format!("added ({ty})"), sent && !optional);
                }
                (Some((name, ty)), Some((now, new_ty))) => {
                    if name != now {
                        let change = format!("field renamed from `{name}` to `{now}`");
                        self.add(path, &change, true);
                    }
                    if ty != new_ty {
                        self.add(path, &format!("from `{ty}` to `{new_ty}`"), true);
                    }
                }
                (None, None) => {}
            }
        }
    }
}

/// Whether the path is below a query or a body.
fn is_sent(path: &str, resource: &LockedResource) -> bool {
    let functions = resource.functions();
    let mut methods = functions.values();
    let mut parts = path.split('.').skip(1);
    let (Some(method), Some(part)) = (parts.next(), parts.next()) else { return false };
    (part == "query" || part == "body") && methods.any(|function| function == method)
}

/// Whether the type that holds the field existed before.
fn was_there(path: &str, old: &LockedResource) -> bool {
    crate::plan::split_path(path).is_some_and(|(ty, _)| old.types.contains_key(ty))
}

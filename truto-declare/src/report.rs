//! The changes between two locks, by wire path.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;

use crate::lock::{Lock, LockedModel, LockedResource, names};
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

/// Escapes text for a workflow command, which an unescaped line break would end.
pub(crate) fn escaped(text: &str, property: bool) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    if property { text.replace(':', "%3A").replace(',', "%2C") } else { text }
}

/// All changes from one lock to the next, by model and path, without their places.
pub(crate) fn changes(old: &Lock, new: &Lock) -> Vec<Change> {
    let models: BTreeSet<&String> = old.models.keys().chain(new.models.keys()).collect();
    let nothing = LockedModel::default();
    let mut changes = Vec::new();
    for model in models {
        let before = old.models.get(model).unwrap_or(&nothing);
        let after = new.models.get(model).unwrap_or(&nothing);
        let mut report = Report { model, after, sent: OnceCell::new(), changes };
        report.model(before);
        changes = report.changes;
    }
    changes
}

/// Adds the places, by `<model> <wire path>`, and makes the characters of the paths visible.
pub(crate) fn locate(changes: &mut [Change], places: &HashMap<String, Place>) {
    for change in changes {
        let place = places.get(&format!("{} {}", change.model, change.path));
        change.file = place.map(|place| place.file.to_string());
        change.line = place.map(|place| place.line);
        change.path = crate::text::visible(&change.path);
    }
}

struct Report<'a> {
    model: &'a str,
    after: &'a LockedModel,
    /// The types of the model that a query or a body contains, once they are needed.
    sent: OnceCell<BTreeSet<String>>,
    changes: Vec<Change>,
}

impl Report<'_> {
    fn add(&mut self, path: &str, change: &str, breaking: bool) {
        self.changes.push(Change {
            model: self.model.to_owned(),
            path: path.to_owned(),
            change: crate::text::visible(change),
            breaking,
            file: None,
            line: None,
        });
    }

    fn model(&mut self, old: &LockedModel) {
        let new = self.after;
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
        for (path, name, now) in old.types.beside(&new.types) {
            if let (Some(name), Some(now)) = (name, now) {
                if name != now {
                    self.add(path, &format!("type renamed from `{name}` to `{now}`"), true);
                }
            }
        }
        self.endpoints(old, new);
        self.fields(old, new);
        for (path, words) in old.words.iter() {
            // The field of the enum reports that it became another type.
            let Some(now) = new.words.get(path) else { continue };
            for (word, name) in words.iter() {
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
        for (path, words) in new.words.iter() {
            // The field of a new enum reports it with all of its values.
            let Some(before) = old.words.get(path) else { continue };
            for word in words.keys().filter(|word| !before.contains_key(word)) {
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

    /// Returns whether the field belongs to a type that requests send.
    ///
    /// The new state decides: a field that is added breaks callers that send its type.
    fn is_sent(&self, path: &str, resource: &LockedResource) -> bool {
        let ty = crate::wire_path::split(path).and_then(|(ty, _)| resource.types.get(ty));
        ty.is_some_and(|name| self.sent.get_or_init(|| sent_types(self.after)).contains(&**name))
    }

    fn fields(&mut self, old: &LockedResource, new: &LockedResource) {
        for (path, before, after) in old.fields.beside(&new.fields) {
            if before == after {
                continue;
            }
            match (before.map(|text| split(text)), after.map(|text| split(text))) {
                (Some((_, ty)), None) => self.add(path, &format!("removed ({ty})"), true),
                (None, Some((_, ty))) => {
                    let optional = ty.starts_with("Option<") || ty.starts_with("Update<");
                    // Breaks callers that construct the type, if they could do so before.
                    let breaking = !optional && self.is_sent(path, new) && was_there(path, old);
                    self.add(path, &format!("added ({ty})"), breaking);
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

/// Name and type of a field.
fn split(text: &str) -> (&str, &str) {
    text.split_once(": ").unwrap_or(("", text))
}

/// The types that queries and bodies name, and those within them.
///
/// Derived from the lock, not from the words of a path: a record may have a field called `body`, and
/// the name of a method may differ from that of its function.
fn sent_types(model: &LockedModel) -> BTreeSet<String> {
    let mut inner: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut open: Vec<&str> = Vec::new();
    for resource in model.resources.values() {
        for (path, text) in resource.fields.iter() {
            let ty = crate::wire_path::split(path).and_then(|(ty, _)| resource.types.get(ty));
            if let (Some(ty), Some((_, text))) = (ty, text.split_once(": ")) {
                inner.entry(ty).or_default().extend(names(text));
            }
        }
        open.extend(resource.sent().flat_map(names));
    }
    let mut sent = BTreeSet::new();
    // Each name is opened once, so recursive types end as well.
    while let Some(name) = open.pop() {
        if sent.insert(name.to_owned()) {
            open.extend(inner.get(name).into_iter().flatten());
        }
    }
    sent
}

/// Returns whether the type with the field existed before.
fn was_there(path: &str, old: &LockedResource) -> bool {
    crate::wire_path::split(path).is_some_and(|(ty, _)| old.types.contains_key(ty))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A lock of one model with the resource `users`; each entry is `<kind> <path> = <value>`.
    fn lock(entries: &[&str]) -> Lock {
        let mut resource = LockedResource { module: "users".into(), ..LockedResource::default() };
        for entry in entries {
            let (kind, rest) = entry.split_once(' ').expect("a kind");
            let (path, value) = rest.split_once(" := ").expect("a value");
            let path = path.to_owned();
            match kind {
                "type" => resource.types.insert(path, value.into()),
                "field" => resource.fields.insert(path, value.into()),
                "endpoint" => _ = resource.endpoints.insert(path, value.to_owned()),
                _ => {
                    let words = value.split(' ').map(|word| {
                        let (word, name) = word.split_once('=').unwrap_or((word, word));
                        (word.to_owned(), name.into())
                    });
                    resource.words.insert(path, words.collect());
                }
            }
        }
        let resources = BTreeMap::from([("users".to_owned(), resource.into())]);
        let model = LockedModel { resources, ..LockedModel::default() };
        Lock { models: BTreeMap::from([("crm".to_owned(), model)]), ..Lock::default() }
    }

    const BEFORE: [&str; 12] = [
        "type users := User",
        "type users.body := UserBody",
        "type users.merge-all.body := MergeAllUser",
        "type users.merge-all.body.into := MergeAllUserInto",
        "type users.list.query := ListUsers",
        "field users.name := name: Option<String>",
        "field users.body := body: Option<UserBody>",
        "field users.merge-all.body.into := into: Option<MergeAllUserInto>",
        "endpoint GET /unified/crm/users := list(query = ListUsers)",
        "endpoint POST /unified/crm/users/merge-all := merge_all(body = MergeAllUser)",
        "endpoint GET /unified/crm/users/<id> := get()",
        "words users.state := on=On off=Off",
    ];

    #[test]
    fn changes_are_breaking_or_compatible() {
        // The entry to remove, the entries to add, and the line of the report.
        for (gone, new, expected) in [
            ("field users.name", vec![], "users.name: removed (Option<String>) [breaking]"),
            (
                "field users.name",
                vec!["field users.name := name: Option<i64>"],
                "users.name: from `Option<String>` to `Option<i64>` [breaking]",
            ),
            (
                "field users.name",
                vec!["field users.name := name_2: Option<String>"],
                "users.name: field renamed from `name` to `name_2` [breaking]",
            ),
            (
                "",
                vec!["field users.age := age: Option<i64>"],
                "users.age: added (Option<i64>) [compatible]",
            ),
            // A record is only received; callers never construct it.
            ("", vec!["field users.age := age: i64"], "users.age: added (i64) [compatible]"),
            ("", vec!["field users.body.x := x: i64"], "users.body.x: added (i64) [compatible]"),
            (
                "",
                vec!["field users.merge-all.body.note := note: String"],
                "users.merge-all.body.note: added (String) [breaking]",
            ),
            (
                "",
                vec!["field users.merge-all.body.note := note: Option<String>"],
                "users.merge-all.body.note: added (Option<String>) [compatible]",
            ),
            (
                "",
                vec!["field users.merge-all.body.note := note: Update<String>"],
                "users.merge-all.body.note: added (Update<String>) [compatible]",
            ),
            (
                "",
                vec!["field users.merge-all.body.into.id := id: Id"],
                "users.merge-all.body.into.id: added (Id) [breaking]",
            ),
            (
                "",
                vec!["field users.list.query.q := q: String"],
                "users.list.query.q: added (String) [breaking]",
            ),
            (
                "endpoint GET /unified/crm/users/<id>",
                vec![],
                "GET /unified/crm/users/<id>: removed [breaking]",
            ),
            (
                "",
                vec!["endpoint DELETE /unified/crm/users/<id> := delete()"],
                "DELETE /unified/crm/users/<id>: added (delete()) [compatible]",
            ),
            (
                "endpoint GET /unified/crm/users/<id>",
                vec!["endpoint GET /unified/crm/users/<id> := get(query = GetUser)"],
                "GET /unified/crm/users/<id>: from `get()` to `get(query = GetUser)` [breaking]",
            ),
            (
                "type users.body",
                vec!["type users.body := Body"],
                "users.body: type renamed from `UserBody` to `Body` [breaking]",
            ),
            (
                "words users.state",
                vec!["words users.state := on=On off=Off new=New"],
                "users.state: value `new` added [compatible]",
            ),
            (
                "words users.state",
                vec!["words users.state := on=On"],
                "users.state: value `off` removed [breaking]",
            ),
            (
                "words users.state",
                vec!["words users.state := on=On off=Off2"],
                "users.state: value `off` renamed from `Off` to `Off2` [breaking]",
            ),
        ] {
            let stays =
                |entry: &&&str| gone.is_empty() || !entry.starts_with(&format!("{gone} :="));
            let after: Vec<&str> = BEFORE.iter().filter(stays).copied().chain(new).collect();
            let lines: Vec<String> =
                changes(&lock(&BEFORE), &lock(&after)).iter().map(Change::line).collect();
            assert_eq!(lines, [format!("crm {expected}")]);
        }
    }

    #[test]
    fn annotations_escape_what_a_workflow_command_reads() {
        let change = Change {
            model: "crm".into(),
            path: "users.a,b%\n".into(),
            change: "removed".into(),
            breaking: true,
            file: Some("a:b,c.json".into()),
            line: Some(3),
        };
        assert_eq!(
            change.annotation(),
            "::error file=a%3Ab%2Cc.json,line=3,title=truto-declare::crm users.a,b%25%0A: removed"
        );
    }
}
